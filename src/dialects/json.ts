/** Careful access to decoded JSON of unknown shape. */
export type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object under a key; an empty one where there is none. */
export const objectIn = (object: Json, key: string): Json => (isObject(object[key]) ? object[key] : {});

export const asArray = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

export const asString = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** An id is text; some writers number their calls. */
export const asId = (value: unknown): string | undefined => (typeof value === 'number' ? String(value) : asString(value));

export const asNumber = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
};

/** Writers without a boolean type write the word. */
export const isTrue = (value: unknown): boolean => value === true || value === 'true';

/** Parses JSON text; anything else, text that is not JSON included, comes back as it is. */
export function parseIfJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

/** Parses text that looks like a JSON object or array; any other text, a bare number included, stays text. */
export const parseIfStructured = (value: unknown): unknown =>
  typeof value === 'string' && /^\s*[[{]/u.test(value) ? parseIfJson(value) : value;

/** Arguments of a call: an object, the parsed object, or the raw text where it is not JSON; none is `{}`. */
export function parseArguments(value: unknown): unknown {
  if (typeof value !== 'string') return value ?? undefined;
  return value.trim() === '' ? {} : parseIfJson(value);
}

/** An object, or the one that JSON text is; an empty one where there is none. */
export function objectOf(value: unknown): Json {
  const decoded = parseIfJson(value);
  return isObject(decoded) ? decoded : {};
}
