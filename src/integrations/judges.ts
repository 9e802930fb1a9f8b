import { noDependentCalls, noWastedCalls, type CallOptions } from './call-judgments.ts';
import { checkOptions } from './check-options.ts';
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

/**
 * @param hostOption the option that names the judgment, as the host says it
 * @param make what the host calls, of a judgment and what it is called by default
 */
export function judgesFor<Options extends SubjectOptions, CaseJudge>(
  hostOption: string,
  make: (name: string, judge: Judge, options: Options | undefined) => CaseJudge,
): Judges<Options, CaseJudge> {
  const own = ['config', 'from', hostOption];
  const ofCalls =
    (name: string, judgeOf: typeof noWastedCalls): Judges<Options, CaseJudge>['wastedCalls'] =>
    (options) => {
      checkOptions('options', options ?? {}, ['except', 'max', ...own]);
      return make(name, judgeOf({ except: options?.except, max: options?.max }), options);
    };
  return {
    wastedCalls: ofCalls('no_wasted_calls', noWastedCalls),
    dependentParallel: ofCalls('no_dependent_parallel_calls', noDependentCalls),
    within: (bounds, options) => {
      checkOptions('options', options ?? {}, own);
      return make('within_bounds', within(bounds, options?.config?.prices), options);
    },
  };
}
