import { isDeepStrictEqual } from 'node:util';
import { SchemaError, below, isSchema, membersOf, resolveReference, schemasIn, type JsonSchema } from './json-schema.ts';

/**
 * The schema with its `allOf` folded into it, since strict mode has no such word. Objects pool their properties;
 * of what else is said twice the first is kept if it is only a hint, and {@link SchemaError} thrown if it is not.
 */
export function mergeAllOf(schema: JsonSchema, root: JsonSchema, path: string, seen: readonly unknown[] = []): JsonSchema {
  if (schema['allOf'] === undefined) return schema;
  const { allOf, ...own } = schema;
  let merged: JsonSchema = own;
  for (const [index, member] of membersOf(allOf).entries()) {
    const place = below(below(path, 'allOf'), index);
    merged = mergeTwo(merged, expanded(member, root, place, seen), place);
  }
  return merged;
}

/** A member with its own reference and `allOf` resolved: what it says has to be laid beside the others. */
function expanded(member: unknown, root: JsonSchema, path: string, seen: readonly unknown[]): JsonSchema {
  if (!isSchema(member)) throw new SchemaError(path, 'allOf holds a member that is no schema object');
  if (seen.includes(member)) throw new SchemaError(path, 'allOf contains itself');
  if (member['$ref'] === undefined) return mergeAllOf(member, root, path, [...seen, member]);
  const { $ref, ...siblings } = member;
  const target = resolveReference($ref, root);
  return mergeTwo(siblings, expanded(target, root, path, [...seen, member]), path);
}

/** Words that only tell the model more: the first one said is enough, and the tool's own check knows them all. */
const HINTS = new Set(['description', 'title', 'default', 'examples', 'pattern', 'multipleOf', 'format', '$defs', '$id', '$comment']);

function mergeTwo(first: JsonSchema, second: JsonSchema, path: string): JsonSchema {
  const merged: JsonSchema = { ...first };
  for (const [keyword, value] of Object.entries(second)) {
    const present = merged[keyword];
    if (present === undefined) merged[keyword] = value;
    else if (keyword === 'properties') merged[keyword] = mergeProperties(present, value, path);
    else if (keyword === 'required') merged[keyword] = [...new Set([...membersOf(present), ...membersOf(value)])];
    else if (!HINTS.has(keyword) && !isDeepStrictEqual(present, value)) {
      throw new SchemaError(path, `allOf says "${keyword}" twice, which cannot be written as one schema`);
    }
  }
  return merged;
}

function mergeProperties(first: unknown, second: unknown, path: string): JsonSchema {
  const merged = new Map(schemasIn(first));
  for (const [name, schema] of schemasIn(second)) {
    if (merged.has(name) && !isDeepStrictEqual(merged.get(name), schema)) {
      throw new SchemaError(path, `allOf describes the property "${name}" twice, which cannot be written as one schema`);
    }
    merged.set(name, schema);
  }
  return Object.fromEntries(merged);
}
