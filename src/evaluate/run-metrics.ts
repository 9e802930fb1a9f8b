import type { AnalyzedRun } from '../analysis/analyze-run.ts';
import { runCost } from '../analysis/run-cost.ts';
import { tallyOf } from '../analysis/summary.ts';
import type { Config } from '../config/schema.ts';

/** What one run took and wasted. Counts, not rates: rates are formed over many runs. */
export interface RunMetrics {
  /** From the user's message to the final answer; null where the trace has no times. */
  latencyMs: number | null;
  /** Null where the trace does not hold the usage of every model call. */
  tokens: { input: number; output: number } | null;
  /** US dollars; null where the price of one of its models is not known. */
  usd: number | null;
  turns: number;
  toolCalls: number;
  /** Calls in batches of two or more. */
  parallelCalls: number;
  wastedCalls: number;
  wastedParallelCalls: number;
  /** Calls that depend on a sibling of their batch. */
  dependentCalls: number;
  /** Calls without a verdict; no rate counts them. */
  unknownCalls: number;
  unknownParallelCalls: number;
  /** Tool calls that failed. */
  toolErrors: number;
  /** Model calls that failed. */
  modelErrors: number;
}

export function runMetrics({ run, report }: AnalyzedRun, prices: Config['prices'] = {}): RunMetrics {
  const { counts, latencies } = tallyOf(run, report);
  return {
    latencyMs: latencies[0] === undefined ? null : Math.round(latencies[0] * 1000) / 1000,
    tokens: hasUsage(run) ? { input: counts.tokens.input, output: counts.tokens.output } : null,
    usd: runCost(run, prices).usd,
    turns: counts.turns,
    toolCalls: counts.toolCalls,
    parallelCalls: counts.parallelCalls,
    wastedCalls: counts.wastedCalls,
    wastedParallelCalls: counts.wastedParallelCalls,
    dependentCalls: counts.dependentCalls,
    unknownCalls: counts.unknownCalls,
    unknownParallelCalls: counts.unknownParallelCalls,
    toolErrors: report.calls.filter(({ outcome }) => outcome === 'error').length,
    modelErrors: run.turns.filter(({ error }) => error !== undefined).length,
  };
}

/** Every model call that was answered has it; in a history, which has no times, what there is stands for all. */
function hasUsage({ turns }: AnalyzedRun['run']): boolean {
  const asked = turns.filter(({ start, error }) => start !== undefined && error === undefined);
  return turns.some(({ usage }) => usage !== undefined) && asked.every(({ usage }) => usage !== undefined);
}

/** The text of the last turn: what the user heard. */
export const finalAnswer = ({ turns }: AnalyzedRun['run']): string => turns.findLast(({ text }) => text.length > 0)?.text.join('\n') ?? '';

/** A task whose agent ran other agents: what all of them took, from the first one's start to the last one's end. */
export function sumMetrics(parts: readonly { run: AnalyzedRun['run']; metrics: RunMetrics }[]): RunMetrics | null {
  const [first, ...others] = parts.map(({ metrics }) => metrics);
  if (first === undefined || others.length === 0) return first ?? null;
  const sum = (of: (metrics: RunMetrics) => number): number => parts.reduce((total, { metrics }) => total + of(metrics), 0);
  const times = parts.flatMap(({ run }) => (run.start === undefined || run.end === undefined ? [] : [run.start, run.end]));
  return {
    latencyMs: times.length === 0 ? null : Math.round((Math.max(...times) - Math.min(...times)) * 1000) / 1000,
    tokens: parts.some(({ metrics }) => metrics.tokens === null)
      ? null
      : { input: sum(({ tokens }) => tokens?.input ?? 0), output: sum(({ tokens }) => tokens?.output ?? 0) },
    usd: parts.some(({ metrics }) => metrics.usd === null) ? null : sum(({ usd }) => usd ?? 0),
    ...(Object.fromEntries(COUNTS.map((key) => [key, sum((metrics) => metrics[key])])) as Pick<RunMetrics, (typeof COUNTS)[number]>),
  };
}

const COUNTS = [
  'turns',
  'toolCalls',
  'parallelCalls',
  'wastedCalls',
  'wastedParallelCalls',
  'dependentCalls',
  'unknownCalls',
  'unknownParallelCalls',
  'toolErrors',
  'modelErrors',
] as const;
