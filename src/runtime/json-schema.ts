/** A JSON Schema object, draft 2020-12. */
export type JsonSchema = Record<string, unknown>;

/** A schema that cannot be used; `path` says where in the schema. */
export class SchemaError extends Error {
  override name = 'SchemaError';
  readonly path: string;

  constructor(path: string, reason: string) {
    super(reason);
    this.path = path;
  }
}

export const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The schemas in a keyword that maps names to schemas (`properties`, `$defs`). */
export const schemasIn = (value: unknown): Array<[string, unknown]> => (isSchema(value) ? Object.entries(value) : []);

/** The schemas of a keyword that lists them (`anyOf`, `allOf`). */
export const membersOf = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

/** Names a property under a path: `$.properties.city`, `$["first name"]`. */
export const below = (path: string, key: string | number): string =>
  typeof key === 'number' || !/^[\w$-]+$/u.test(key) ? `${path}[${JSON.stringify(key)}]` : `${path}.${key}`;

/**
 * A copy in the form the rest of the runtime reads: plain JSON, definitions under `$defs`, types spelled out where
 * the keywords imply them. Throws {@link SchemaError} for a schema that is no JSON.
 */
export function normalizeSchema(schema: unknown): JsonSchema {
  let copy: unknown;
  try {
    copy = JSON.parse(JSON.stringify(schema));
  } catch (error) {
    throw new SchemaError('$', `it is no JSON (${(error as Error).message.split('\n')[0]}); write a recursive schema with $defs and $ref`);
  }
  if (!isSchema(copy)) throw new SchemaError('$', 'a JSON Schema object is expected');
  const { $schema: _, definitions, ...rest } = copy;
  const root: JsonSchema =
    definitions === undefined ? rest : { ...rest, $defs: { ...(definitions as object), ...(rest['$defs'] as object) } };
  return mapSchemas(root, withPlainWords) as JsonSchema;
}

/** Applies `change` to a schema and all below it, the lowest first. */
export function mapSchemas(schema: unknown, change: (schema: JsonSchema) => JsonSchema): unknown {
  if (!isSchema(schema)) return schema;
  const mapped = Object.entries(schema).map(([keyword, value]): [string, unknown] => {
    if (MAPS_OF_SCHEMAS.has(keyword) && isSchema(value)) {
      return [keyword, Object.fromEntries(Object.entries(value).map(([name, child]) => [name, mapSchemas(child, change)]))];
    }
    if (!SCHEMAS.has(keyword)) return [keyword, value];
    return [keyword, Array.isArray(value) ? value.map((child) => mapSchemas(child, change)) : mapSchemas(value, change)];
  });
  return change(Object.fromEntries(mapped));
}

const MAPS_OF_SCHEMAS = new Set(['properties', 'patternProperties', '$defs', 'dependentSchemas']);
const SCHEMAS = new Set([
  'items',
  'prefixItems',
  'additionalItems',
  'additionalProperties',
  'contains',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
  'allOf',
  'anyOf',
  'oneOf',
  'unevaluatedItems',
  'unevaluatedProperties',
]);

function withPlainWords(schema: JsonSchema): JsonSchema {
  const reference = schema['$ref'];
  if (typeof reference === 'string' && reference.startsWith('#/definitions/')) {
    return { ...schema, $ref: `#/$defs/${reference.slice('#/definitions/'.length)}` };
  }
  const type = schema['type'] ?? impliedType(schema);
  if (type === undefined) return schema;
  return { ...schema, type: Array.isArray(type) && type.length === 1 ? (type as unknown[])[0] : type };
}

function impliedType(schema: JsonSchema): string | string[] | undefined {
  if (isSchema(schema['properties'])) return 'object';
  if (schema['items'] !== undefined || schema['prefixItems'] !== undefined) return 'array';
  const values = 'const' in schema ? [schema['const']] : membersOf(schema['enum']);
  const types = [...new Set(values.map(typeOfValue))];
  return types.length > 1 ? types : types[0];
}

function typeOfValue(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

/** The schema that a `$ref` of this document names, or undefined for one that is elsewhere or missing. */
export function resolveReference(reference: unknown, root: JsonSchema): unknown {
  if (reference === '#') return root;
  const name = definitionName(reference);
  if (name === undefined || !isSchema(root['$defs']) || !Object.hasOwn(root['$defs'], name)) return undefined;
  return root['$defs'][name];
}

/** `#/$defs/a~1b` names `a/b`. */
export function definitionName(reference: unknown): string | undefined {
  const encoded = typeof reference === 'string' ? /^#\/\$defs\/(?<name>[^/]+)$/u.exec(reference)?.groups?.['name'] : undefined;
  return encoded === undefined ? undefined : percentDecoded(encoded).replaceAll('~1', '/').replaceAll('~0', '~');
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** True where null is a valid value of the schema. */
export function acceptsNull(schema: unknown, root: JsonSchema, seen: ReadonlySet<unknown> = new Set()): boolean {
  if (!isSchema(schema)) return schema !== false;
  if (seen.has(schema)) return false;
  const accepts = (child: unknown): boolean => acceptsNull(child, root, new Set([...seen, schema]));
  if (schema['$ref'] !== undefined && !accepts(resolveReference(schema['$ref'], root) ?? false)) return false;
  const type = schema['type'];
  if (type !== undefined && !(Array.isArray(type) ? type.includes('null') : type === 'null')) return false;
  if ('const' in schema && schema['const'] !== null) return false;
  if (Array.isArray(schema['enum']) && !schema['enum'].includes(null)) return false;
  if (!membersOf(schema['allOf']).every(accepts)) return false;
  for (const keyword of ['anyOf', 'oneOf']) {
    if (Array.isArray(schema[keyword]) && !schema[keyword].some(accepts)) return false;
  }
  return true;
}
