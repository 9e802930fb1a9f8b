/**
 * Shares as percentages with one decimal that add up to their rounded sum: the tenths that rounding down leaves over go
 * to those it took most from (largest remainder, https://en.wikipedia.org/wiki/Quota_method).
 */
export function percentagesOf(shares: readonly number[]): { parts: number[]; sum: number } {
  const tenths = shares.map((share) => share * 1000);
  const rounded = tenths.map(Math.floor);
  // Adding 0 makes a negative zero positive.
  const sum = Math.round(tenths.reduce((total, one) => total + one, 0)) + 0;
  const left = sum - rounded.reduce((total, one) => total + one, 0);
  const byRemainder = tenths.map((one, i) => ({ i, remainder: one - Math.floor(one) })).toSorted((a, b) => b.remainder - a.remainder);
  for (const { i } of byRemainder.slice(0, left)) rounded[i]! += 1;
  return { parts: rounded.map((one) => one / 10), sum: sum / 10 };
}
