import { rebuildRuns } from '../model/rebuild/index.ts';
import type { Run } from '../model/run.ts';
import { readBackends } from './backends/index.ts';
import { CutLog } from './cut-log.ts';
import { readDocument } from './read-document.ts';
import { readRecords, type ReadOptions, type SourceRecord } from './read.ts';
import { ProblemLog } from './problem.ts';
import { SpanCollector } from './span-collector.ts';

/**
 * Reads traces and rebuilds their runs. Conversation logs come out as they are read; the spans of a trace may
 * lie anywhere, so runs of spans come out when everything is read.
 *
 * @param inputs files, folders, globs, or `-` for standard input; none where `options.backends` are all there is
 */
export async function* readTraces(inputs: string | readonly string[], options: Partial<ReadOptions> = {}): AsyncGenerator<Run> {
  const problems = new ProblemLog(options.onProblem ?? (() => {}));
  const reading: ReadOptions = { ...options, onProblem: options.onProblem ?? (() => {}) };
  const spans = new SpanCollector();
  const ids = new Map<string, number>();
  const cuts = new CutLog();
  for await (const records of readEverything(typeof inputs === 'string' ? [inputs] : inputs, reading)) {
    for (const record of records) {
      if (record.kind !== 'document') {
        if (record.kind === 'span') cuts.look(record.span);
        spans.add(record);
        continue;
      }
      // A whole conversation needs nothing from any other; single calls wait for their siblings.
      const observations = readDocument(record, problems);
      if (observations.every((observation) => observation.kind === 'transcript')) yield* named(rebuildRuns(observations), ids);
      else spans.observations.push(...observations);
    }
  }
  const observations = spans.finish(problems);
  cuts.finish(problems);
  problems.finish();
  yield* named(rebuildRuns(observations), ids);
}

async function* readEverything(inputs: readonly string[], options: ReadOptions): AsyncGenerator<SourceRecord[]> {
  yield* readRecords(inputs, options);
  yield* readBackends(options.backends ?? [], options);
}

/** Two logs may use the same id; the second one is told apart. */
function* named(runs: Iterable<Run>, ids: Map<string, number>): Generator<Run> {
  for (const run of runs) {
    const nth = (ids.get(run.id) ?? 0) + 1;
    ids.set(run.id, nth);
    if (nth > 1) run.id = `${run.id}~${nth}`;
    yield run;
  }
}
