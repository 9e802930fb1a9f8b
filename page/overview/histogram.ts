import { ticksOf } from '../timeline/layout.ts';

export interface Bin {
  from: number;
  to: number;
  n: number;
}

const BINS = 24;
/** Beyond this share of the values lies the tail; it is put into the last bin. */
const SHOWN = 0.98;

/** Values in bins of a round width. */
export function binsOf(values: readonly number[]): Bin[] {
  if (values.length === 0) return [];
  const sorted = values.toSorted((a, b) => a - b);
  const end = Math.max(1, sorted[Math.ceil(SHOWN * sorted.length) - 1] ?? 1);
  const width = ticksOf(end, BINS)[1] ?? end;
  const bins = Array.from({ length: Math.floor(end / width) + 1 }, (_, i) => ({ from: i * width, to: (i + 1) * width, n: 0 }));
  for (const value of values) {
    const bin = bins[Math.min(Math.max(0, Math.floor(value / width)), bins.length - 1)];
    if (bin !== undefined) bin.n++;
  }
  const [last] = [bins.at(-1)];
  if (last !== undefined) last.to = Math.max(last.to, sorted.at(-1) ?? 0);
  return bins;
}
