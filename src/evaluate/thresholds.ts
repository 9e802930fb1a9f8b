import { z } from 'zod';
import { METRIC_IDS, METRICS, type MetricId } from './metrics.ts';

const threshold = z.union([
  z.number().nonnegative(),
  z.strictObject({ overBaseline: z.number().describe('At most so much worse than the baseline, as a share of it: 0.05 is 5 %.') }),
  z.literal(false).describe('Not gated.'),
]);

export const thresholdsSchema = z.partialRecord(z.enum(METRIC_IDS), threshold).superRefine((thresholds, context) => {
  for (const { id, unit } of METRICS) {
    const bound = thresholds[id];
    if (unit !== 'share' || typeof bound !== 'number' || bound <= 1) continue;
    context.addIssue({
      code: 'custom',
      path: [id],
      message: `${bound} is no share: write ${bound > 1 && bound <= 100 ? bound / 100 : '0 to 1'}`,
    });
  }
});

/** What a variant has to keep, by metric: an absolute bound, one against the baseline, or `false` for none. */
export type Thresholds = z.infer<typeof thresholdsSchema>;

/** The bounds of the booking agent that started this: in milliseconds and shares. */
export const DEFAULT_THRESHOLDS: Thresholds = {
  latencyP50Ms: 1400,
  latencyP95Ms: 4000,
  tokensPerTask: { overBaseline: 0.05 },
  correctness: 0.95,
  wastedParallelRate: 0.01,
};

export interface GateRow {
  metric: MetricId;
  /** Null where it could not be measured. */
  value: number | null;
  /** As a number in the metric's unit; null where the baseline has none to measure against. */
  bound: number | null;
  overBaseline?: number;
  /** A bound that cannot be checked is not passed. */
  passed: boolean;
}

/** Holds a variant's values against the bounds. `baseline` is undefined for the baseline itself, which is not measured against itself. */
export function gate(
  values: Readonly<Record<MetricId, number | null>>,
  baseline: Readonly<Record<MetricId, number | null>> | undefined,
  thresholds: Thresholds,
): GateRow[] {
  return METRICS.flatMap(({ id, better }): GateRow[] => {
    const threshold = thresholds[id];
    if (threshold === undefined || threshold === false) return [];
    const value = values[id];
    if (typeof threshold === 'number') return [{ metric: id, value, bound: threshold, passed: isWithin(value, threshold, better) }];
    if (baseline === undefined) return [];
    const { overBaseline } = threshold;
    const base = baseline[id];
    const bound = base === null ? null : base * (better === 'lower' ? 1 + overBaseline : 1 - overBaseline);
    return [{ metric: id, value, bound, overBaseline, passed: bound !== null && isWithin(value, bound, better) }];
  });
}

const isWithin = (value: number | null, bound: number, better: 'lower' | 'higher'): boolean =>
  value !== null && (better === 'lower' ? value <= bound : value >= bound);
