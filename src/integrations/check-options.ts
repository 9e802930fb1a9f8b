import { closest } from '../config/closest.ts';

/** Throws a sentence for a key that there is none of: a bound that nobody checks would pass for ever. */
export function checkOptions(what: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) throw new TypeError(`The ${what} are an object.`);
  const wrong = Object.keys(options).find((key) => !known.includes(key));
  if (wrong === undefined) return;
  const near = closest(wrong, known);
  throw new TypeError(
    `There is no key ${JSON.stringify(wrong)} in the ${what}${near === undefined ? `; known: ${known.join(', ')}` : `; did you mean ${JSON.stringify(near)}?`}`,
  );
}
