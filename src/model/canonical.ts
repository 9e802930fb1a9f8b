/**
 * JSON with sorted keys, so that equal values give equal strings whatever order their keys came in.
 * Strings that are not part of JSON (functions, symbols) cannot occur in decoded trace data.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, sortKeys) ?? 'null';
}

function sortKeys(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const source = value as Record<string, unknown>;
  const sorted: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const key of Object.keys(source).toSorted()) sorted[key] = source[key];
  return sorted;
}

/** Text of any decoded value: strings as they are, everything else as JSON. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  return JSON.stringify(value) ?? '';
}
