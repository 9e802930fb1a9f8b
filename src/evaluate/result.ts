import { z } from 'zod';

/** One line of a results file: the schema is the one definition of its shape. */
const count = z.number().int().nonnegative();

const runMetricsSchema = z.object({
  latencyMs: z.number().nonnegative().nullable(),
  tokens: z.object({ input: z.number().nonnegative(), output: z.number().nonnegative() }).nullable(),
  usd: z.number().nonnegative().nullable(),
  turns: count,
  toolCalls: count,
  parallelCalls: count,
  wastedCalls: count,
  wastedParallelCalls: count,
  dependentCalls: count,
  unknownCalls: count,
  unknownParallelCalls: count,
  toolErrors: count,
  modelErrors: count,
});

const checkResultSchema = z.object({
  by: z.enum(['judge', 'code', 'state']),
  name: z.string(),
  /** Null where the check itself failed: never a pass. */
  passed: z.boolean().nullable(),
  reason: z.string(),
});

export const runResultSchema = z.object({
  variant: z.string(),
  example: z.string(),
  trial: count,
  weight: z.number().positive(),
  runId: z.string().optional(),
  /** Null where the run left no trace. */
  metrics: runMetricsSchema.nullable(),
  /** Null where nothing was checked. */
  correct: z.boolean().nullable(),
  checks: z.array(checkResultSchema),
  /** Names of the models that answered. */
  models: z.array(z.string()),
  /** Why the run failed. */
  error: z.string().optional(),
  answer: z.string().optional(),
});

export type CheckResult = z.infer<typeof checkResultSchema>;
/** One run of one example by one variant: what it took, what it wasted, and whether its answer was right. */
export type RunResult = z.infer<typeof runResultSchema>;

/** The cell of the evaluation that a result fills. */
export const cellOf = ({ variant, example, trial }: Pick<RunResult, 'variant' | 'example' | 'trial'>): string =>
  JSON.stringify([variant, example, trial]);
