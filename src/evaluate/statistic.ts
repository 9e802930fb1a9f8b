import { quantileOf } from '../statistics/quantile.ts';
import type { Statistic } from '../statistics/statistic.ts';
import type { Measure } from './metrics.ts';
import type { RunResult } from './result.ts';

/** The trials of one example by one variant, and what the example counts in the traffic mix. */
export interface Cluster {
  weight: number;
  results: readonly RunResult[];
}

/** Prepares a metric so that a resample costs one pass over the clusters. */
export function statisticOf(measure: Measure, clusters: readonly Cluster[]): Statistic {
  return measure.kind === 'ratio' ? ratioOf(measure, clusters) : quantileOfResults(measure, clusters);
}

function ratioOf({ of }: Measure & { kind: 'ratio' }, clusters: readonly Cluster[]): Statistic {
  const parts = new Float64Array(clusters.length);
  const wholes = new Float64Array(clusters.length);
  const saysSomething = new Uint8Array(clusters.length);
  clusters.forEach(({ weight, results }, i) => {
    for (const result of results) {
      const measured = of(result);
      if (measured === undefined) continue;
      saysSomething[i] = 1;
      parts[i]! += (measured[0] * weight) / results.length;
      wholes[i]! += (measured[1] * weight) / results.length;
    }
  });
  return (times) => {
    let [part, whole, measured] = [0, 0, 0];
    for (let i = 0; i < parts.length; i++) {
      measured += times[i]! * saysSomething[i]!;
      part += times[i]! * parts[i]!;
      whole += times[i]! * wholes[i]!;
    }
    if (measured === 0) return undefined;
    return whole === 0 ? 0 : part / whole;
  };
}

function quantileOfResults({ q, of }: Measure & { kind: 'quantile' }, clusters: readonly Cluster[]): Statistic {
  return quantileOf(
    clusters.flatMap(({ weight, results }, cluster) =>
      results.flatMap((result) => {
        const value = of(result);
        return value === undefined ? [] : [{ cluster, value, weight: weight / results.length }];
      }),
    ),
    q,
  );
}
