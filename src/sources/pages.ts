import { asString, isObject, type Json } from '../dialects/json.ts';

/**
 * The elements of an answer that is a list with something around it, `{"data": […], …}`, as many APIs and ClickHouse's
 * `FORMAT JSON` give it; undefined for anything else. Rows of `FORMAT JSONCompact` have their names in `meta`.
 */
export function elementsOf({ data, meta }: Json): unknown[] | undefined {
  if (!Array.isArray(data) || !data.some((element) => typeof element === 'object')) return undefined;
  const names = Array.isArray(meta) ? meta.map((column) => (isObject(column) ? (asString(column['name']) ?? '') : '')) : [];
  const named = (row: unknown): unknown =>
    Array.isArray(row) && names.length === row.length ? Object.fromEntries(names.map((name, i) => [name, row[i]])) : row;
  return data.map(named);
}
