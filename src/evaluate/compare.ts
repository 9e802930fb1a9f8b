import { METRICS, type Metric, type MetricId } from './metrics.ts';
import type { RunResult } from './result.ts';
import { differencesOf, type Difference, type Interval, type Resampling } from '../statistics/bootstrap.ts';
import { holm } from '../statistics/holm.ts';
import { statisticOf, type Cluster } from './statistic.ts';

export type Verdict = 'better' | 'worse' | 'no difference shown' | 'too few runs' | 'not measured';

/** One metric of two variants. */
export interface ComparisonRow {
  metric: MetricId;
  baseline: number | null;
  candidate: number | null;
  /** Candidate minus baseline. */
  difference: number | null;
  /** 95 %, of this metric alone. */
  interval: Interval | null;
  verdict: Verdict;
  /** With `too few runs`: about how many more examples would show a difference that matters. */
  moreNeeded?: number;
}

export interface Comparison {
  /** Of two evaluations: the variant of both. */
  variant?: string;
  baseline: string;
  candidate: string;
  /** The same examples on both sides, compared one by one. */
  paired: boolean;
  /** Examples compared: pairs, or all on each side. */
  examples: { baseline: number; candidate: number };
  /** Examples left out, since the other side has no run of them. */
  leftOut: { baseline: number; candidate: number };
  rows: ComparisonRow[];
}

export interface ComparisonOptions extends Resampling {
  variant?: string;
  baseline?: string;
  candidate?: string;
  metrics?: readonly Metric[];
}

/** Fewer pairs prove nothing, whatever their interval says. */
const MIN_EXAMPLES = 10;

/**
 * Compares two variants example by example, where both ran the same ones. A difference has a verdict only if it holds
 * after Holm's correction, for the metrics that decide and for those beside them: looking at many numbers must not
 * make one of them look worse.
 */
export function compare(baseline: readonly RunResult[], candidate: readonly RunResult[], options: ComparisonOptions = {}): Comparison {
  const { metrics = METRICS } = options;
  const sides = pairUp(baseline, candidate);
  const pairs = metrics.map(({ measure }) => ({ a: statisticOf(measure, sides.a), b: statisticOf(measure, sides.b) }));
  const once = { a: new Int32Array(sides.a.length).fill(1), b: new Int32Array(sides.b.length).fill(1) };
  const differences = differencesOf(pairs, { a: sides.a.length, b: sides.b.length, paired: sides.paired }, options);
  const significant = significantOf(metrics, differences);
  return {
    ...(options.variant !== undefined && { variant: options.variant }),
    baseline: options.baseline ?? 'baseline',
    candidate: options.candidate ?? 'candidate',
    paired: sides.paired,
    examples: { baseline: sides.a.length, candidate: sides.b.length },
    leftOut: sides.leftOut,
    rows: metrics.map((metric, i) => {
      const values = { baseline: pairs[i]!.a(once.a), candidate: pairs[i]!.b(once.b) };
      return rowOf(metric, values, differences[i], significant.has(i), Math.min(sides.a.length, sides.b.length));
    }),
  };
}

/** Of a chance of 5 % that anything is said of two runs of the same agent, most goes to the metrics that decide. */
const ALPHA = { primary: 0.04, secondary: 0.01 };

/** By Holm, for the metrics that decide, and for those beside them. */
function significantOf(metrics: readonly Metric[], differences: readonly (Difference | undefined)[]): Set<number> {
  const significant = new Set<number>();
  for (const primary of [true, false]) {
    const family = differences.flatMap((difference, i) =>
      difference === undefined || metrics[i]!.primary !== primary ? [] : [{ i, p: difference.p }],
    );
    holm(
      family.map(({ p }) => p),
      primary ? ALPHA.primary : ALPHA.secondary,
    ).forEach((is, k) => is && significant.add(family[k]!.i));
  }
  return significant;
}

function rowOf(
  metric: Metric,
  { baseline, candidate }: { baseline: number | undefined; candidate: number | undefined },
  difference: Difference | undefined,
  isSignificant: boolean,
  examples: number,
): ComparisonRow {
  const row = { metric: metric.id, baseline: baseline ?? null, candidate: candidate ?? null };
  if (baseline === undefined || candidate === undefined) {
    return { ...row, difference: null, interval: null, verdict: 'not measured' };
  }
  const found = { ...row, difference: candidate - baseline, interval: difference?.interval ?? null };
  const enough = examples >= MIN_EXAMPLES && difference !== undefined;
  if (enough && isSignificant) {
    const isHigher = candidate > baseline;
    return { ...found, verdict: isHigher === (metric.better === 'higher') ? 'better' : 'worse' };
  }
  const needed =
    difference === undefined ? MIN_EXAMPLES : Math.max(MIN_EXAMPLES, neededFor(metric, baseline, difference.interval, examples));
  if (needed > examples) return { ...found, verdict: 'too few runs', moreNeeded: roundUp(needed - examples) };
  return { ...found, verdict: 'no difference shown' };
}

/** The width of an interval shrinks with the root of the number of examples. */
function neededFor({ worthSeeing }: Metric, baseline: number, [low, high]: Interval, examples: number): number {
  const margin = 'absolute' in worthSeeing ? worthSeeing.absolute : worthSeeing.relative * Math.abs(baseline);
  const halfWidth = (high - low) / 2;
  if (halfWidth <= margin || margin === 0) return examples;
  return examples * (halfWidth / margin) ** 2;
}

/** To two digits: more would promise too much. */
function roundUp(n: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(n)) - 1);
  return Math.ceil(n / unit) * unit;
}

interface Sides {
  a: Cluster[];
  b: Cluster[];
  paired: boolean;
  leftOut: { baseline: number; candidate: number };
}

function pairUp(baseline: readonly RunResult[], candidate: readonly RunResult[]): Sides {
  const [a, b] = [clustersOf(baseline), clustersOf(candidate)];
  const common = [...a.keys()].filter((example) => b.has(example));
  const leftOut = { baseline: a.size - common.length, candidate: b.size - common.length };
  if (common.length > 0) return { a: common.map((id) => a.get(id)!), b: common.map((id) => b.get(id)!), paired: true, leftOut };
  return { a: [...a.values()], b: [...b.values()], paired: false, leftOut: { baseline: 0, candidate: 0 } };
}

/** Results by example, in a stable order. */
export function clustersOf(results: readonly RunResult[]): Map<string, Cluster> {
  const clusters = new Map<string, { weight: number; results: RunResult[] }>();
  for (const result of results.toSorted((x, y) => (x.example < y.example ? -1 : x.example > y.example ? 1 : x.trial - y.trial))) {
    const cluster = clusters.get(result.example);
    if (cluster === undefined) clusters.set(result.example, { weight: result.weight, results: [result] });
    else cluster.results.push(result);
  }
  return clusters;
}
