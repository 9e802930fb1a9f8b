import type { Summary } from '../analysis/report.ts';
import { percent } from './numbers.ts';

/** Calls that have a verdict: what the rates are rates of. */
export const judgedCalls = ({ toolCalls, unknownCalls }: Summary): number => toolCalls - unknownCalls;
export const judgedParallelCalls = ({ parallelCalls, unknownParallelCalls = 0 }: Summary): number => parallelCalls - unknownParallelCalls;

/** There are calls, and not one of them has a verdict: no finding means nothing then. */
export const nothingJudged = (summary: Summary): boolean => summary.toolCalls > 0 && judgedCalls(summary) === 0;

/** A rate of nothing is none: "0.0 %" would read as a pass. */
export const rateText = (rate: number, of: number): string => (of === 0 ? '–' : percent(rate));
