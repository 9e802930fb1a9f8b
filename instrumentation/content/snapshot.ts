/**
 * A copy of a plain value that a later change of the original does not reach. Strings are shared, so comparing a
 * conversation with its copy costs little more than comparing pointers.
 */
export function snapshot(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(snapshot);
  const copy: Record<string, unknown> = {};
  for (const key in value) copy[key] = snapshot((value as Record<string, unknown>)[key]);
  return copy;
}

/** True when the value still is what its copy says. */
export function isUnchanged(copy: unknown, value: unknown): boolean {
  if (copy === value) return true;
  if (typeof copy !== 'object' || typeof value !== 'object' || copy === null || value === null) return false;
  if (Array.isArray(copy)) {
    return Array.isArray(value) && copy.length === value.length && copy.every((item, i) => isUnchanged(item, value[i]));
  }
  if (Array.isArray(value)) return false;
  let fields = 0;
  for (const key in value) {
    fields++;
    if (!isUnchanged((copy as Record<string, unknown>)[key], (value as Record<string, unknown>)[key])) return false;
  }
  for (const _ in copy) fields--;
  return fields === 0;
}
