import type { AnalyzedRun } from '../analysis/analyze-run.ts';
import { noDependentCalls, noWastedCalls, type CallOptions } from './call-judgments.ts';
import type { Judge, Judgment } from './judgment.ts';
import { analyzedRuns, type AsyncSubject, type SubjectOptions } from './subject.ts';
import { within, type Bounds } from './within.ts';

/**
 * `fanlight/matchers`: for any `expect` with `extend`, as Jest's. `fanlight/vitest` registers them.
 *
 *     expect(messages).toHaveNoWastedCalls({ except: ['log_*'] });
 *     await expect('traces/').toBeWithin({ p95Ms: 5000, wastedRate: 0.1 });
 */
export const matchers = {
  toHaveNoWastedCalls(this: MatcherState, received: unknown, options: CallOptions & SubjectOptions = {}): MatcherResult {
    const { config, ...rest } = options;
    return match('toHaveNoWastedCalls', received, { config }, noWastedCalls(rest), this);
  },
  toHaveNoDependentParallelCalls(this: MatcherState, received: unknown, options: CallOptions & SubjectOptions = {}): MatcherResult {
    const { config, ...rest } = options;
    return match('toHaveNoDependentParallelCalls', received, { config }, noDependentCalls(rest), this);
  },
  toBeWithin(this: MatcherState, received: unknown, bounds: Bounds, options: SubjectOptions = {}): MatcherResult {
    return match('toBeWithin', received, options, within(bounds, options.config?.prices), this);
  },
};

/** The types of the matchers; a subject that is read asynchronously wants `await`. */
export interface FanlightMatchers<T = unknown> {
  /** Every call of the run, or of the runs, was of use. */
  toHaveNoWastedCalls(options?: CallOptions & SubjectOptions): Matched<T>;
  /** No call was issued beside one whose result it needed. */
  toHaveNoDependentParallelCalls(options?: CallOptions & SubjectOptions): Matched<T>;
  /** Everything is at most what its bound says; what is not recorded is not within it. */
  toBeWithin(bounds: Bounds, options?: SubjectOptions): Matched<T>;
}

type Matched<T> = T extends AsyncSubject ? Promise<void> : void;

/** What is used of a host's matcher state. */
interface MatcherState {
  isNot?: boolean;
}

interface Result {
  pass: boolean;
  message: () => string;
}

type MatcherResult = Result | Promise<Result>;

function match(name: string, received: unknown, options: SubjectOptions, judge: Judge, { isNot = false }: MatcherState): MatcherResult {
  const runs = analyzedRuns(received, options);
  const judgeThem = (analyzed: readonly AnalyzedRun[]): Result => resultOf(name, judge(analyzed), isNot);
  return Array.isArray(runs) ? judgeThem(runs) : runs.then(judgeThem);
}

/** A test knows passed and failed only: where nothing can be said, it fails, and so does its `.not`. */
function resultOf(name: string, { pass, comment, vacuous }: Judgment, isNot: boolean): Result {
  const call = `expect(run)${isNot ? '.not' : ''}.${name}()`;
  return { pass: pass ?? (vacuous === true || isNot), message: () => `${call}\n\n${comment}` };
}
