import type { Run } from '../model/run.ts';
import { readBackends } from './backends/index.ts';
import { ProblemLog, type Problem } from './problem.ts';
import { readRecords, type ReadOptions } from './read.ts';
import { RecordReader, type SourceRecord } from './records.ts';
import { RunReader } from './run-reader.ts';

/**
 * Reads traces and rebuilds their runs. Conversation logs come out as they are read; the spans of a trace may
 * lie anywhere, so runs of spans come out when everything is read.
 *
 * @param inputs files, folders, globs, or `-` for standard input; none where `options.backends` are all there is
 */
export async function* readTraces(inputs: string | readonly string[], options: Partial<ReadOptions> = {}): AsyncGenerator<Run> {
  const problems = new ProblemLog(options.onProblem ?? (() => {}));
  const reading: ReadOptions = { ...options, onProblem: options.onProblem ?? (() => {}) };
  const runs = new RunReader(problems);
  for await (const records of readEverything(typeof inputs === 'string' ? [inputs] : inputs, reading)) {
    for (const record of records) yield* runs.add(record);
  }
  yield* runs.finish();
}

/** Runs of decoded JSON values that are in memory: OTLP requests and whatever the document dialects know. */
export function readValues(values: readonly unknown[], onProblem: (problem: Problem) => void): Run[] {
  const problems = new ProblemLog(onProblem);
  const records = new RecordReader('process', problems, () => false);
  const runs = new RunReader(problems);
  const atOnce = values
    .flatMap((value, i) => records.value(value, { source: 'process', line: i + 1 }))
    .flatMap((record) => [...runs.add(record)]);
  return [...atOnce, ...runs.finish()];
}

async function* readEverything(inputs: readonly string[], options: ReadOptions): AsyncGenerator<SourceRecord[]> {
  yield* readRecords(inputs, options);
  yield* readBackends(options.backends ?? [], options);
}
