export const toTenths = (share: number): number => Math.round(share * 1000);

/**
 * Shares in tenths of a percent that add up to a given sum, as rounded ones seldom do: what rounding down leaves over
 * goes to those it took most from (largest remainder, https://en.wikipedia.org/wiki/Quota_method).
 *
 * @param sum their own sum in tenths, at most one off
 */
export function tenthsOf(shares: readonly number[], sum: number): number[] {
  const exact = shares.map((share) => share * 1000);
  const tenths = exact.map(Math.floor);
  const order = exact.map((one, i) => ({ i, remainder: one - Math.floor(one) })).toSorted((a, b) => b.remainder - a.remainder);
  const left = sum - tenths.reduce((total, one) => total + one, 0);
  for (const { i } of order.slice(0, Math.max(0, left))) tenths[i]! += 1;
  const over = order.at(-1);
  if (left < 0 && over !== undefined) tenths[over.i]! += left;
  return tenths;
}
