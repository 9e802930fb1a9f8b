import type { Statistic } from './statistic.ts';

/** A value, the cluster it belongs to, and what it counts. */
export interface Weighted {
  cluster: number;
  value: number;
  weight: number;
}

/** Weighted nearest-rank quantile: the least value at or below which a share `q` of the weight lies. */
export function quantileOf(values: readonly Weighted[], q: number): Statistic {
  const entries = values.toSorted((a, b) => a.value - b.value);
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

/** Nearest rank, of values that count alike; undefined without values. */
export function quantile(values: readonly number[], q: number): number | undefined {
  const sorted = Float64Array.from(values).toSorted();
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)];
}
