import { parseIfJson } from './json.ts';

/** Where the JSON object or array that a text begins with ends; undefined where its end is missing. */
export function endOfJson(text: string): number | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const c = text[at];
    if (c === '"') {
      for (at += 1; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at += 1;
      if (at >= text.length) return undefined;
    } else if (c === '[' || c === '{') depth += 1;
    else if (c === ']' || c === '}') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return undefined;
}

/** True for a JSON object or array whose end is missing; not for text that merely begins like one. */
export const breaksOff = (text: string, parse: Parse = parseIfJson): boolean => parse(text) === text && endOfJson(text) === undefined;

/** Gives a text that is not JSON back. */
export type Parse = (text: string) => unknown;
