import { z } from 'zod';
import { SchemaError, isSchema, mapSchemas, normalizeSchema, type JsonSchema } from './json-schema.ts';
import { isStandardSchema, type Check, type StandardSchema } from './standard-schema.ts';

/** What a tool takes: what to tell the model, and how to check what it sends. */
export interface Parameters {
  /** Normalized, but not yet strict. */
  schema: JsonSchema;
  check: Check;
}

/**
 * Reads Zod schemas, any Standard Schema and plain JSON Schema. `jsonSchema` stands in for what the library cannot
 * tell. `closed` refuses keys that a plain JSON Schema leaves open without saying so, as strict mode does. Throws
 * {@link SchemaError}.
 */
export function readParameters(parameters: unknown, jsonSchema: unknown, closed: boolean): Parameters {
  if (isStandardSchema(parameters)) {
    const schema = normalizeSchema(jsonSchema ?? derivedSchema(parameters));
    // A Standard JSON Schema may describe without checking.
    const { validate } = parameters['~standard'];
    return { schema, check: validate === undefined ? checkOf(schema, closed) : (value) => validate.call(parameters['~standard'], value) };
  }
  if (isZod3(parameters)) throw new SchemaError('$', `a Zod 3 schema cannot be read. ${GIVE_SCHEMA}, or use zod 4`);
  if (!isSchema(parameters)) throw new SchemaError('$', 'parameters have to be a Zod schema, a Standard Schema or a JSON Schema object');
  const schema = normalizeSchema(parameters);
  return { schema, check: checkOf(schema, closed) };
}

const GIVE_SCHEMA = 'Give its JSON Schema as "jsonSchema" beside "parameters"';

const isZod3 = (value: unknown): boolean => isSchema(value) && isSchema(value['_def']) && 'typeName' in value['_def'];

/** The library's own conversion comes first: it knows its own version. */
function derivedSchema(parameters: StandardSchema): unknown {
  const { jsonSchema, vendor } = parameters['~standard'];
  try {
    if (jsonSchema !== undefined) return jsonSchema.input({ target: 'draft-2020-12' });
    if ('_zod' in parameters) return z.toJSONSchema(parameters as unknown as z.ZodType, { io: 'input' });
  } catch (error) {
    throw new SchemaError(
      '$',
      `${(error as Error).message}. Use another type, or give the JSON Schema of what the model sends as "jsonSchema"`,
    );
  }
  if (isZod3(parameters)) throw new SchemaError('$', `a Zod 3 schema has no JSON Schema. ${GIVE_SCHEMA}, or use zod 4`);
  throw new SchemaError('$', `this ${vendor} schema has no JSON Schema (https://standardschema.dev/json-schema). ${GIVE_SCHEMA}`);
}

function checkOf(schema: JsonSchema, closed: boolean): Check {
  const meant = closed ? mapSchemas(schema, withoutMoreKeys) : schema;
  let converted: z.ZodType;
  try {
    // Annotations stay out of the registry that the whole process shares.
    converted = z.fromJSONSchema(meant as z.core.JSONSchema.JSONSchema, { registry: z.registry() });
  } catch (error) {
    throw new SchemaError(
      '$',
      `it cannot be checked: ${(error as Error).message}. Give a Standard Schema instead, with this as its "jsonSchema"`,
    );
  }
  return (value) => converted['~standard'].validate(value);
}

const withoutMoreKeys = (schema: JsonSchema): JsonSchema =>
  schema['type'] === 'object' && isSchema(schema['properties']) ? { additionalProperties: false, ...schema } : schema;
