import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAnyValue, readAttributes } from '../../src/sources/any-value.ts';
import { readId, readOtlp, readTime } from '../../src/sources/otlp.ts';
import { request, spanJson, TRACE } from './support.ts';

const place = { source: 'test' };
const spanOf = (more: Record<string, unknown>): ReturnType<typeof readOtlp> => readOtlp(request(1, more), place);

describe('ids', () => {
  test('hex in either case and base64 give the same lower-case hex', () => {
    fc.assert(
      fc.property(fc.constantFrom(8, 16), fc.infiniteStream(fc.integer({ min: 1, max: 255 })), (size, stream) => {
        const bytes = Buffer.from([...stream.take(size)]);
        const hex = bytes.toString('hex');
        for (const form of [hex, hex.toUpperCase(), bytes.toString('base64'), bytes.toString('base64url')])
          expect(readId(form, size)).toBe(hex);
      }),
    );
  });

  test('missing, all-zero and malformed ids are none', () => {
    for (const id of [undefined, '', null, 7, '0'.repeat(16), 'AAAAAAAAAAA=', 'not an id', 'abc']) expect(readId(id, 8)).toBeUndefined();
  });

  test('a span without ids is left out with a reason, its siblings stay', () => {
    const content = readOtlp(
      { resourceSpans: [{ scopeSpans: [{ spans: [spanJson(0, { traceId: '' }), spanJson(1, { spanId: 'zz' }), 5, spanJson(2)] }] }] },
      place,
    );
    expect(content.spans.map((span) => span.name)).toEqual(['span 2']);
    expect(content.skipped).toEqual([
      'a span without a trace id',
      'a span without a span id that is 8 bytes in hex or base64',
      'a span that is not an object',
    ]);
  });
});

describe('times', () => {
  test('nanoseconds as text keep a microsecond and better', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 4_000_000_000_000_000_000n }), (nanos) => {
        const ms = readTime(nanos.toString()) as number;
        const [whole, rest] = [Number(nanos / 1_000_000n), Number(nanos % 1_000_000n)];
        expect(Math.abs(ms - whole - rest / 1e6)).toBeLessThan(0.001);
      }),
    );
  });

  test('numbers are read too; zero, missing and endless are none', () => {
    expect(readTime(1_700_000_000_123_000_000)).toBeCloseTo(1_700_000_000_123, 2);
    for (const time of [0, '0', '', undefined, null, -1, 'soon', '9'.repeat(400), Number.NaN]) expect(readTime(time)).toBeUndefined();
  });
});

type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

/** The AnyValue of a plain value, in camelCase or snake_case. */
function anyValueOf(value: Value, snake: boolean): Record<string, unknown> {
  const name = (type: string): string => (snake ? `${type}_value` : `${type}Value`);
  if (value === null) return {};
  if (typeof value === 'string') return { [name('string')]: value };
  if (typeof value === 'boolean') return { [name('bool')]: value };
  if (typeof value === 'number')
    return Number.isSafeInteger(value)
      ? { [name('int')]: String(value) }
      : { [name('double')]: Number.isFinite(value) ? value : String(value) };
  if (Array.isArray(value)) return { [name('array')]: { values: value.map((item) => anyValueOf(item, snake)) } };
  return { [name('kvlist')]: { values: Object.entries(value).map(([key, inner]) => ({ key, value: anyValueOf(inner, snake) })) } };
}

describe('attribute values', () => {
  const value = fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      fc.maxSafeInteger().map((n) => n + 0),
      fc.double().filter((n) => !Object.is(n, -0)),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value')),
      fc.dictionary(fc.oneof(fc.string(), fc.constant('__proto__')), tie('value')),
    ),
  })).value;

  test('every shape comes back as it was', () => {
    fc.assert(
      fc.property(value, fc.boolean(), (original, snake) => {
        expect(JSON.stringify(readAnyValue(anyValueOf(original, snake)))).toBe(JSON.stringify(original));
      }),
    );
  });

  test('numbers beyond JSON, bytes, and integers beyond 2^53', () => {
    expect(readAnyValue({ doubleValue: 'NaN' })).toBeNaN();
    expect(readAnyValue({ doubleValue: '-Infinity' })).toBe(-Infinity);
    expect(readAnyValue({ bytesValue: 'AQI=' })).toBe('AQI=');
    expect(readAnyValue({ intValue: 7 })).toBe(7);
    expect(readAnyValue({ intValue: '9007199254740993' })).toBe('9007199254740993');
    expect(readAnyValue({ stringValue: null, intValue: '3' })).toBe(3);
    expect(readAnyValue({})).toBeNull();
  });

  test('a `__proto__` key is a key like any other', () => {
    const attributes = readAttributes([
      { key: '__proto__', value: { kvlistValue: { values: [{ key: '__proto__', value: { stringValue: 'x' } }] } } },
    ]);
    expect(Object.keys(attributes)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('a plain object instead of a list', () => {
    const attributes = readAttributes({ a: 1, b: { c: [true] }, d: { stringValue: 'text' } });
    expect(JSON.parse(JSON.stringify(attributes))).toEqual({ a: 1, b: { c: [true] }, d: 'text' });
  });

  test('bottomless nesting is cut, wrapped or plain', () => {
    let wrapped: unknown = { stringValue: 'bottom' };
    let plain: unknown = 'bottom';
    for (let i = 0; i < 50_000; i++) {
      wrapped = { arrayValue: { values: [wrapped] } };
      plain = [plain];
    }
    expect(JSON.stringify(readAnyValue(wrapped))).not.toContain('bottom');
    expect(JSON.stringify(readAttributes({ plain }))).not.toContain('bottom');
  });
});

describe('spans', () => {
  test('all fields', () => {
    const [span] = spanOf({
      parentSpanId: '00000000000000FF',
      endTimeUnixNano: 1_700_000_001_000_000_000,
      attributes: [{ key: 'k', value: { intValue: '1' } }, { key: 'none' }],
      events: [{ name: 'e', timeUnixNano: '1700000000500000000', attributes: [] }],
      status: { code: 'STATUS_CODE_ERROR', message: 'no' },
      droppedAttributesCount: 2,
    }).spans;
    expect(span).toMatchObject({
      traceId: TRACE,
      parentSpanId: '00000000000000ff',
      start: 1_700_000_000_000,
      end: 1_700_000_001_000,
      status: { code: 2, message: 'no' },
      droppedAttributes: 2,
      scope: 'demo',
    });
    expect({ ...span?.attributes }).toEqual({ k: 1, none: null });
    expect({ ...span?.resource }).toEqual({ 'service.name': 'ferry' });
    expect(span?.events[0]).toMatchObject({ name: 'e', time: 1_700_000_000_500 });
  });

  test('an empty parent is none, a status code may be a number', () => {
    const [span] = spanOf({ parentSpanId: '', status: { code: 1 } }).spans;
    expect(span).not.toHaveProperty('parentSpanId');
    expect(span).not.toHaveProperty('end');
    expect(span?.status).toEqual({ code: 1 });
  });

  test('snake_case keys and the legacy name of scopes', () => {
    const snake = {
      trace_id: TRACE,
      span_id: '00000000000000aa',
      parent_span_id: '00000000000000bb',
      start_time_unix_nano: '1700000000000000000',
      end_time_unix_nano: '1700000000000000001',
    };
    for (const scopes of ['scope_spans', 'instrumentationLibrarySpans', 'instrumentation_library_spans', 'scopeSpans']) {
      const { spans } = readOtlp({ resource_spans: [{ [scopes]: [{ spans: [snake] }] }] }, place);
      expect(spans).toMatchObject([{ spanId: '00000000000000aa', parentSpanId: '00000000000000bb', start: 1_700_000_000_000 }]);
    }
  });

  test('what is no array is named', () => {
    expect(readOtlp({ resourceSpans: {} }, place).skipped).toEqual(['`resourceSpans` is not an array']);
    expect(readOtlp({ resourceSpans: [{ scopeSpans: [{ spans: 'x' }] }, 1] }, place).skipped).toEqual([
      'an element of `resourceSpans` that is not an object',
      '`spans` is not an array',
    ]);
  });
});

test('log records: the event name from either place, the observed time as a second choice', () => {
  const record = {
    traceId: TRACE,
    spanId: '00000000000000aa',
    timeUnixNano: '0',
    observedTimeUnixNano: '1700000000000000000',
    body: { stringValue: 'hi' },
  };
  const { logs } = readOtlp(
    {
      resourceLogs: [
        {
          scopeLogs: [
            {
              logRecords: [
                { ...record, eventName: 'a' },
                { ...record, attributes: [{ key: 'event.name', value: { stringValue: 'b' } }] },
                { body: {} },
              ],
            },
          ],
        },
      ],
    },
    place,
  );
  expect(logs.map(({ eventName, time, body }) => ({ eventName, time, body }))).toEqual([
    { eventName: 'a', time: 1_700_000_000_000, body: 'hi' },
    { eventName: 'b', time: 1_700_000_000_000, body: 'hi' },
  ]);
});
