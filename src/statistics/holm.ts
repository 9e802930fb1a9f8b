/**
 * Holm's step-down correction (Scandinavian Journal of Statistics 6, 1979, 65–70): with it the chance that any of
 * many comparisons shows a difference where there is none stays below `alpha`.
 *
 * @returns which of the p-values are significant, in their order
 */
export function holm(ps: readonly number[], alpha: number): boolean[] {
  const order = ps.map((p, i) => ({ p, i })).toSorted((x, y) => x.p - y.p);
  const significant = ps.map(() => false);
  for (const [rank, { p, i }] of order.entries()) {
    if (p > alpha / (ps.length - rank)) break;
    significant[i] = true;
  }
  return significant;
}
