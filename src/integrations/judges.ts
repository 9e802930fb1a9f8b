import { noDependentCalls, noWastedCalls, type CallOptions } from './call-judgments.ts';
import type { Judge } from './judgment.ts';
import type { SubjectOptions } from './subject.ts';
import { within, type Bounds } from './within.ts';

/** The judgments as functions that a host calls for every test case. */
export interface Judges<Options, CaseJudge> {
  /** Scores 1 where no call was wasted, else the share of calls that were not. */
  wastedCalls: (options?: CallOptions & Options) => CaseJudge;
  /** Scores 1 where no call was issued beside one whose result it needed, else the share of parallel calls that were not. */
  dependentParallel: (options?: CallOptions & Options) => CaseJudge;
  /** Scores 1 where everything is within its bound, else the bound's share of the worst value. */
  within: (bounds: Bounds, options?: Options) => CaseJudge;
}

/** @param make what the host calls, of a judgment and what it is called by default */
export function judgesFor<Options extends SubjectOptions, CaseJudge>(
  make: (name: string, judge: Judge, options: Options | undefined) => CaseJudge,
): Judges<Options, CaseJudge> {
  return {
    wastedCalls: (options) => make('no_wasted_calls', noWastedCalls(callOptions(options)), options),
    dependentParallel: (options) => make('no_dependent_parallel_calls', noDependentCalls(callOptions(options)), options),
    within: (bounds, options) => make('within_bounds', within(bounds, options?.config?.prices), options),
  };
}

const callOptions = ({ except, max }: CallOptions = {}): CallOptions => ({ except, max });
