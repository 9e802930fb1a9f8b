import { isObject, type Json } from './json.ts';
import type { Attributes } from './span.ts';

/** Deeper than any convention goes. */
const DEPTH_LIMIT = 12;

/**
 * The attributes below a prefix as the tree that their dotted keys describe: `prefix.0.role` under `0`, `role`. What has
 * no value is not there: some writers set keys to nothing.
 */
export function unflatten(attributes: Attributes, prefix: string): Json {
  const root = bare();
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith(prefix) && value !== null && value !== undefined) put(root, key.slice(prefix.length).split('.'), value);
  }
  return root;
}

/** Keys come from the trace: none of them may be one that all objects have. */
const bare = (): Json => Object.create(null) as Json;

function put(root: Json, path: readonly string[], value: unknown): void {
  if (path.length > DEPTH_LIMIT) return;
  let node = root;
  for (const step of path.slice(0, -1)) {
    const next = (node[step] ??= bare());
    if (!isObject(next)) return;
    node = next;
  }
  node[path.at(-1) ?? ''] ??= value;
}

/** The elements under `0`, `1`, …; gaps are left out. */
export function elementsOf(node: unknown): Json[] {
  if (!isObject(node)) return [];
  return Object.entries(node)
    .filter((entry): entry is [string, Json] => /^\d+$/u.test(entry[0]) && isObject(entry[1]))
    .toSorted(([a], [b]) => Number(a) - Number(b))
    .map(([, element]) => element);
}
