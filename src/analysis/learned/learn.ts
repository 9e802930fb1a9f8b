import { analyzeRuns, type AnalyzeOptions, type Source } from '../analyze.ts';
import { graphOf, type GraphOptions } from './graph.ts';
import type { LearnedGraph } from './graph-schema.ts';
import { learnFrom } from './observe.ts';
import { emptySummary, mergeSummary } from './summary.ts';

/**
 * Learns from runs which arguments of which tool are fed by which field of which other tool's result.
 *
 * @param source files, folders, globs, or runs
 */
export async function learn(source: Source, options: AnalyzeOptions & GraphOptions = {}): Promise<LearnedGraph> {
  const summary = emptySummary();
  for await (const analyzed of analyzeRuns(source, options)) mergeSummary(summary, learnFrom(analyzed));
  return graphOf(summary, options);
}
