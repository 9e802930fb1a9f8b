/** `fanlight/langsmith`: evaluators for LangSmith's `evaluate`. See docs/integrations.md. */
import type { EvaluationResult } from 'langsmith/evaluation';
import type { Run } from 'langsmith/schemas';
import { judgeCase, type FromOptions } from './judgment.ts';
import { judgesFor } from './judges.ts';

/** What LangSmith gives an evaluator, as far as it is used here. */
export interface EvaluatorArgs {
  run: Run;
}

export interface EvaluatorOptions extends FromOptions<EvaluatorArgs> {
  /** The feedback key. */
  key?: string;
}

export type FanlightEvaluator = (args: EvaluatorArgs) => Promise<EvaluationResult>;

/** They judge the tree of model calls and tools that was traced; where it tells nothing, what the target returned. */
export const { wastedCalls, dependentParallel, within } = judgesFor<EvaluatorOptions, FanlightEvaluator>(
  'key',
  (name, judge, { key = name, ...options } = {}) =>
    async (args) => {
      const { outputs } = args.run;
      const { score, comment } = await judgeCase(judge, options, args, [args.run, outputs, outputs?.['outputs']]);
      return { key, score, comment };
    },
);

export type { CallOptions } from './call-judgments.ts';
export type { Subject } from './subject.ts';
export type { Bounds } from './within.ts';
