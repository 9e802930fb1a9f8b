import type { Run } from '../model/run.ts';
import { readTraces } from '../sources/read-traces.ts';
import type { ReadOptions } from '../sources/read.ts';
import { analyzeRun, type AnalysisOptions, type AnalyzedRun } from './analyze-run.ts';
import type { Report, ReportProblem } from './report.ts';
import { emptyTally, mergeTally, summaryOf, tallyOf, type Tally } from './summary.ts';

/** Runs, or where to read them. */
export type Source = string | readonly string[] | Iterable<Run> | AsyncIterable<Run>;

export interface AnalyzeOptions extends AnalysisOptions {
  /** How to read, where the source is a path. */
  reading?: Partial<Omit<ReadOptions, 'onProblem'>>;
  /** Called for each input that could not be read, as it is met. */
  onProblem?: (problem: ReportProblem) => void;
}

/**
 * Reads and analyzes one run after another, holding none of them.
 * The returned object's `tally` sums what has been seen so far.
 */
export function analyzeRuns(source: Source, options: AnalyzeOptions = {}): AsyncIterable<AnalyzedRun> & { tally: Tally } {
  const tally = emptyTally();
  async function* each(): AsyncGenerator<AnalyzedRun> {
    for await (const run of runsOf(source, options)) {
      const analyzed = analyzeRun(run, options);
      mergeTally(tally, tallyOf(run, analyzed.report));
      yield analyzed;
    }
  }
  return { tally, [Symbol.asyncIterator]: each };
}

/**
 * Analyzes traces into one report.
 *
 * @param source files, folders, globs, `-` for standard input, or runs
 * @returns the report of `--format json`; unreadable input is listed in its `problems`
 */
export async function analyze(source: Source, options: AnalyzeOptions = {}): Promise<Report> {
  const problems: ReportProblem[] = [];
  const analysis = analyzeRuns(source, {
    ...options,
    onProblem: (problem) => {
      problems.push(problem);
      options.onProblem?.(problem);
    },
  });
  const runs = [];
  for await (const { report } of analysis) runs.push(report);
  return { schemaVersion: 1, summary: summaryOf(analysis.tally), runs, problems };
}

function runsOf(source: Source, options: AnalyzeOptions): Iterable<Run> | AsyncIterable<Run> {
  const isPaths = typeof source === 'string' || (Array.isArray(source) && source.every((item) => typeof item === 'string'));
  if (!isPaths) return source as Iterable<Run> | AsyncIterable<Run>;
  const maxLineBytes = options.config?.reading?.maxLineBytes;
  return readTraces(source as string | readonly string[], {
    ...(maxLineBytes !== undefined && { maxLineBytes }),
    ...options.reading,
    ...(options.onProblem !== undefined && { onProblem: options.onProblem }),
  });
}
