import { rebuildRuns } from '../model/rebuild/index.ts';
import type { Run } from '../model/run.ts';
import { CalllessLog } from './callless-log.ts';
import { CutLog } from './cut-log.ts';
import type { ProblemLog } from './problem.ts';
import { readDocument } from './read-document.ts';
import type { SourceRecord } from './records.ts';
import { SpanCollector } from './span-collector.ts';

/** Turns records into runs: those of conversation logs at once, those of spans when everything is read. */
export class RunReader {
  readonly #problems: ProblemLog;
  readonly #spans = new SpanCollector();
  readonly #cuts = new CutLog();
  readonly #callless = new CalllessLog();
  readonly #ids = new Map<string, number>();

  constructor(problems: ProblemLog) {
    this.#problems = problems;
  }

  *add(record: SourceRecord): Generator<Run> {
    if (record.kind !== 'document') {
      if (record.kind === 'span') this.#cuts.look(record.span);
      this.#spans.add(record);
      return;
    }
    // A whole conversation needs nothing from any other; single calls wait for their siblings.
    const observations = readDocument(record, this.#problems);
    this.#callless.look(observations);
    if (observations.every((observation) => observation.kind === 'transcript')) yield* this.#named(rebuildRuns(observations));
    else this.#spans.observations.push(...observations);
  }

  *finish(): Generator<Run> {
    const observations = this.#spans.finish(this.#problems);
    this.#cuts.finish(this.#problems);
    this.#callless.finish(this.#problems);
    this.#problems.finish();
    const runs = rebuildRuns(observations);
    observations.length = 0;
    yield* this.#named(runs);
  }

  /**
   * Two logs may use the same id; the second one is told apart. A run that was given is let go, and with it all that an
   * analysis remembers of it.
   */
  *#named(runs: Run[]): Generator<Run> {
    runs.reverse();
    for (let run = runs.pop(); run !== undefined; run = runs.pop()) {
      const nth = (this.#ids.get(run.id) ?? 0) + 1;
      this.#ids.set(run.id, nth);
      if (nth > 1) run.id = `${run.id}~${nth}`;
      yield run;
    }
  }
}
