/** Checks of options that come from the environment, or from JavaScript. All throw a `TypeError` that says which and why. */
export function checkOneOf<T extends string>(name: string, value: T, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value;
  throw new TypeError(`${name} is one of ${allowed.join(', ')}, not ${JSON.stringify(value)}.`);
}

export function checkCount(name: string, count: number): number {
  if (Number.isInteger(count) && count >= 1) return count;
  throw new TypeError(`${name} is a whole number from 1, not ${String(count)}.`);
}

/** A timer holds no more; no limit, and what is longer, is none. */
const LONGEST_MS = 2 ** 31 - 1;

export function checkTime(name: string, ms: number | undefined): number | undefined {
  if (ms === undefined || ms > LONGEST_MS) return undefined;
  if (ms > 0) return ms;
  throw new TypeError(`${name} is a number of milliseconds above 0, not ${String(ms)}.`);
}
