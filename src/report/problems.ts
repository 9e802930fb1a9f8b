import type { ReportProblem } from '../analysis/report.ts';
import { count } from './numbers.ts';

/** So many are shown to people; the JSON report has all that reading told one by one. */
const SHOWN = 20;

export const problemText = ({ source, line, reason }: ReportProblem): string =>
  `${source}${line === undefined ? '' : `:${line}`}  ${reason}`;

export const problemCount = (problems: readonly ReportProblem[]): number =>
  problems.reduce((sum, problem) => sum + (problem.count ?? 1), 0);

/** "1 problem in the input". */
export const problemsIn = (problems: readonly ReportProblem[]): string => `${count(problemCount(problems), 'problem')} in the input`;

/** "66 problems in 2 files"; standard input and a backend are no files. */
export function problemsBySource(problems: readonly ReportProblem[]): string {
  const sources = new Set(problems.map(({ source }) => source));
  const areFiles = [...sources].every((source) => source !== '-' && !source.includes('://'));
  return `${count(problemCount(problems), 'problem')} in ${count(sources.size, areFiles ? 'file' : 'source')}`;
}

/**
 * The first of many problems, and a line for the rest. Those of a file as a whole come first: they say what is wrong
 * with all of it, and how to cure it.
 */
export function shownProblems(problems: readonly ReportProblem[]): { shown: readonly ReportProblem[]; rest?: string } {
  if (problems.length <= SHOWN) return { shown: problems };
  const isWhole = ({ line, count: many }: ReportProblem): boolean => line === undefined && many === undefined;
  const ordered = problems.toSorted((a, b) => Number(isWhole(b)) - Number(isWhole(a)));
  return {
    shown: ordered.slice(0, SHOWN),
    rest: `and ${problemCount(ordered.slice(SHOWN)).toLocaleString('en-US')} more (--format json names up to 20 of each file)`,
  };
}
