import type { Comparison, ComparisonRow } from '../../evaluate/compare.ts';
import { METRICS, type Metric, type MetricId } from '../../evaluate/metrics.ts';
import type { Interval } from '../../statistics/bootstrap.ts';
import type { GateRow } from '../../evaluate/thresholds.ts';
import { count, percent } from '../numbers.ts';

export const metricOf = (id: MetricId): Metric => METRICS.find((metric) => metric.id === id)!;

const NONE = '–';

/** A metric's value with its unit. */
export function valueText(id: MetricId, value: number | null): string {
  if (value === null) return NONE;
  switch (metricOf(id).unit) {
    // Not rounded to seconds: a value just above its threshold must not look like it.
    case 'ms':
      return `${Math.round(value).toLocaleString('en-US')} ms`;
    case 'share':
      return percent(value);
    case 'usd':
      return `$${value.toPrecision(3)}`;
    case 'tokens':
      return Math.round(value).toLocaleString('en-US');
    default:
      return value.toFixed(2);
  }
}

/** A difference carries its sign; shares differ by points, not by per cent. */
export function differenceText(id: MetricId, difference: number | null): string {
  if (difference === null) return NONE;
  const sign = difference > 0 ? '+' : difference < 0 ? '−' : '±';
  const size = Math.abs(difference);
  const text = metricOf(id).unit === 'share' ? `${(100 * size).toFixed(1)} points` : valueText(id, size);
  return `${sign}${text}`;
}

export function intervalText(id: MetricId, interval: Interval | null, of = valueText): string {
  return interval === null ? NONE : `${of(id, interval[0])} to ${of(id, interval[1])}`;
}

export function thresholdText({ metric, bound, overBaseline }: GateRow): string {
  const sign = metricOf(metric).better === 'lower' ? '≤' : '≥';
  if (overBaseline === undefined) return `${sign} ${valueText(metric, bound)}`;
  return `${sign} baseline ${metricOf(metric).better === 'lower' ? '+' : '−'} ${percent(overBaseline)}`;
}

export const verdictText = ({ verdict, moreNeeded }: ComparisonRow): string =>
  moreNeeded === undefined ? verdict : `${verdict}: about ${moreNeeded.toLocaleString('en-US')} more needed`;

/** How an interval and a verdict go together, to be said under a comparison. */
export const CORRECTED = 'Intervals are of each metric alone; a verdict also withstands looking at many at once (Holm).';

export function comparedText({ paired, examples, leftOut }: Comparison): string {
  const left = leftOut.baseline + leftOut.candidate;
  if (!paired)
    return `${count(examples.baseline, 'task')} against ${examples.candidate.toLocaleString('en-US')}, not paired: no example is on both sides`;
  return `${count(examples.candidate, 'example')}, compared pair by pair${left === 0 ? '' : `; ${count(left, 'example')} on one side only left out`}`;
}
