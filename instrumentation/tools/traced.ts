/** A function nothing is known of but that it can be called. */
export type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

/** Across copies of this package: a tool is traced once. */
const TRACED = Symbol.for('fanlight.traced');

export const isTraced = (run: object): boolean => TRACED in run;

/** The wrapper, looking like what it wraps. */
export function markTraced<T extends object>(traced: T, original: { name: string; length: number }): T {
  Object.defineProperty(traced, TRACED, { value: true });
  Object.defineProperty(traced, 'name', { value: original.name, configurable: true });
  Object.defineProperty(traced, 'length', { value: original.length, configurable: true });
  return traced;
}
