import type { Span } from '../dialects/span.ts';
import { rebuildRuns } from '../model/rebuild/index.ts';
import { ProblemLog } from '../sources/problem.ts';
import { SpanCollector } from '../sources/span-collector.ts';
import { analyzeRun, type AnalysisOptions, type AnalyzedRun } from './analyze-run.ts';

/**
 * Analyzes spans that are in memory. Their attributes are read in place and changed: give copies.
 *
 * @param spans of whole traces or of whole runs
 * @param earlier model calls of other traces that those may go on from, with whole inputs
 */
export function analyzeSpans(spans: readonly Span[], options: AnalysisOptions = {}, earlier: readonly Span[] = []): AnalyzedRun[] {
  const collector = new SpanCollector();
  for (const span of spans) collector.add({ kind: 'span', span });
  const observations = collector.finish(new ProblemLog(() => {}), earlier);
  return rebuildRuns(observations).map((run) => analyzeRun(run, options));
}
