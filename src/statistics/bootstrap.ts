import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Statistic } from './statistic.ts';

/** Two ends, both inside. */
export type Interval = readonly [low: number, high: number];

export interface Resampling {
  /** Default 4000. */
  resamples?: number;
  /** The same seed gives the same intervals. Default 1. */
  seed?: number;
}

export interface Difference {
  interval: Interval;
  /** Two-sided: how often resampling would show no difference, or one to the other side. */
  p: number;
}

/**
 * Percentile bootstrap over clusters (Efron & Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13): whole
 * examples are drawn with replacement, so that trials of one example stay together.
 *
 * @returns 95 % intervals, one a statistic; undefined where it cannot be measured
 */
export function intervalsOf(statistics: readonly Statistic[], clusters: number, options: Resampling = {}): (Interval | undefined)[] {
  const values = statistics.map((): number[] => []);
  const draw = drawer(options);
  const times = new Int32Array(clusters);
  for (let b = 0; b < resamplesOf(options); b++) {
    draw(times);
    statistics.forEach((statistic, i) => {
      const value = statistic(times);
      if (value !== undefined) values[i]!.push(value);
    });
  }
  return values.map((list) => intervalOf(list));
}

/** One metric of both sides. */
export interface Pair {
  a: Statistic;
  b: Statistic;
}

/**
 * The same for differences `b - a`. Paired: both sides take the same examples in every resample, so that what is hard
 * for both cancels out. Otherwise each side is drawn apart.
 */
export function differencesOf(
  pairs: readonly Pair[],
  clusters: { a: number; b: number; paired: boolean },
  options: Resampling = {},
): (Difference | undefined)[] {
  const values = pairs.map((): number[] => []);
  const draw = drawer(options);
  const timesA = new Int32Array(clusters.a);
  const timesB = clusters.paired ? timesA : new Int32Array(clusters.b);
  for (let k = 0; k < resamplesOf(options); k++) {
    draw(timesA);
    if (!clusters.paired) draw(timesB);
    pairs.forEach(({ a, b }, i) => {
      const [valueA, valueB] = [a(timesA), b(timesB)];
      if (valueA !== undefined && valueB !== undefined) values[i]!.push(valueB - valueA);
    });
  }
  return values.map((list) => {
    const interval = intervalOf(list);
    return interval === undefined ? undefined : { interval, p: pOf(list) };
  });
}

const resamplesOf = ({ resamples = 4000 }: Resampling): number => resamples;

function drawer({ seed = 1 }: Resampling): (times: Int32Array) => void {
  const random = xoroshiro128plus(seed);
  return (times) => {
    times.fill(0);
    for (let i = 0; i < times.length; i++) times[uniformInt(random, 0, times.length - 1)]! += 1;
  };
}

const TOO_FEW = 20;

function intervalOf(values: readonly number[]): Interval | undefined {
  if (values.length < TOO_FEW) return undefined;
  const sorted = Float64Array.from(values).toSorted();
  const at = (q: number): number => sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))]!;
  return [at(0.025), at(0.975)];
}

function pOf(differences: readonly number[]): number {
  let [below, above] = [0, 0];
  for (const difference of differences) {
    if (difference <= 0) below += 1;
    if (difference >= 0) above += 1;
  }
  return Math.min(1, (2 * (Math.min(below, above) + 1)) / (differences.length + 1));
}
