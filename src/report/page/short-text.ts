import { excerpt } from '../../../analyzers/places.ts';
import { safe } from '../safe.ts';

/** Longest name, id or sentence. */
export const SHORT = 120;
export const SENTENCE = 400;

export const short = (text: string, longest = SHORT): string => safe(excerpt(text, longest));

/** Every text of a value that is neither a run nor ours, such as what an evaluation says. */
export function shortTexts<T>(value: T): T {
  if (typeof value === 'string') return short(value, SENTENCE) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => shortTexts(item)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shortTexts(item as unknown)])) as T;
}
