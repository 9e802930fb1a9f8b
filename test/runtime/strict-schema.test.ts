import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { toStrictJsonSchema } from 'openai7/lib/transform';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineTool } from '../../src/runtime/define-tool.ts';
import { SchemaError, normalizeSchema, type JsonSchema } from '../../src/runtime/json-schema.ts';
import { toStrictSchema } from '../../src/runtime/strict-schema.ts';

const strict = (schema: unknown): JsonSchema => toStrictSchema(normalizeSchema(schema));
const ofZod = (schema: z.ZodType): JsonSchema => strict(z.toJSONSchema(schema, { io: 'input' }));
/** The strict form of one property. */
const property = (schema: unknown): unknown =>
  (strict({ type: 'object', properties: { it: schema }, required: ['it'] })['properties'] as JsonSchema)['it'];

function refusal(schema: unknown): { path: string; message: string } {
  try {
    strict(schema);
  } catch (error) {
    if (error instanceof SchemaError) return { path: error.path, message: error.message };
    throw error;
  }
  throw new Error('not refused');
}

/** Sentences, one for each rule of strict mode that a schema breaks. */
function broken(schema: unknown, place = '$'): string[] {
  if (typeof schema !== 'object' || schema === null) return [`${place}: no schema`];
  const held = schema as JsonSchema;
  const found: string[] = [];
  for (const word of [
    'allOf',
    'oneOf',
    'not',
    'default',
    '$schema',
    'minLength',
    'maxLength',
    'uniqueItems',
    'patternProperties',
    'prefixItems',
  ]) {
    if (word in held) found.push(`${place}: ${word}`);
  }
  if ('$ref' in held && Object.keys(held).length > 1) found.push(`${place}: words beside $ref`);
  if (!('$ref' in held) && !('anyOf' in held) && !('type' in held)) found.push(`${place}: no type`);
  if ('properties' in held) {
    const names = Object.keys(held['properties'] as object);
    if (held['additionalProperties'] !== false) found.push(`${place}: open`);
    if (names.join() !== (held['required'] as string[]).join()) found.push(`${place}: not all required`);
  }
  const children = [
    ...Object.entries((held['properties'] ?? {}) as object),
    ...Object.entries((held['$defs'] ?? {}) as object),
    ...Object.entries((held['anyOf'] ?? []) as object),
    ...('items' in held ? [['items', held['items']] as const] : []),
  ];
  return [...found, ...children.flatMap(([name, child]) => broken(child, `${place}.${name}`))];
}

describe('a schema is made strict', () => {
  test('every property required, every object closed, optional ones nullable, in the order written', () => {
    const schema = ofZod(
      z.object({
        city: z.string().describe('Where'),
        unit: z.enum(['C', 'F']).optional().describe('Unit of the answer'),
        days: z.int32().optional(),
        place: z.object({ lat: z.number(), note: z.string().optional() }).optional(),
        tags: z.array(z.string().min(2)).optional(),
        exact: z.boolean().nullish(),
      }),
    );
    expect(schema).toEqual({
      type: 'object',
      properties: {
        city: { type: 'string', description: 'Where' },
        unit: { description: 'Unit of the answer', anyOf: [{ type: 'string', enum: ['C', 'F'] }, { type: 'null' }] },
        days: { anyOf: [{ type: 'integer', minimum: -2147483648, maximum: 2147483647 }, { type: 'null' }] },
        place: {
          anyOf: [
            {
              type: 'object',
              properties: { lat: { type: 'number' }, note: { type: ['string', 'null'] } },
              required: ['lat', 'note'],
              additionalProperties: false,
            },
            { type: 'null' },
          ],
        },
        tags: { anyOf: [{ type: 'array', items: { type: 'string', description: 'at least 2 characters' } }, { type: 'null' }] },
        exact: { type: ['boolean', 'null'] },
      },
      required: ['city', 'unit', 'days', 'place', 'tags', 'exact'],
      additionalProperties: false,
    });
  });

  test('what strict mode refuses and the own check holds is told in the description', () => {
    expect(property({ type: 'string', format: 'uri', description: 'The page' })).toEqual({
      type: 'string',
      description: 'The page (format: uri)',
    });
    expect(property({ type: 'string', format: 'date', minLength: 1, maxLength: 3 })).toEqual({
      type: 'string',
      format: 'date',
      description: 'at least 1 character; at most 3 characters',
    });
    expect(property({ type: 'string', format: 'email', pattern: '^(?!\\.)a$' })).toEqual({ type: 'string', format: 'email' });
    expect(property({ type: 'string', pattern: '(?<=a)b' })).toEqual({ type: 'string', description: 'pattern: (?<=a)b' });
    expect(property({ type: 'string', pattern: '^(?:a|(?<n>b))$' })).toEqual({ type: 'string', pattern: '^(?:a|(?<n>b))$' });
    expect(property({ type: 'array', items: { type: 'string' }, uniqueItems: true, minItems: 1 })).toEqual({
      type: 'array',
      items: { type: 'string' },
      minItems: 1,
      description: 'no item twice',
    });
    expect(property({ type: 'integer', default: 3, examples: [4], 'x-mine': 1, readOnly: true })).toEqual({
      type: 'integer',
      description: 'default: 3',
    });
  });

  test('oneOf becomes anyOf, types that the words imply are said', () => {
    expect(property({ oneOf: [{ const: 'a' }, { enum: [1, 2] }, { enum: ['x', null] }] })).toEqual({
      anyOf: [
        { type: 'string', const: 'a' },
        { type: 'number', enum: [1, 2] },
        { type: ['string', 'null'], enum: ['x', null] },
      ],
    });
  });

  test('an optional property that takes null already stays as it is; a union gets null as one more member', () => {
    const schema = strict({
      type: 'object',
      properties: { a: { type: ['string', 'null'] }, b: { anyOf: [{ type: 'string' }, { type: 'number' }] }, c: { enum: ['x', null] } },
    });
    expect(schema['properties']).toEqual({
      a: { type: ['string', 'null'] },
      b: { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'null' }] },
      c: { type: ['string', 'null'], enum: ['x', null] },
    });
  });

  test('allOf is folded in, over references too', () => {
    const base = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] };
    const more = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
    expect(strict({ $defs: { base }, allOf: [{ $ref: '#/$defs/base' }, more] })).toEqual({
      type: 'object',
      properties: { id: { type: 'string' }, name: { type: 'string' } },
      required: ['id', 'name'],
      additionalProperties: false,
    });
    expect(ofZod(z.object({ a: z.string().regex(/a/u).regex(/b/u) }))['properties']).toEqual({ a: { type: 'string', pattern: 'a' } });
  });

  test('definitions: only those in use, recursion kept, old spelling read, a described reference written out', () => {
    const node = { type: 'object', properties: { next: { $ref: '#/definitions/node' }, value: { type: 'number' } }, required: ['value'] };
    expect(
      strict({
        type: 'object',
        properties: { head: { $ref: '#/definitions/node', description: 'The first' }, tail: { $ref: '#/definitions/node' } },
        required: ['head'],
        definitions: { node, unused: { not: {} } },
      }),
    ).toEqual({
      type: 'object',
      properties: {
        head: {
          type: 'object',
          properties: { next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] }, value: { type: 'number' } },
          required: ['next', 'value'],
          additionalProperties: false,
          description: 'The first',
        },
        tail: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] },
      },
      required: ['head', 'tail'],
      additionalProperties: false,
      $defs: {
        node: {
          type: 'object',
          properties: { next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] }, value: { type: 'number' } },
          required: ['next', 'value'],
          additionalProperties: false,
        },
      },
    });
  });

  test('recursion to the root, a described reference inside itself, odd names', () => {
    expect(ofZod(recursive())['properties']).toEqual({ value: { type: 'string' }, next: { anyOf: [{ $ref: '#' }, { type: 'null' }] } });
    const self = { type: 'object', properties: { child: { $ref: '#/$defs/a~1b c', description: 'Below' } } };
    const schema = strict({ type: 'object', properties: { top: { $ref: '#/$defs/a~1b%20c', title: 'T' } }, $defs: { 'a/b c': self } });
    expect(broken(schema)).toEqual([]);
    expect(Object.keys(schema['$defs'] as object)).toEqual(['a/b c']);
  });

  test('a root that is a reference is put in its place', () => {
    const schema = ofZod(z.object({ a: z.string() }).meta({ id: 'StrictRoot' }));
    expect(schema).toMatchObject({ type: 'object', required: ['a'], additionalProperties: false });
  });

  test('no arguments at all', () => {
    const empty = { type: 'object', properties: {}, required: [], additionalProperties: false };
    expect(strict({ type: 'object' })).toEqual(empty);
    expect(ofZod(z.object({}))).toEqual(empty);
    expect(property({ type: 'object', additionalProperties: false })).toEqual(empty);
  });

  test('a property may be called as a keyword or as __proto__', () => {
    const schema = strict(
      JSON.parse('{"type":"object","properties":{"properties":{"type":"string"},"__proto__":{"type":"string"},"$ref":{"type":"number"}}}'),
    );
    expect(Object.keys(schema['properties'] as object)).toEqual(['properties', '__proto__', '$ref']);
    expect(Object.getPrototypeOf(schema['properties'])).toBe(Object.prototype);
  });
});

function recursive(): z.ZodType {
  const node = z.object({
    value: z.string(),
    get next() {
      return node.optional();
    },
  });
  return node;
}

describe('a schema that cannot be strict is refused where it cannot', () => {
  const object = (it: unknown): unknown => ({ type: 'object', properties: { it } });
  test.each([
    [
      'a record',
      object({ type: 'object', additionalProperties: { type: 'string' } }),
      '$.properties.it.additionalProperties',
      'keys that are not known',
    ],
    [
      'an open object',
      object({ type: 'object', properties: {}, additionalProperties: true }),
      '$.properties.it.additionalProperties',
      'keys',
    ],
    ['an object without properties', object({ type: 'object' }), '$.properties.it', 'list them as properties'],
    ['patternProperties', object({ type: 'object', patternProperties: { '^a': {} } }), '$.properties.it.patternProperties', 'keys'],
    ['anything', object({}), '$.properties.it', 'give it a type'],
    ['anything in a list', object({ type: 'array' }), '$.properties.it.items', 'give it a type'],
    ['true', object(true), '$.properties.it', 'give it a type'],
    ['false', object(false), '$.properties.it', 'nothing is allowed'],
    ['a tuple', object({ type: 'array', prefixItems: [{ type: 'string' }] }), '$.properties.it', 'tuple'],
    ['an old tuple', object({ type: 'array', items: [{ type: 'string' }] }), '$.properties.it', 'tuple'],
    ['not', object({ type: 'string', not: { const: 'a' } }), '$.properties.it.not', '"not" is not supported'],
    ['if', object({ type: 'string', if: {} }), '$.properties.it.if', '"if" is not supported'],
    ['an untyped member', object({ anyOf: [{ type: 'string' }, { minLength: 3 }] }), '$.properties.it.anyOf[1]', 'give it a type'],
    [
      'a union beside properties',
      object({ type: 'object', properties: {}, anyOf: [{ type: 'object' }] }),
      '$.properties.it',
      'union beside',
    ],
    ['a made-up type', object({ type: 'file' }), '$.properties.it.type', 'no type "file"'],
    ['required but unknown', { type: 'object', properties: {}, required: ['a'] }, '$.required', '"a" is required, but not described'],
    ['a list at the root', { type: 'array', items: { type: 'string' } }, '$', 'root has to be an object'],
    ['a nullable root', { type: ['object', 'null'], properties: {} }, '$', 'root has to be an object'],
    ['a union at the root', { anyOf: [{ type: 'object', properties: {} }] }, '$', 'put the union into a property'],
    ['a reference elsewhere', object({ $ref: 'https://example.com/a.json' }), '$.properties.it', 'leads nowhere'],
    ['a reference into the schema', object({ $ref: '#/properties/it' }), '$.properties.it', 'leads nowhere'],
    [
      'references in a ring',
      { ...(object({ $ref: '#/$defs/a' }) as object), $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } },
      '$.properties.it',
      'only to itself',
    ],
    ['a root in a ring', { $ref: '#' }, '$', 'leads nowhere'],
    ['allOf in a ring', { ...(object({ $ref: '#/$defs/a' }) as object), $defs: { a: { allOf: [{ $ref: '#/$defs/a' }] } } }, '$', 'allOf'],
    ['allOf that disagrees', object({ allOf: [{ type: 'string' }, { type: 'number' }] }), '$.properties.it.allOf[1]', '"type" twice'],
    ['no schema', 7, '$', 'JSON Schema object'],
  ])('%s', (_, schema, path, message) => {
    const refused = refusal(schema);
    expect(refused.path).toContain(path);
    expect(refused.message).toContain(message);
  });

  test('sizes', () => {
    const many = (count: number, of: unknown): unknown => ({
      type: 'object',
      properties: Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, of])),
    });
    expect(refusal(many(5001, { type: 'string' })).message).toContain('5001 properties; strict mode takes 5000');
    expect(refusal(many(11, { enum: Array.from({ length: 100 }, (_, i) => `v${i}`) })).message).toContain('1100 enum values');
    expect(refusal(many(1, { enum: Array.from({ length: 300 }, (_, i) => `${i}`.padEnd(60, '.')) })).message).toContain('18000 characters');
    expect(refusal(many(7, { const: 'x'.repeat(20_000) })).message).toContain('characters in names');
    const nested = (levels: number): unknown =>
      levels === 0 ? { type: 'string' } : { type: 'object', properties: { in: nested(levels - 1) } };
    expect(broken(strict(nested(10)))).toEqual([]);
    expect(refusal(nested(11)).message).toContain('more than 10 levels');
  });

  test('a cyclic object is told to use references', () => {
    const cyclic: { type: string; properties: Record<string, unknown> } = { type: 'object', properties: {} };
    cyclic.properties['self'] = cyclic;
    expect(refusal(cyclic).message).toContain('$defs and $ref');
  });
});

describe('random schemas', () => {
  /** A schema with values that strict mode would produce for it, and what each means. */
  interface Case {
    schema: JsonSchema;
    sent: unknown;
    meant: unknown;
  }
  const leaf = fc.oneof(
    fc.string().map((value): Case => ({ schema: { type: 'string', description: 'text' }, sent: value, meant: value })),
    fc.integer().map((value): Case => ({ schema: { type: 'integer' }, sent: value, meant: value })),
    fc.constantFrom('a', 'b').map((value): Case => ({ schema: { enum: ['a', 'b'] }, sent: value, meant: value })),
    fc.constant<Case>({ schema: { type: ['string', 'null'] }, sent: null, meant: null }),
  );
  const { any } = fc.letrec<{ any: Case; object: Case; array: Case; union: Case }>((tie) => ({
    any: fc.oneof({ maxDepth: 4, withCrossShrink: true }, leaf, tie('object'), tie('array'), tie('union')),
    array: tie('any').map((item): Case => ({
      schema: { type: 'array', items: item.schema },
      sent: [item.sent, item.sent],
      meant: [item.meant, item.meant],
    })),
    union: tie('any').map((member): Case => ({
      schema: {
        anyOf: [
          { type: 'object', properties: { kind: { const: 'a' }, it: member.schema }, required: ['kind'] },
          { type: 'object', properties: { kind: { const: 'b' } } },
        ],
      },
      sent: { kind: 'a', it: member.sent },
      meant: { kind: 'a', it: member.meant },
    })),
    object: fc
      .dictionary(fc.stringMatching(/^[a-z$_]{1,6}$/u), fc.tuple(tie('any'), fc.constantFrom('required', 'given', 'null')), { maxKeys: 4 })
      .map((entries): Case => {
        const all = Object.entries(entries);
        const takesNull = (part: Case): boolean => Array.isArray(part.schema['type']);
        return {
          schema: {
            type: 'object',
            properties: Object.fromEntries(all.map(([name, [part]]) => [name, part.schema])),
            required: all.filter(([, [, how]]) => how === 'required').map(([name]) => name),
          },
          sent: Object.fromEntries(all.map(([name, [part, how]]) => [name, how === 'null' ? null : part.sent])),
          meant: Object.fromEntries(
            all
              .filter(([, [part, how]]) => how !== 'null' || takesNull(part))
              .map(([name, [part, how]]) => [name, how === 'null' ? null : part.meant]),
          ),
        };
      }),
  }));

  const ajv = new Ajv2020({ strict: false });

  test('keep every rule, accept what they should, and give the tool what was meant', async () => {
    await fc.assert(
      fc.asyncProperty(any, async ({ schema, sent, meant }) => {
        const tool = defineTool({
          name: 'x',
          description: '',
          parameters: { type: 'object', properties: { it: schema }, required: ['it'] },
          execute: () => undefined,
        });
        expect(broken(tool.schema)).toEqual([]);
        expect(ajv.validate(tool.schema, { it: sent })).toBe(true);
        // The SDK's own idea of a strict schema finds nothing left to do.
        expect(toStrictJsonSchema(tool.schema)).toEqual(tool.schema);
        expect(await tool.validate({ it: sent })).toEqual({ ok: true, value: { it: meant } });
      }),
      { numRuns: 200 },
    );
  });
});
