import { acceptsNull, isSchema, membersOf, resolveReference, schemasIn, type JsonSchema } from './json-schema.ts';

/**
 * The arguments as the tool's schema means them: strict mode makes the model send null where it would leave out an
 * optional property, so a null is left out again wherever the schema itself has no place for it. Nothing is changed
 * in place.
 */
export function dropNulls(value: unknown, schema: unknown, root: JsonSchema): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const meant = branchFor(value, schema, root);
  if (meant === undefined) return value;
  if (Array.isArray(value)) {
    return meant['items'] === undefined ? value : value.map((item: unknown) => dropNulls(item, meant['items'], root));
  }
  const properties = new Map(schemasIn(meant['properties']));
  const required = new Set(membersOf(meant['required']));
  const entries = Object.entries(value).flatMap(([name, held]): Array<[string, unknown]> => {
    const property = properties.get(name);
    if (property === undefined) return [[name, held]];
    if (held === null && !required.has(name) && !acceptsNull(property, root)) return [];
    return [[name, dropNulls(held, property, root)]];
  });
  return Object.fromEntries(entries);
}

/** The one schema that describes the value: references followed, `allOf` pooled, of a union the member it fits. */
function branchFor(value: object, schema: unknown, root: JsonSchema, seen: readonly unknown[] = []): JsonSchema | undefined {
  if (!isSchema(schema) || seen.includes(schema)) return undefined;
  const follow = (child: unknown): JsonSchema | undefined => branchFor(value, child, root, [...seen, schema]);
  const parts = [
    schema['$ref'] === undefined ? undefined : follow(resolveReference(schema['$ref'], root)),
    ...membersOf(schema['allOf']).map(follow),
    ...['anyOf', 'oneOf'].map((keyword) => bestOf(value, membersOf(schema[keyword]).map(follow))),
  ].filter((part) => part !== undefined);
  const type = schema['type'];
  if (type !== undefined && !membersOf(Array.isArray(type) ? type : [type]).includes(Array.isArray(value) ? 'array' : 'object')) {
    return undefined;
  }
  return parts.length === 0 ? schema : pooled([schema, ...parts]);
}

function pooled(parts: readonly JsonSchema[]): JsonSchema {
  return {
    items: parts.find((part) => part['items'] !== undefined)?.['items'],
    properties: Object.fromEntries(parts.flatMap((part) => schemasIn(part['properties']))),
    required: parts.flatMap((part) => membersOf(part['required'])),
  };
}

/** A model that keeps to a strict union sends all properties of one member and no others. */
function bestOf(value: object, members: ReadonlyArray<JsonSchema | undefined>): JsonSchema | undefined {
  const possible = members.filter((member) => member !== undefined).filter((member) => agrees(value, member));
  const names = Object.keys(value);
  const strangers = (member: JsonSchema): number => {
    const known = new Set(schemasIn(member['properties']).map(([name]) => name));
    return names.filter((name) => !known.has(name)).length + [...known].filter((name) => !Object.hasOwn(value, name)).length;
  };
  return possible.sort((left, right) => strangers(left) - strangers(right))[0];
}

/** False where a property with fixed values (`kind: 'card'`) has another one. */
function agrees(value: object, member: JsonSchema): boolean {
  const held = value as Record<string, unknown>;
  return schemasIn(member['properties']).every(([name, property]) => {
    if (!isSchema(property) || !Object.hasOwn(value, name)) return true;
    if ('const' in property) return held[name] === property['const'];
    return !Array.isArray(property['enum']) || held[name] === null || property['enum'].includes(held[name]);
  });
}
