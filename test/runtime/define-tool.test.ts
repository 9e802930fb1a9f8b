import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import * as mini from 'zod/mini';
import { z as z3 } from 'zod/v3';
import { ToolDefinitionError, defineTool, type ToolDefinition, type ToolParameters } from '../../src/runtime/define-tool.ts';
import { parseArguments } from '../../src/runtime/parse-arguments.ts';
import type { StandardResult, StandardSchema } from '../../src/runtime/standard-schema.ts';
import type { Tool } from '../../src/runtime/tool.ts';

const define = <const S extends ToolParameters>(parameters: S, more: Partial<ToolDefinition<ToolParameters>> = {}): Tool =>
  defineTool({
    name: 'book',
    description: 'Books a slot.',
    parameters,
    execute: () => undefined,
    ...more,
  } as ToolDefinition<ToolParameters>);

const messageFor = async (tool: Tool, args: unknown): Promise<string> => {
  const result = await tool.validate(args);
  return result.ok ? 'ok' : result.message;
};

const context = { signal: new AbortController().signal, callId: 'c1', turn: 0 };

describe('a definition', () => {
  test('has defaults, and keeps what it is given', () => {
    expect(define(z.object({ slot_id: z.string() }))).toMatchObject({
      name: 'book',
      description: 'Books a slot.',
      strict: true,
      effect: 'write',
      parallelizable: true,
      onConflict: 'defer',
      dependsOn: [],
      timeoutMs: undefined,
    });
    expect(define(z.object({}), { effect: 'read', dependsOn: ['slots'], timeoutMs: 50, onConflict: 'defer' })).toMatchObject({
      effect: 'read',
      onConflict: 'defer',
      dependsOn: ['slots'],
      timeoutMs: 50,
    });
  });

  test('the effect is told from name and description', () => {
    const effectOf = (name: string, description: string): string => define(z.object({}), { name, description }).effect;
    expect(effectOf('get_weather', '')).toBe('read');
    expect(effectOf('calendar', 'Returns the free slots.')).toBe('read');
    expect(effectOf('calendar', '')).toBe('unknown');
    expect(define(z.object({}), { name: 'get_weather' }).onConflict).toBe('serialize');
    for (const name of ['constructor', '__proto__', 'toString']) expect(effectOf(name, '')).toMatch(/^(?:read|write|unknown)$/u);
  });

  test('a tool that runs alone says so once, at the end', () => {
    const described = (description: string): string => define(z.object({}), { description, parallelizable: false }).description;
    expect(described('Books a slot.')).toBe('Books a slot. This tool must be called alone.');
    expect(described('Books a slot')).toBe('Books a slot. This tool must be called alone.');
    expect(described('')).toBe('This tool must be called alone.');
    expect(described(described('Books a slot.'))).toBe('Books a slot. This tool must be called alone.');
  });

  test('execute keeps its receiver and what it returns', () => {
    const definition = {
      name: 'greet',
      description: '',
      parameters: z.object({ who: z.string() }),
      greeting: 'Hello',
      execute({ who }: { who: string }): string {
        return `${this.greeting} ${who}`;
      },
    };
    expect(defineTool(definition).execute({ who: 'Ada' }, context)).toBe('Hello Ada');
  });

  test.each([
    [{ name: 'book slot' }, 'Tool "book slot": a name is 1 to 64 letters, digits, "_" or "-".'],
    [{ name: '' }, 'a name is'],
    [{ name: 'x'.repeat(65) }, 'a name is'],
    [{ name: 'book\n' }, 'a name is'],
    [{ description: undefined as never }, 'description has to be a text'],
    [{ execute: undefined as never }, 'execute has to be a function'],
    [{ effect: 'reads' as never }, 'effect is "read", "write" or "unknown"'],
    [{ onConflict: 'wait' as never }, 'onConflict is'],
    [{ dependsOn: 'slots' as never }, 'dependsOn is a list'],
    [{ dependsOn: ['book'] }, 'names the tool itself'],
    [{ timeoutMs: 0 }, 'timeoutMs is'],
    [{ timeoutMs: Number.NaN }, 'timeoutMs is'],
    [{ timeoutMs: Infinity }, 'leave it out for no limit'],
  ])('%o is refused', (more, message) => {
    expect(() => define(z.object({}), more)).toThrow(ToolDefinitionError);
    expect(() => define(z.object({}), more)).toThrow(message);
  });

  test('a schema that cannot be strict is refused with tool, path and remedy; not strict, it is sent as it is', async () => {
    const parameters = z.object({ filters: z.record(z.string(), z.string()) });
    expect(() => define(parameters)).toThrow(
      'Tool "book": its parameters cannot be strict, at $.properties.filters.additionalProperties: an object with keys that are not known beforehand; list them as properties, or take a list of { key, value }. Change the schema, or set strict: false.',
    );
    const loose = define(parameters, { strict: false });
    expect(loose.strict).toBe(false);
    expect(loose.schema).toMatchObject({ type: 'object', properties: { filters: { additionalProperties: { type: 'string' } } } });
    expect(loose.schema).not.toHaveProperty('$schema');
    expect(await loose.validate({ filters: { a: 'b' } })).toEqual({ ok: true, value: { filters: { a: 'b' } } });
  });
});

describe('schemas', () => {
  const standard = (more: object): StandardSchema => ({
    '~standard': { version: 1, vendor: 'tiny', validate: (value: unknown) => ({ value }), ...more },
  });

  test('Zod: what the model sends is told, what the tool gets is converted', async () => {
    const tool = define(z.object({ at: z.iso.datetime().transform((text) => new Date(text)), seats: z.number().default(2) }));
    expect(tool.schema['properties']).toMatchObject({
      at: { type: 'string', format: 'date-time' },
      seats: { type: ['number', 'null'], description: 'default: 2' },
    });
    expect(await tool.validate({ at: '2026-05-04T09:00:00Z', seats: null })).toEqual({
      ok: true,
      value: { at: new Date('2026-05-04T09:00:00Z'), seats: 2 },
    });
    expect(await tool.validate({ at: '2026-05-04T09:00:00Z' })).toMatchObject({ ok: true, value: { seats: 2 } });
  });

  test('Zod Mini', async () => {
    const tool = define(mini.object({ id: mini.string(), note: mini.optional(mini.string()) }));
    expect(tool.schema['required']).toEqual(['id', 'note']);
    expect(await tool.validate({ id: 'a', note: null })).toEqual({ ok: true, value: { id: 'a' } });
  });

  test('a type that JSON has not', () => {
    expect(() => define(z.object({ at: z.date() }))).toThrow(
      /Tool "book": its parameters cannot be used: Date cannot be represented.*"jsonSchema"/u,
    );
  });

  test('Zod 3 checks; its JSON Schema has to be given', async () => {
    const parameters = z3.object({ id: z3.string(), note: z3.string().optional() });
    expect(() => define(parameters)).toThrow(/Zod 3 schema has no JSON Schema\. Give its JSON Schema as "jsonSchema".*or use zod 4/u);
    const jsonSchema = { type: 'object', properties: { id: { type: 'string' }, note: { type: 'string' } }, required: ['id'] };
    const tool = define(parameters, { jsonSchema });
    expect(await tool.validate({ id: 'a', note: null })).toEqual({ ok: true, value: { id: 'a' } });
    expect(await messageFor(tool, { id: 1 })).toContain('"id": Expected string, received number');
  });

  test('another Standard Schema tells its JSON Schema, or is given one', () => {
    const told = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] };
    const asked: unknown[] = [];
    const input = (options: unknown): typeof told => {
      asked.push(options);
      return told;
    };
    expect(define(standard({ jsonSchema: { input } })).schema['required']).toEqual(['id']);
    expect(asked).toEqual([{ target: 'draft-2020-12' }]);
    expect(() => define(standard({}))).toThrow(
      /this tiny schema has no JSON Schema \(https:\/\/standardschema\.dev\/json-schema\)\. Give its JSON Schema as "jsonSchema"/u,
    );
    expect(define(standard({}), { jsonSchema: told }).schema['required']).toEqual(['id']);
    // A schema may be a function.
    expect(define(Object.assign(() => 0, standard({})) as never, { jsonSchema: told }).schema['required']).toEqual(['id']);
  });

  test('one that only describes is checked by what it describes', async () => {
    const input = (): object => ({ type: 'object', properties: { id: { type: 'string' } }, required: ['id'] });
    const tool = define(standard({ validate: undefined, jsonSchema: { input } }));
    expect(await messageFor(tool, {})).toContain('"id" is required');
  });

  test('JSON Schema: checked, defaults filled in, more keys refused in strict mode only', async () => {
    const schema = {
      type: 'object',
      properties: {
        city: { type: 'string' },
        days: { type: 'integer', minimum: 1, default: 3 },
        at: { properties: { h: { type: 'number' } } },
      },
      required: ['city'],
    } as const;
    const tool = define(schema);
    expect(await tool.validate({ city: 'Rome', days: null })).toEqual({ ok: true, value: { city: 'Rome', days: 3 } });
    expect(await messageFor(tool, { city: 'Rome', mood: 'fine', at: { h: 1, m: 2 } })).toContain(
      'unknown argument "at.m"; unknown argument "mood"',
    );
    const loose = define(schema, { strict: false });
    expect(await loose.validate({ city: 'Rome', mood: 'fine' })).toEqual({ ok: true, value: { city: 'Rome', mood: 'fine', days: 3 } });
  });

  test('JSON Schema that Zod wrote is a JSON Schema too', async () => {
    const tool = define(z.toJSONSchema(z.object({ id: z.string() })) as never);
    expect(await messageFor(tool, {})).toContain('"id" is required');
  });

  test('JSON Schema that cannot be checked', () => {
    const parameters = { type: 'object', properties: {}, if: {} };
    expect(() => define(parameters, { strict: false })).toThrow(
      /it cannot be checked: Conditional schemas.*Give a Standard Schema instead/u,
    );
    expect(() => define('string' as never)).toThrow(/have to be a Zod schema, a Standard Schema or a JSON Schema object/u);
  });

  test('a validator of one’s own beside a JSON Schema', async () => {
    const jsonSchema = { type: 'object', properties: { a: { type: 'string' } }, dependentRequired: { a: ['b'] } };
    const check = new Ajv2020().compile(jsonSchema);
    const validate = (value: unknown): StandardResult =>
      check(value)
        ? { value }
        : { issues: (check.errors ?? []).map(({ message, instancePath }) => ({ message: `${instancePath} ${message}` })) };
    const tool = define({ '~standard': { version: 1, vendor: 'ajv', validate } }, { jsonSchema, strict: false });
    expect(await messageFor(tool, {})).toBe('ok');
    expect(await messageFor(tool, { a: '' })).toContain('must have property b when property a is present');
  });

  test('schemas that are used twice stay as they were', () => {
    const schema = { type: 'object', properties: { a: { type: 'string', minLength: 1 } } };
    const before = JSON.stringify(schema);
    define(schema);
    define(schema, { strict: false });
    expect(JSON.stringify(schema)).toBe(before);
  });
});

describe('null for an optional argument is left out before the check', () => {
  test('where the schema has no place for it, at any depth, and only there', async () => {
    const tool = define(
      z.object({
        a: z.string().optional(),
        b: z.string().nullish(),
        c: z.string().nullable().default('x'),
        list: z.array(z.object({ note: z.string().optional() })),
        deep: z.object({ at: z.number().default(1) }).optional(),
      }),
    );
    expect(await tool.validate({ a: null, b: null, c: null, list: [{ note: null }, { note: 'n' }], deep: { at: null } })).toEqual({
      ok: true,
      value: { b: null, c: null, list: [{}, { note: 'n' }], deep: { at: 1 } },
    });
  });

  test('of a union, in the member that was meant', async () => {
    const card = z.object({ kind: z.literal('card'), number: z.string(), name: z.string().optional() });
    const cash = z.object({ kind: z.literal('cash'), name: z.string().nullable() });
    const tool = define(z.object({ pay: z.discriminatedUnion('kind', [card, cash]), also: z.union([card, cash]).optional() }));
    expect(await tool.validate({ pay: { kind: 'card', number: '1', name: null }, also: { kind: 'cash', name: null } })).toEqual({
      ok: true,
      value: { pay: { kind: 'card', number: '1' }, also: { kind: 'cash', name: null } },
    });
  });

  test('without kinds, the member with the same properties is meant', async () => {
    const tool = define(
      z.object({
        to: z.union([
          z.object({ id: z.string(), note: z.string().nullable() }),
          z.object({ email: z.string(), note: z.string().optional() }),
        ]),
      }),
    );
    expect(await tool.validate({ to: { email: 'a@b.c', note: null } })).toEqual({ ok: true, value: { to: { email: 'a@b.c' } } });
    expect(await tool.validate({ to: { id: 'a', note: null } })).toEqual({ ok: true, value: { to: { id: 'a', note: null } } });
  });

  test('in recursive schemas', async () => {
    const node = z.object({
      value: z.string(),
      get next() {
        return node.optional();
      },
    });
    const tool = define(z.object({ head: node }));
    expect(await tool.validate({ head: { value: 'a', next: { value: 'b', next: null } } })).toEqual({
      ok: true,
      value: { head: { value: 'a', next: { value: 'b' } } },
    });
  });

  test('a required null stays, and is a mistake', async () => {
    expect(await messageFor(define(z.object({ id: z.string() })), { id: null })).toContain('"id" must be a string, got null');
  });
});

describe('a message the model can act on', () => {
  const tool = define(
    z.object({
      slot_id: z.string(),
      seats: z.number().int().min(1).max(8).multipleOf(1),
      unit: z.enum(['C', 'F']),
      guests: z.array(z.object({ name: z.string().min(2) })).max(2),
      mail: z.email(),
      code: z.string().regex(/^[A-Z]+$/u),
      who: z.union([z.string(), z.number()]),
      pay: z.discriminatedUnion('kind', [z.object({ kind: z.literal('card'), number: z.string() }), z.object({ kind: z.literal('cash') })]),
      to: z.union([z.object({ id: z.string() }), z.object({ email: z.string(), name: z.string() })]),
      vip: z.strictObject({ ok: z.boolean() }),
    }),
  );
  const good = {
    slot_id: 's1',
    seats: 2,
    unit: 'C',
    guests: [],
    mail: 'a@b.co',
    code: 'AB',
    who: 1,
    pay: { kind: 'cash' },
    to: { id: 'a' },
    vip: { ok: true },
  };

  test('is one sentence with all of it', async () => {
    const { slot_id: _, ...rest } = good;
    expect(await messageFor(tool, { ...rest, seats: 'two' })).toBe(
      'Invalid arguments for book: "slot_id" is required; "seats" must be a number, got "two". Call it again with corrected arguments.',
    );
    expect(await messageFor(tool, good)).toBe('ok');
  });

  test.each([
    [{ seats: 0 }, '"seats" must be at least 1, got 0'],
    [{ seats: 9 }, '"seats" must be at most 8, got 9'],
    [{ seats: 1.5 }, '"seats" must be an integer, got 1.5'],
    [{ unit: 'K' }, '"unit" must be "C" or "F", got "K"'],
    [{ guests: [{ name: 'Al' }, { name: 'B' }] }, '"guests[1].name" must have at least 2 characters, got "B"'],
    [{ guests: [{ name: 'Al' }, { name: 'Bo' }, { name: 'Cy' }] }, '"guests" must have at most 2 items, got an array'],
    [{ mail: 'home' }, '"mail" must be an email address, got "home"'],
    [{ code: 'ab' }, '"code" must match the pattern /^[A-Z]+$/u, got "ab"'],
    [{ who: true }, '"who" must be a string or a number, got true'],
    [{ pay: { kind: 'cheque' } }, '"pay.kind" must be "card" or "cash", got "cheque"'],
    [{ pay: {} }, '"pay.kind" is required'],
    [{ pay: { kind: 'card' } }, '"pay.number" is required'],
    [{ to: { email: 'a' } }, '"to.id" is required'],
    [{ vip: { ok: true, since: 1 } }, 'unknown argument "vip.since"'],
    [{ vip: 'yes' }, '"vip" must be an object, got "yes"'],
  ])('%j: %s', async (change, expected) => {
    expect(await messageFor(tool, { ...good, ...change })).toContain(`Invalid arguments for book: `);
    expect(await messageFor(tool, { ...good, ...change })).toContain(expected);
  });

  test('an author’s own words are kept', async () => {
    const own = define(
      z.object({ age: z.number().min(18, 'guests have to be grown up'), even: z.number().refine((n) => n % 2 === 0, 'has to be even') }),
    );
    expect(await messageFor(own, { age: 3, even: 3 })).toContain('"age": guests have to be grown up; "even": has to be even');
  });

  test.each([
    [null, 'null'],
    ['x', '"x"'],
    [[1], 'an array'],
    [7, '7'],
  ])('%j is no object', async (args, shown) => {
    expect(await messageFor(tool, args)).toContain(`the arguments must be an object, got ${shown}`);
  });

  test('nothing at all is an empty object', async () => {
    expect(await messageFor(define(z.object({})), undefined)).toBe('ok');
  });

  test('is bounded, however much is wrong', async () => {
    const many = define(z.object({ list: z.array(z.number()) }));
    const long = await messageFor(many, { list: Array.from({ length: 10_000 }, () => 'x'.repeat(1000)) });
    expect(long).toContain('and 9992 more problems');
    expect(long.length).toBeLessThan(2000);
    const names = define(z.strictObject({}));
    expect((await messageFor(names, { ['k'.repeat(100_000)]: 1 })).length).toBeLessThan(2000);
  });
});

describe('hostile arguments', () => {
  const tree = z.object({
    v: z.unknown().optional(),
    get next() {
      return tree.optional();
    },
  });
  const tool = define(z.object({ it: z.unknown() }), { strict: false });

  test('depth', async () => {
    for (const text of [`{"it":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, `${'{"next":'.repeat(50_000)}{}${'}'.repeat(50_000)}`]) {
      const args: unknown = JSON.parse(text);
      expect(await messageFor(tool, args)).toContain('nested more than 100 levels deep');
      expect(await messageFor(define(tree, { strict: false }), args)).toContain('nested more than 100 levels deep');
    }
  });

  test('prototypes', async () => {
    const args: unknown = JSON.parse('{"it":{"a":[{"__proto__":{"polluted":true}}]}}');
    expect(await messageFor(tool, args)).toContain('"__proto__" is not allowed as a name');
    expect(
      await messageFor(define({ type: 'object', properties: {} }), JSON.parse('{"constructor":{"prototype":{"polluted":1}}}')),
    ).toContain('unknown argument "constructor"');
    expect({}).not.toHaveProperty('polluted');
  });

  test('size', async () => {
    const args = { it: Array.from({ length: 300_000 }, (_, i) => ({ i, text: 'x'.repeat(20) })) };
    expect(await messageFor(tool, args)).toBe('ok');
  });

  test('a check that throws, or throws nonsense', async () => {
    const throwing = (thrown: unknown): Tool =>
      define(
        z.object({ a: z.string() }).refine(() => {
          throw thrown;
        }),
      );
    expect(await messageFor(throwing(new Error('database gone')), { a: '' })).toContain('they could not be checked (database gone)');
    expect(await messageFor(throwing(Object.create(null)), { a: '' })).toContain('could not be checked');
    expect(await messageFor(throwing(undefined), { a: '' })).toContain('could not be checked');
  });

  test('text that is no JSON, or none', () => {
    expect(parseArguments('')).toEqual({ ok: true, value: {} });
    expect(parseArguments(' {"a":1} ')).toEqual({ ok: true, value: { a: 1 } });
    for (const text of ['{"a":', 'x'.repeat(1_000_000), '{'.repeat(1_000_000), 'undefined', '{"a":1}{"a":1}']) {
      const parsed = parseArguments(text);
      expect(parsed.ok).toBe(false);
      expect(parsed.ok ? '' : parsed.message).toMatch(
        /^The arguments are not valid JSON \(.{1,200}\)\. Call it again with a JSON object\.$/u,
      );
    }
  });

  test('an asynchronous check', async () => {
    const later = define(z.object({ id: z.string().refine(async (id) => (await Promise.resolve(id)) === 'a', 'is not free') }));
    expect(await messageFor(later, { id: 'a' })).toBe('ok');
    expect(await messageFor(later, { id: 'b' })).toContain('"id": is not free');
  });
});

describe('types', () => {
  test('execute is given what the schema makes of the arguments', () => {
    const zod = defineTool({
      name: 'a',
      description: '',
      parameters: z.object({ at: z.string().transform(Number), note: z.string().optional(), seats: z.number().default(1) }),
      execute: (input, { signal, callId, turn }) => {
        expectTypeOf(input).toEqualTypeOf<{ at: number; note?: string | undefined; seats: number }>();
        expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
        expectTypeOf(callId).toEqualTypeOf<string>();
        expectTypeOf(turn).toEqualTypeOf<number>();
      },
    });
    expectTypeOf(zod).toEqualTypeOf<Tool<{ at: number; note?: string | undefined; seats: number }>>();

    const json = defineTool({
      name: 'b',
      description: '',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      execute: (input) => {
        expectTypeOf(input).toEqualTypeOf<Record<string, unknown>>();
      },
    });

    const standard = defineTool({
      name: 'c',
      description: '',
      parameters: { '~standard': { version: 1, vendor: 'x', validate: (value) => ({ value }) } } as StandardSchema<
        string,
        { parsed: Date }
      >,
      jsonSchema: { type: 'object' },
      execute: (input) => {
        expectTypeOf(input).toEqualTypeOf<{ parsed: Date }>();
      },
    });

    const miniTool = defineTool({
      name: 'd',
      description: '',
      parameters: mini.object({ id: mini.string() }),
      execute: ({ id }) => {
        expectTypeOf(id).toEqualTypeOf<string>();
      },
    });

    const tools: Tool[] = [zod, json, standard, miniTool];
    expect(tools).toHaveLength(4);
  });

  test('mistakes do not compile', () => {
    // @ts-expect-error the input has no such property
    defineTool({ name: 'a', description: '', parameters: z.object({ a: z.string() }), execute: ({ b }) => b });
    // @ts-expect-error there is no such effect
    const wrong = (): Tool => defineTool({ name: 'a', description: '', parameters: z.object({}), execute: () => 0, effect: 'reads' });
    expect(wrong).toThrow(ToolDefinitionError);
  });
});
