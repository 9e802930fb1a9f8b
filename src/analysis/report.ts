import { z } from 'zod';
import type { Finding } from '../../analyzers/finding.ts';

/**
 * The JSON report as a schema: the one definition of its shape, published as `schemas/report.schema.json`.
 * Fields may be added; a field is never renamed or given a new meaning without a new `schemaVersion`.
 */
const count = z.number().int().nonnegative();
const rate = z.number().min(0).max(1);

const place = z.object({
  call: z.string().optional(),
  turn: count,
  part: z.enum(['arguments', 'result', 'text', 'reasoning', 'instructions', 'user']),
  path: z.string().optional(),
  start: count.optional(),
  end: count.optional(),
});

const finding = z.object({
  rule: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  message: z.string(),
  calls: z.array(z.string()),
  spanIds: z.array(z.string()),
  confidence: rate,
  evidence: z.array(
    z.object({
      kind: z.enum(['guessed', 'replaced', 'supplied', 'answered', 'held', 'absent', 'timed', 'required']),
      value: z.string(),
      from: place.optional(),
      to: place.optional(),
    }),
  ),
  cost: z.object({
    tokens: z.number().nonnegative().optional(),
    ms: z.number().nonnegative().optional(),
    criticalMs: z.number().nonnegative().optional(),
    usd: z.number().nonnegative().optional(),
  }),
  fix: z.string().optional(),
});

const callReport = z.object({
  id: z.string(),
  name: z.string(),
  turn: count.describe('Index of the turn that issued it, from 0.'),
  batchSize: count,
  spanId: z.string().optional(),
  durationMs: z.number().optional(),
  effect: z.enum(['read', 'write', 'unknown']),
  outcome: z.enum(['ok', 'error', 'missing']),
  verdict: z.enum(['used', 'wasted', 'unknown']),
  wasted: z.enum(['dropped', 'superseded', 'duplicate', 'unused']).nullable(),
  dependsOn: z.array(z.string()),
  confidence: rate,
  speculative: z.boolean().optional(),
  cost: z
    .object({ tokens: z.number().nonnegative().optional(), usd: z.number().nonnegative().optional() })
    .optional()
    .describe('To write the call, and to carry it and its result in every later input. Tokens are estimates.'),
});

const tokens = z.object({ input: z.number().nonnegative(), output: z.number().nonnegative(), cachedInput: z.number().nonnegative() });
const usd = z.number().nonnegative().nullable().describe('Null where a price, or the tokens, are not known.');

export const runReportSchema = z.object({
  id: z.string(),
  traceId: z.string().optional(),
  dialect: z.string(),
  source: z.string().optional(),
  labels: z.object({ variant: z.string().optional(), example: z.string().optional(), trial: z.string().optional() }).optional(),
  turns: count,
  calls: z.array(callReport),
  cost: z.object({ tokens, usd, turns: z.array(z.object({ turn: count, tokens, usd })) }).optional(),
  findings: z.array(finding),
});

const summarySchema = z.object({
  runs: count,
  dialects: z.record(z.string(), count).optional().describe('Runs by the dialect they were read in.'),
  turns: count,
  toolCalls: count,
  batches: count,
  parallelBatches: count,
  parallelCalls: count,
  wastedCalls: count,
  wastedRate: rate,
  wastedParallelCalls: count,
  wastedParallelRate: rate,
  dependentCalls: count,
  dependentRate: rate,
  unknownCalls: count,
  unknownParallelCalls: count.optional().describe('Those of them in batches of two or more.'),
  speculativeCalls: count.describe('Started ahead of need on purpose; part of unknownCalls.'),
  wastedByKind: z.object({ dropped: count, superseded: count, duplicate: count, unused: count }),
  tokens: z.object({ input: z.number().nonnegative(), output: z.number().nonnegative(), wasted: z.number().nonnegative() }),
  usd: z
    .object({ total: z.number().nonnegative(), wasted: z.number().nonnegative(), unpricedRuns: count })
    .optional()
    .describe('Of the runs whose models have a price.'),
  latencyMs: z.object({ p50: z.number().nullable(), p95: z.number().nullable() }),
});

const problem = z.object({
  source: z.string(),
  line: count.optional(),
  reason: z.string(),
  count: count.optional().describe('How many problems it stands for, where they are more than one.'),
});

export const reportSchema = z.object({
  schemaVersion: z.literal(1),
  summary: summarySchema,
  runs: z.array(runReportSchema),
  problems: z.array(problem),
});

export type CallReport = z.infer<typeof callReport>;
export type Summary = z.infer<typeof summarySchema>;
/** What analysis says of one run. */
export interface RunReport extends Omit<z.infer<typeof runReportSchema>, 'findings'> {
  findings: Finding[];
}
export interface ReportProblem {
  source: string;
  line?: number;
  reason: string;
  /** How many problems it stands for, where they are more than one. */
  count?: number;
}
export interface Report {
  schemaVersion: 1;
  summary: Summary;
  runs: RunReport[];
  problems: ReportProblem[];
}
