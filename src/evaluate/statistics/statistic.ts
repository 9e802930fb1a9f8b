import type { Measure } from '../metrics.ts';
import type { RunResult } from '../result.ts';

/** The trials of one example by one variant, and what the example counts in the traffic mix. */
export interface Cluster {
  weight: number;
  results: readonly RunResult[];
}

/** A metric's value where the i-th cluster counts `times[i]` times; undefined where nothing measures it. */
export type Statistic = (times: ArrayLike<number>) => number | undefined;

/** Prepares a metric so that a resample costs one pass over the clusters. */
export function statisticOf(measure: Measure, clusters: readonly Cluster[]): Statistic {
  return measure.kind === 'ratio' ? ratioOf(measure, clusters) : quantileOf(measure, clusters);
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

/** Weighted nearest-rank quantile: the least value at or below which a share `q` of the weight lies. */
function quantileOf({ q, of }: Measure & { kind: 'quantile' }, clusters: readonly Cluster[]): Statistic {
  const entries = clusters
    .flatMap(({ weight, results }, cluster) =>
      results.flatMap((result) => {
        const value = of(result);
        return value === undefined ? [] : [{ cluster, value, weight: weight / results.length }];
      }),
    )
    .toSorted((a, b) => a.value - b.value);
  const [cluster, value, weight] = [
    Int32Array.from(entries, (entry) => entry.cluster),
    Float64Array.from(entries, (entry) => entry.value),
    Float64Array.from(entries, (entry) => entry.weight),
  ];
  return (times) => {
    let total = 0;
    for (let i = 0; i < value.length; i++) total += times[cluster[i]!]! * weight[i]!;
    if (total === 0) return undefined;
    // Sums of fractions are a little off; a rank must not slip to the next value for that.
    const rank = q * total * (1 - 1e-12);
    let reached = 0;
    for (let i = 0; i < value.length; i++) {
      reached += times[cluster[i]!]! * weight[i]!;
      if (reached >= rank && reached > 0) return value[i];
    }
    return value.at(-1);
  };
}
