import type { AnalyzedRun } from '../analysis/analyze-run.ts';
import { emptyTally, mergeTally, summaryOf, tallyOf, type Tally } from '../analysis/summary.ts';
import type { Config } from '../config/schema.ts';
import { runMetrics, type RunMetrics } from '../evaluate/run-metrics.ts';
import { duration, percent } from '../report/numbers.ts';
import { safe } from '../report/safe.ts';
import { checkOptions } from './check-options.ts';
import type { Judge } from './judgment.ts';

/** Upper bounds. What is not recorded is not within them. */
export interface Bounds {
  /** Of each run: milliseconds from its first model call to the end of its last. */
  latencyMs?: number;
  /** Of each run: recorded tokens, input and output together, or apart. */
  tokens?: number;
  inputTokens?: number;
  outputTokens?: number;
  /** Of each run: US dollars, by `config.prices`. */
  usd?: number;
  /** Of each run. */
  turns?: number;
  toolCalls?: number;
  toolErrors?: number;
  modelErrors?: number;
  /** Over all runs: nearest rank. */
  p50Ms?: number;
  p95Ms?: number;
  /** Over all runs. */
  wastedCalls?: number;
  dependentCalls?: number;
  /** Over all runs, 0..1, as the summary of `fanlight analyze` has them: calls without a verdict are left out. */
  wastedRate?: number;
  wastedParallelRate?: number;
  dependentRate?: number;
}

/**
 * Everything is at most what its bound says. The score is 1 within, else the bound's share of the value, of the worst.
 */
export function within(bounds: Bounds, prices: Config['prices'] = {}): Judge {
  checkBounds(bounds);
  return (runs) => {
    const tally = emptyTally();
    for (const { run, report } of runs) mergeTally(tally, tallyOf(run, report));
    const checks = Object.entries(bounds).map(([key, bound]): Check => {
      const name = key as keyof Bounds;
      const overAll = OVER_ALL[name];
      if (overAll !== undefined) return { name, bound, value: overAll(tally) };
      return { name, bound, ...worstOf(runs, name, bound, prices) };
    });
    const broken = checks.filter(({ value, bound }) => value !== null && value > bound);
    const unknown = checks.filter(({ value }) => value === null);
    const comment = [...broken, ...unknown, ...checks.filter(({ value, bound }) => value !== null && value <= bound)]
      .map(textOf)
      .join('\n');
    if (broken.length === 0 && unknown.length > 0) return { pass: null, score: null, comment };
    const scores = broken.map(({ value, bound }) => bound / (value ?? 1));
    return { pass: broken.length === 0, score: Math.min(1, ...scores), comment };
  };
}

interface Check {
  name: keyof Bounds;
  bound: number;
  /** Null where the trace does not tell. */
  value: number | null;
  /** The run that has it, where there are several. */
  run?: string;
}

const OF_A_RUN: Partial<Record<keyof Bounds, (metrics: RunMetrics) => number | null>> = {
  latencyMs: ({ latencyMs }) => latencyMs,
  tokens: ({ tokens }) => (tokens === null ? null : tokens.input + tokens.output),
  inputTokens: ({ tokens }) => tokens?.input ?? null,
  outputTokens: ({ tokens }) => tokens?.output ?? null,
  usd: ({ usd }) => usd,
  turns: ({ turns }) => turns,
  toolCalls: ({ toolCalls }) => toolCalls,
  toolErrors: ({ toolErrors }) => toolErrors,
  modelErrors: ({ modelErrors }) => modelErrors,
};

const OVER_ALL: Partial<Record<keyof Bounds, (tally: Tally) => number | null>> = {
  p50Ms: (tally) => latencyOf(tally, 'p50'),
  p95Ms: (tally) => latencyOf(tally, 'p95'),
  wastedCalls: (tally) => unlessUnknown(tally, tally.counts.wastedCalls),
  dependentCalls: (tally) => unlessUnknown(tally, tally.counts.dependentCalls),
  wastedRate: (tally) => unlessUnknown(tally, summaryOf(tally).wastedRate),
  wastedParallelRate: (tally) => unlessUnknown(tally, summaryOf(tally).wastedParallelRate),
  dependentRate: (tally) => unlessUnknown(tally, summaryOf(tally).dependentRate),
};

const KNOWN = [...Object.keys(OF_A_RUN), ...Object.keys(OVER_ALL)];

/** Where calls were made and none has a verdict, nothing found says nothing. */
const unlessUnknown = ({ counts }: Tally, value: number): number | null =>
  value === 0 && counts.toolCalls > 0 && counts.unknownCalls === counts.toolCalls ? null : value;

/** A quantile of some of the runs is none of all. */
const latencyOf = (tally: Tally, quantile: 'p50' | 'p95'): number | null =>
  tally.latencies.length < tally.counts.runs ? null : summaryOf(tally).latencyMs[quantile];

/** The largest value of any run; unknown where that is within the bound and another run's is not known. */
function worstOf(runs: readonly AnalyzedRun[], name: keyof Bounds, bound: number, prices: Config['prices']): Pick<Check, 'value' | 'run'> {
  const read = OF_A_RUN[name] ?? ((): null => null);
  const values = runs.map((analyzed) => ({ value: read(runMetrics(analyzed, prices)), run: analyzed.report.id }));
  const [worst] = values.toSorted((a, b) => (b.value ?? -Infinity) - (a.value ?? -Infinity));
  const isBroken = worst?.value != null && worst.value > bound;
  const told = (isBroken ? undefined : values.find(({ value }) => value === null)) ?? worst ?? { value: null, run: '' };
  return runs.length === 1 ? { value: told.value } : told;
}

function textOf({ name, bound, value, run }: Check): string {
  const format = formatOf(name);
  const where = run === undefined ? '' : ` in ${safe(run)}`;
  if (value === null) return `${name} is not known${where} (at most ${format(bound)} asked for): ${whyUnknown(name)}`;
  return value > bound
    ? `${name} is ${format(value)}${where}, above ${format(bound)}`
    : `${name} is ${format(value)}, within ${format(bound)}`;
}

function formatOf(name: keyof Bounds): (value: number) => string {
  if (name.endsWith('Ms')) return duration;
  if (name.endsWith('Rate')) return percent;
  return name === 'usd' ? (value): string => `$${value.toPrecision(2)}` : (value): string => value.toLocaleString('en-US');
}

function whyUnknown(name: keyof Bounds): string {
  if (name.endsWith('Ms')) return 'the trace has no times';
  if (name === 'usd') return 'a price in `config.prices` or the usage of a model call is missing';
  return /tokens$/iu.test(name) ? 'the trace does not hold the usage of every model call' : 'no call has a verdict, content not recorded';
}

function checkBounds(bounds: Bounds): void {
  checkOptions('bounds', bounds, KNOWN);
  const entries = Object.entries(bounds);
  if (entries.length === 0) throw new TypeError(`There are no bounds to be within; known: ${KNOWN.join(', ')}.`);
  const wrong = entries.find(([, value]) => typeof value !== 'number' || !(value >= 0));
  if (wrong !== undefined) throw new TypeError(`The bound ${wrong[0]} is a number from 0 on, not ${String(wrong[1])}.`);
}
