import { SchemaError, acceptsNull, below, definitionName, isSchema, membersOf, resolveReference, type JsonSchema } from './json-schema.ts';
import { mergeAllOf } from './merge-all-of.ts';
import { checkStrictLimits } from './strict-limits.ts';
import { withNotes } from './strict-notes.ts';

/**
 * The schema as OpenAI's strict mode wants it
 * (https://developers.openai.com/api/docs/guides/structured-outputs#supported-schemas): every object closed, every
 * property required, optional ones nullable, nothing but the keywords it knows. What is left out only narrows: it is
 * told in the description, and the tool's own check still holds it. Takes a schema from `normalizeSchema`; throws
 * {@link SchemaError} where strict mode has no words for it.
 */
export function toStrictSchema(schema: JsonSchema): JsonSchema {
  const root = rootObject(schema);
  const writer = new StrictWriter(root);
  const strict = writer.write(root, '$');
  const definitions = writer.definitions();
  const whole = Object.keys(definitions).length === 0 ? strict : { ...strict, $defs: definitions };
  checkStrictLimits(whole);
  return whole;
}

/** A root that is a reference to a definition takes the definition's place. */
function rootObject(schema: JsonSchema): JsonSchema {
  let root = schema;
  for (const seen = new Set<unknown>(); root['$ref'] !== undefined;) {
    const { $ref, ...siblings } = root;
    const target = resolveReference($ref, schema);
    if (!isSchema(target) || seen.has(target)) throw new SchemaError('$', `the reference ${String($ref)} leads nowhere`);
    seen.add(target);
    root = { ...target, ...siblings };
  }
  root = mergeAllOf(root, schema, '$');
  if (root['anyOf'] !== undefined || root['oneOf'] !== undefined) {
    throw new SchemaError('$', 'the root is a union, and has to be one object: put the union into a property');
  }
  if (root['type'] !== undefined && root['type'] !== 'object') {
    throw new SchemaError('$', 'the root has to be an object: put the value into a property');
  }
  return { properties: {}, ...root, type: 'object' };
}

/** No strict schema can say what these say. */
const UNSUPPORTED = [
  'not',
  'if',
  'then',
  'else',
  'dependentRequired',
  'dependentSchemas',
  'dependencies',
  'contains',
  'minContains',
  'maxContains',
  'unevaluatedItems',
  'unevaluatedProperties',
  '$dynamicRef',
  '$recursiveRef',
];

/** Sent as they are. https://developers.openai.com/api/docs/guides/structured-outputs#supported-properties */
const KEPT = ['title', 'enum', 'const', 'pattern', 'format', 'multipleOf', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'];
const KEPT_OF_ARRAYS = ['minItems', 'maxItems'];

/** Said beside a `$ref`, these have nothing to tell the model. */
const SILENT = new Set(['$comment', '$id', 'readOnly', 'writeOnly', 'deprecated', 'examples']);

class StrictWriter {
  readonly #root: JsonSchema;
  /** Definitions that something refers to, in the order they were met. */
  readonly #wanted = new Set<string>();
  /** References being written out in place: one inside itself stays a reference. */
  readonly #inlined = new Set<unknown>();

  constructor(root: JsonSchema) {
    this.#root = root;
  }

  definitions(): JsonSchema {
    const written: Array<[string, JsonSchema]> = [];
    // A set that grows while it is walked is walked to its end.
    for (const name of this.#wanted) {
      const path = below('$.$defs', name);
      written.push([name, this.write(resolveReference(referenceTo(name), this.#root), path)]);
    }
    return Object.fromEntries(written);
  }

  write(value: unknown, path: string): JsonSchema {
    if (!isSchema(value) || Object.keys(value).length === 0) {
      throw new SchemaError(path, value === false ? 'nothing is allowed here' : 'anything is allowed here: give it a type');
    }
    const schema = mergeAllOf(value, this.#root, path);
    if (schema['$ref'] !== undefined) return this.#reference(schema, path);
    const unsupported = UNSUPPORTED.find((keyword) => schema[keyword] !== undefined);
    if (unsupported !== undefined) throw new SchemaError(below(path, unsupported), `"${unsupported}" is not supported`);
    const union = schema['anyOf'] ?? schema['oneOf'];
    return withNotes(schema, union === undefined ? this.#typed(schema, path) : this.#union(schema, membersOf(union), path));
  }

  /** `oneOf` is sent as `anyOf`, which allows more; the tool's own check still wants exactly one. */
  #union(schema: JsonSchema, members: readonly unknown[], path: string): JsonSchema {
    if (schema['properties'] !== undefined || schema['items'] !== undefined || (schema['anyOf'] && schema['oneOf'])) {
      throw new SchemaError(path, 'a union beside other keywords is not supported: write them into each of its members');
    }
    const place = below(path, schema['anyOf'] === undefined ? 'oneOf' : 'anyOf');
    return {
      ...(typeof schema['title'] === 'string' && { title: schema['title'] }),
      anyOf: members.map((member, index) => this.write(member, below(place, index))),
    };
  }

  #typed(schema: JsonSchema, path: string): JsonSchema {
    const type = schema['type'];
    if (type === undefined) throw new SchemaError(path, 'anything is allowed here: give it a type');
    const types: unknown[] = Array.isArray(type) ? type : [type];
    const strange = types.find((name) => !TYPES.has(name));
    if (strange !== undefined) throw new SchemaError(below(path, 'type'), `there is no type ${JSON.stringify(strange)}`);
    const has = (name: string): boolean => types.includes(name);
    return {
      type,
      ...picked(schema, KEPT),
      ...(has('object') && this.#object(schema, path)),
      ...(has('array') && this.#array(schema, path)),
    };
  }

  #object(schema: JsonSchema, path: string): JsonSchema {
    const { properties, additionalProperties, patternProperties } = schema;
    if (patternProperties !== undefined) throw new SchemaError(below(path, 'patternProperties'), OPEN_KEYS);
    if (additionalProperties !== undefined && additionalProperties !== false) {
      throw new SchemaError(below(path, 'additionalProperties'), OPEN_KEYS);
    }
    if (!isSchema(properties) && additionalProperties !== false) throw new SchemaError(path, OPEN_KEYS);
    const known = isSchema(properties) ? properties : {};
    const required = membersOf(schema['required']);
    const unknown = required.find((name) => typeof name !== 'string' || !Object.hasOwn(known, name));
    if (unknown !== undefined) throw new SchemaError(below(path, 'required'), `${JSON.stringify(unknown)} is required, but not described`);
    const written = Object.entries(known).map(([name, property]): [string, JsonSchema] => {
      const strict = this.write(property, below(below(path, 'properties'), name));
      return [name, required.includes(name) || acceptsNull(property, this.#root) ? strict : nullable(strict)];
    });
    return { properties: Object.fromEntries(written), required: Object.keys(known), additionalProperties: false };
  }

  #array(schema: JsonSchema, path: string): JsonSchema {
    if (schema['prefixItems'] !== undefined || Array.isArray(schema['items'])) {
      throw new SchemaError(path, 'a tuple is not supported: use an object with a property for each place');
    }
    return { items: this.write(schema['items'], below(path, 'items')), ...picked(schema, KEPT_OF_ARRAYS) };
  }

  /** Nothing may stand beside a `$ref`, so one that says more is written out in its place. */
  #reference(schema: JsonSchema, path: string): JsonSchema {
    const { $ref, ...siblings } = schema;
    const target = this.#follow($ref, path);
    const says = Object.keys(siblings).some((keyword) => !SILENT.has(keyword));
    if (says && target !== this.#root && !this.#inlined.has($ref)) {
      this.#inlined.add($ref);
      const written = this.write({ ...target, ...siblings }, path);
      this.#inlined.delete($ref);
      return written;
    }
    const name = definitionName($ref);
    if (name === undefined) return { $ref: '#' };
    this.#wanted.add(name);
    return { $ref: referenceTo(name) };
  }

  /** Throws for a reference that leads out of the schema, nowhere, or only to itself. */
  #follow(reference: unknown, path: string): JsonSchema {
    const target = resolveReference(reference, this.#root);
    if (!isSchema(target)) {
      throw new SchemaError(path, `the reference ${String(reference)} leads nowhere: only "#" and "#/$defs/…" are followed`);
    }
    const seen = new Set<unknown>([target]);
    for (let next: unknown = target; isSchema(next) && next['$ref'] !== undefined; seen.add(next)) {
      next = resolveReference(next['$ref'], this.#root);
      if (seen.has(next)) throw new SchemaError(path, `the reference ${String(reference)} leads only to itself`);
    }
    return target;
  }
}

const OPEN_KEYS = 'an object with keys that are not known beforehand; list them as properties, or take a list of { key, value }';

const referenceTo = (name: string): string => `#/$defs/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;

const picked = (schema: JsonSchema, keywords: readonly string[]): JsonSchema =>
  Object.fromEntries(keywords.filter((keyword) => schema[keyword] !== undefined).map((keyword) => [keyword, schema[keyword]]));

const TYPES = new Set<unknown>(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']);

const PLAIN = new Set(['type', 'description', 'title']);

/** The same, or null. */
function nullable(schema: JsonSchema): JsonSchema {
  const { description, ...rest } = schema;
  const said = description === undefined ? {} : { description };
  if (Array.isArray(schema['anyOf'])) return { ...schema, anyOf: [...(schema['anyOf'] as unknown[]), { type: 'null' }] };
  if (typeof schema['type'] === 'string' && Object.keys(schema).every((keyword) => PLAIN.has(keyword))) {
    return { ...schema, type: [schema['type'], 'null'] };
  }
  return { ...said, anyOf: [rest, { type: 'null' }] };
}
