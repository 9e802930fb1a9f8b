/** `fanlight/braintrust`: scorers for Braintrust's `Eval`. See docs/integrations.md. */
import { judgeCase, type FromOptions } from './judgment.ts';
import { judgesFor } from './judges.ts';

/** What Braintrust gives a scorer. */
export interface ScorerArgs {
  input: unknown;
  output: unknown;
  expected?: unknown;
  metadata?: unknown;
}

export interface ScorerOptions extends FromOptions<ScorerArgs> {
  /** The score's name. */
  name?: string;
}

/** It asks for no more than the output: what else it named, `Eval` would require of every test case. */
export type FanlightScorer = (
  args: Pick<ScorerArgs, 'output'>,
) => Promise<{ name: string; score: number | null; metadata: { comment: string } }>;

/** They judge what the task returned. */
export const { wastedCalls, dependentParallel, within } = judgesFor<ScorerOptions, FanlightScorer>(
  'name',
  (byDefault, judge, { name = byDefault, ...options } = {}) => {
    const scorer: FanlightScorer = async (args) => {
      const { score, comment } = await judgeCase(judge, options, args as ScorerArgs, [args.output]);
      return { name, score, metadata: { comment } };
    };
    // Braintrust calls a scorer that threw by the name of its function.
    return Object.defineProperty(scorer, 'name', { value: name });
  },
);

export type { CallOptions } from './call-judgments.ts';
export type { Subject } from './subject.ts';
export type { Bounds } from './within.ts';
