import { documentDialects, spanDialects } from '../dialects/index.ts';
import { isPartOfChain, joinChains, readFingerprints } from '../dialects/recorded-content.ts';
import type { LogRecord, Span } from '../dialects/span.ts';
import { originOf } from '../dialects/span.ts';
import { rebuildRuns } from '../model/rebuild/index.ts';
import type { Observation } from '../model/observation.ts';
import type { Run } from '../model/run.ts';
import { readRecords, type ReadOptions, type SourceRecord } from './read.ts';
import { ProblemLog } from './problem.ts';

/**
 * Reads traces and rebuilds their runs. Conversation logs come out as they are read; the spans of a trace may
 * lie anywhere, so runs of spans come out when everything is read.
 *
 * @param inputs files, folders, globs, or `-` for standard input
 */
export async function* readTraces(inputs: string | readonly string[], options: Partial<ReadOptions> = {}): AsyncGenerator<Run> {
  const problems = new ProblemLog(options.onProblem ?? (() => {}));
  const reading: ReadOptions = { ...options, onProblem: options.onProblem ?? (() => {}) };
  const spans = new SpanCollector();
  const ids = new Map<string, number>();
  for await (const records of readRecords(typeof inputs === 'string' ? [inputs] : inputs, reading)) {
    for (const record of records) {
      if (record.kind !== 'document') {
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
  problems.finish();
  yield* named(rebuildRuns(observations), ids);
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

function readDocument({ value, place }: Extract<SourceRecord, { kind: 'document' }>, problems: ProblemLog): Observation[] {
  const dialect = documentDialects.find((candidate) => candidate.detect(value));
  if (dialect === undefined) {
    problems.add({
      ...place,
      reason:
        'a JSON object in no form that is known: neither OTLP (`resourceSpans`) nor a conversation (an object a line with `messages` or `input`; a message by itself has to be put into one)',
    });
    return [];
  }
  try {
    return dialect.read(value, place);
  } catch (error) {
    problems.add({ ...place, reason: (error as Error).message });
    return [];
  }
}

/** Turns spans into observations as they come; those whose content may lie in log records wait for the end. */
class SpanCollector {
  readonly observations: Observation[] = [];
  readonly #waiting: Span[] = [];
  readonly #chained: Span[] = [];
  readonly #seen = new Set<string>();
  readonly #logs = new Map<string, LogRecord[]>();

  add(record: Exclude<SourceRecord, { kind: 'document' }>): void {
    if (record.kind === 'log') {
      const key = `${record.log.traceId}/${record.log.spanId}`;
      const logs = this.#logs.get(key);
      if (logs === undefined) this.#logs.set(key, [record.log]);
      else logs.push(record.log);
      return;
    }
    // An export that was retried, or a file read twice, brings the same span again.
    const key = `${record.span.traceId}/${record.span.spanId}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    readFingerprints(record.span);
    if (isPartOfChain(record.span)) {
      this.#chained.push(record.span);
      return;
    }
    const observation = observe(record.span, []);
    if (observation.kind === 'model' && observation.input === undefined) this.#waiting.push(record.span);
    else this.observations.push(observation);
  }

  finish(problems: ProblemLog): Observation[] {
    for (const { place } of joinChains(this.#chained)) {
      problems.add({
        ...place,
        reason:
          'a model call goes on from one that is not in the input: its messages are unknown. Read all files of the conversation together',
      });
    }
    for (const span of this.#chained) this.observations.push(observe(span, []));
    for (const span of this.#waiting) this.observations.push(observe(span, this.#logs.get(`${span.traceId}/${span.spanId}`) ?? []));
    return this.observations;
  }
}

/** What the first dialect that knows the span makes of it; any other span only carries ancestry. */
function observe(span: Span, logs: LogRecord[]): Observation {
  const dialect = spanDialects.find((candidate) => candidate.detect(span));
  return (
    dialect?.read(span, logs) ?? {
      kind: 'scope',
      dialect: dialect?.id ?? '',
      origin: originOf(span),
      name: span.name,
      agent: false,
      ...(span.start !== undefined && { start: span.start }),
      ...(span.end !== undefined && { end: span.end }),
    }
  );
}
