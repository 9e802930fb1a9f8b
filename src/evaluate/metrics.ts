import type { RunResult } from './result.ts';

/** A number over many runs that a variant is judged by. */
export interface Metric {
  id: MetricId;
  label: string;
  unit: 'ms' | 'tokens' | 'share' | 'usd' | 'count';
  better: 'lower' | 'higher';
  /** One of the four that decide: latency, tokens, correctness, waste. The others are reported beside them. */
  primary: boolean;
  /** The smallest difference that matters: absolute, or a share of the baseline. Decides how many runs are enough. */
  worthSeeing: { absolute: number } | { relative: number };
  measure: Measure;
}

export type MetricId =
  | 'latencyP50Ms'
  | 'latencyP95Ms'
  | 'tokensPerTask'
  | 'correctness'
  | 'wastedParallelRate'
  | 'wastedRate'
  | 'dependentRate'
  | 'usdPerTask'
  | 'errorsPerTask'
  | 'turnsPerTask'
  | 'toolCallsPerTask';

/** A quantile of a value, or a ratio of two sums, which is 0 where the whole is; undefined for a run that says nothing. */
export type Measure =
  | { kind: 'quantile'; q: number; of: (result: RunResult) => number | undefined }
  | { kind: 'ratio'; of: (result: RunResult) => readonly [part: number, whole: number] | undefined };

const perTask = (value: (metrics: NonNullable<RunResult['metrics']>) => number | undefined): Measure => ({
  kind: 'ratio',
  of: ({ metrics }) => {
    const part = metrics === null ? undefined : value(metrics);
    return part === undefined ? undefined : [part, 1];
  },
});

/** Of calls that have a verdict; a run whose every call is without one says nothing. */
const share = (parts: (metrics: NonNullable<RunResult['metrics']>) => { part: number; of: number; unknown: number }): Measure => ({
  kind: 'ratio',
  of: ({ metrics }) => {
    if (metrics === null) return undefined;
    const { part, of, unknown } = parts(metrics);
    return of > 0 && of === unknown ? undefined : [part, of - unknown];
  },
});

const latency = (result: RunResult): number | undefined =>
  result.error === undefined ? (result.metrics?.latencyMs ?? undefined) : undefined;

/** The four metrics (latency is two numbers), then what is reported beside them. */
export const METRICS: readonly Metric[] = [
  {
    id: 'latencyP50Ms',
    label: 'latency p50',
    unit: 'ms',
    better: 'lower',
    primary: true,
    worthSeeing: { relative: 0.15 },
    measure: { kind: 'quantile', q: 0.5, of: latency },
  },
  {
    id: 'latencyP95Ms',
    label: 'latency p95',
    unit: 'ms',
    better: 'lower',
    primary: true,
    worthSeeing: { relative: 0.3 },
    measure: { kind: 'quantile', q: 0.95, of: latency },
  },
  {
    id: 'tokensPerTask',
    label: 'tokens per task',
    unit: 'tokens',
    better: 'lower',
    primary: true,
    worthSeeing: { relative: 0.05 },
    measure: perTask(({ tokens }) => (tokens === null ? undefined : tokens.input + tokens.output)),
  },
  {
    id: 'correctness',
    label: 'correct answers',
    unit: 'share',
    better: 'higher',
    primary: true,
    worthSeeing: { absolute: 0.05 },
    measure: { kind: 'ratio', of: ({ correct }) => (correct === null ? undefined : [Number(correct), 1]) },
  },
  {
    id: 'wastedParallelRate',
    label: 'wasted parallel calls',
    unit: 'share',
    better: 'lower',
    primary: true,
    worthSeeing: { absolute: 0.05 },
    measure: share((metrics) => ({ part: metrics.wastedParallelCalls, of: metrics.parallelCalls, unknown: metrics.unknownParallelCalls })),
  },
  {
    id: 'wastedRate',
    label: 'wasted calls',
    unit: 'share',
    better: 'lower',
    primary: true,
    worthSeeing: { absolute: 0.05 },
    measure: share((metrics) => ({ part: metrics.wastedCalls, of: metrics.toolCalls, unknown: metrics.unknownCalls })),
  },
  {
    id: 'dependentRate',
    label: 'dependent parallel calls',
    unit: 'share',
    better: 'lower',
    primary: false,
    worthSeeing: { absolute: 0.05 },
    measure: share((metrics) => ({ part: metrics.dependentCalls, of: metrics.parallelCalls, unknown: 0 })),
  },
  {
    id: 'usdPerTask',
    label: 'dollars per task',
    unit: 'usd',
    better: 'lower',
    primary: false,
    worthSeeing: { relative: 0.05 },
    measure: perTask(({ usd }) => usd ?? undefined),
  },
  {
    id: 'errorsPerTask',
    label: 'errors per task',
    unit: 'count',
    better: 'lower',
    primary: false,
    worthSeeing: { absolute: 0.1 },
    measure: {
      kind: 'ratio',
      of: ({ metrics, error }) => [(error === undefined ? 0 : 1) + (metrics === null ? 0 : metrics.toolErrors + metrics.modelErrors), 1],
    },
  },
  {
    id: 'turnsPerTask',
    label: 'turns per task',
    unit: 'count',
    better: 'lower',
    primary: false,
    worthSeeing: { relative: 0.1 },
    measure: perTask(({ turns }) => turns),
  },
  {
    id: 'toolCallsPerTask',
    label: 'tool calls per task',
    unit: 'count',
    better: 'lower',
    primary: false,
    worthSeeing: { relative: 0.1 },
    measure: perTask(({ toolCalls }) => toolCalls),
  },
];

export const METRIC_IDS = METRICS.map(({ id }) => id) as [MetricId, ...MetricId[]];
