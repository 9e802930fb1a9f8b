import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/dialects/json.ts';
import { envelopes } from '../../src/sources/envelopes/index.ts';
import { readMoment } from '../../src/sources/envelopes/times.ts';
import { readContent, request, TRACE, type Everything } from './support.ts';

const SPAN = '00f067aa0ba902b7';
const PARENT = '53995c3f42cd8ad8';
const read = (value: unknown): Promise<Everything> => readContent(JSON.stringify(value));
const common = { traceId: TRACE, spanId: SPAN, parentSpanId: PARENT, name: 'moor', start: 1_700_000_000_000.25, end: 1_700_000_000_001.5 };

const jaegerSpan = {
  traceID: TRACE,
  spanID: SPAN,
  operationName: 'moor',
  references: [
    { refType: 'FOLLOWS_FROM', traceID: TRACE, spanID: '1111111111111111' },
    { refType: 'CHILD_OF', traceID: TRACE, spanID: PARENT },
  ],
  startTime: 1_700_000_000_000_250,
  duration: 1250,
  tags: [
    { key: 'knots', type: 'int64', value: '41' },
    { key: 'draught', type: 'float64', value: '2.5' },
    { key: 'isAfloat', type: 'bool', value: 'true' },
    { key: 'port', type: 'string', value: '7' },
    { key: 'error', type: 'bool', value: true },
    { key: 'otel.scope.name', type: 'string', value: 'pilot' },
  ],
  logs: [
    {
      timestamp: 1_700_000_000_001_000,
      fields: [
        { key: 'event', type: 'string', value: 'bump' },
        { key: 'side', value: 'port' },
      ],
    },
  ],
  processID: 'p1',
};
const processes = { p1: { serviceName: 'harbour', tags: [{ key: 'berth', type: 'int64', value: 3 }] } };

describe('jaeger', () => {
  const expected = {
    ...common,
    attributes: { knots: 41, draught: 2.5, isAfloat: true, port: '7' },
    events: [{ name: 'bump', time: 1_700_000_000_001, attributes: { side: 'port' } }],
    status: { code: 2 },
    scope: 'pilot',
    resource: { 'service.name': 'harbour', berth: 3 },
  };

  test('an answer with traces, pretty-printed or not', async () => {
    const answer = { data: [{ traceID: TRACE, spans: [jaegerSpan], processes }], total: 1 };
    expect(await read(answer)).toMatchObject({ spans: [expected], problems: [] });
    expect((await readContent(JSON.stringify(answer, null, 2))).spans).toMatchObject([expected]);
  });

  test('one trace, or one span as storage holds it', async () => {
    expect((await read({ traceID: TRACE, spans: [jaegerSpan], processes })).spans).toMatchObject([expected]);
    const stored = { ...jaegerSpan, tag: { 'ship@name': 'Gull' }, process: processes.p1 };
    expect((await read(stored)).spans).toMatchObject([{ ...expected, attributes: { 'ship.name': 'Gull', knots: 41 } }]);
  });
});

describe('tempo', () => {
  const { resourceSpans } = request(2);
  test.each<[string, object]>([
    ['the first API', { batches: resourceSpans }],
    ['the second', { trace: { resourceSpans } }],
    ['a protobuf answer as JSON', { result: { resourceSpans } }],
    ['batches within', { trace: { batches: resourceSpans } }],
  ])('%s', async (_, value) => {
    expect((await read(value)).spans).toHaveLength(2);
    expect((await readContent(JSON.stringify(value, null, 2))).spans).toHaveLength(2);
  });

  test('a trace of which a part is missing says so', async () => {
    const { spans, reasons } = await read({ trace: { resourceSpans }, status: 'PARTIAL' });
    expect(spans).toHaveLength(2);
    expect(reasons).toEqual(['the part of the trace that Tempo left out (its status is PARTIAL): skipped']);
  });

  test('batches of something else are none', async () => {
    expect((await read({ batches: [{ id: 7 }] })).documents).toHaveLength(1);
  });
});

const zipkinSpan = {
  traceId: TRACE,
  id: SPAN,
  parentId: PARENT,
  name: 'moor',
  timestamp: 1_700_000_000_000_250,
  duration: 1250,
  localEndpoint: { serviceName: 'harbour' },
  tags: { knots: '41', error: 'aground', 'otel.scope.name': 'pilot' },
  annotations: [
    { timestamp: 1_700_000_000_001_000, value: 'bump|{"side":"port"}|0' },
    { timestamp: 1_700_000_000_001_000, value: '"bump":{"side":"port"}' },
    { timestamp: 1_700_000_000_001_000, value: 'drift: {slowly}' },
  ],
};

test.each<[string, unknown]>([
  ['a list', [zipkinSpan]],
  ['a list of traces', [[zipkinSpan]]],
  ['a line', zipkinSpan],
])('zipkin: %s of spans', async (_, value) => {
  const bump = { name: 'bump', time: 1_700_000_000_001, attributes: { side: 'port' } };
  expect(await read(value)).toMatchObject({
    spans: [
      {
        ...common,
        attributes: { knots: '41' },
        events: [bump, bump, { name: 'drift: {slowly}', attributes: {} }],
        status: { code: 2, message: 'aground' },
        scope: 'pilot',
        resource: { 'service.name': 'harbour' },
      },
    ],
    problems: [],
  });
});

describe('phoenix', () => {
  const span = {
    name: 'moor',
    context: { trace_id: TRACE, span_id: SPAN },
    span_kind: 'TOOL',
    parent_id: PARENT,
    start_time: '2023-11-14T22:13:20.000250+00:00',
    end_time: '2023-11-14T22:13:20.001500+00:00',
    status_code: 'ERROR',
    status_message: 'aground',
    events: [{ name: 'bump', timestamp: '2023-11-14T22:13:20.001Z', attributes: { side: 'port' } }],
  };
  const expected = { ...common, status: { code: 2, message: 'aground' }, events: [{ name: 'bump', time: 1_700_000_000_001 }] };
  const attributes = {
    'openinference.span.kind': 'TOOL',
    'llm.input_messages.0.message.role': 'user',
    'llm.input_messages.0.message.tool_calls.0.name': 'moor',
    tags: ['a', 'b'],
    metadata: { thread_id: 't1' },
  };

  test.each<[string, Json]>([
    [
      'nested',
      {
        llm: { input_messages: [{ message: { role: 'user', tool_calls: [{ name: 'moor' }] } }] },
        tags: ['a', 'b'],
        metadata: { thread_id: 't1' },
      },
    ],
    [
      'flat',
      {
        'llm.input_messages.0.message.role': 'user',
        'llm.input_messages.0.message.tool_calls.0.name': 'moor',
        tags: ['a', 'b'],
        'metadata.thread_id': 't1',
      },
    ],
    [
      'mixed',
      {
        'llm.input_messages': [{ 'message.role': 'user', 'message.tool_calls': [{ name: 'moor' }] }],
        tags: ['a', 'b'],
        metadata: { thread_id: 't1' },
      },
    ],
  ])('attributes that are %s', async (_, nested) => {
    const { spans, problems } = await read({ data: [{ ...span, attributes: nested }], next_cursor: null });
    expect(problems).toEqual([]);
    expect(spans).toMatchObject([{ ...expected, attributes }]);
  });

  test('a row of a data frame, and what the Python SDK prints', async () => {
    const { context, ...columns } = span;
    const row = { ...columns, 'context.trace_id': TRACE, 'context.span_id': SPAN, 'attributes.tool.name': 'moor' };
    expect((await read(row)).spans).toMatchObject([{ ...expected, attributes: { 'tool.name': 'moor' } }]);
    const printed = {
      name: 'moor',
      context: { trace_id: `0x${context.trace_id}`, span_id: `0x${context.span_id}` },
      parent_id: `0x${PARENT}`,
      start_time: '2023-11-14T22:13:20.000250Z',
      end_time: '2023-11-14T22:13:20.001500Z',
      status: { status_code: 'ERROR', description: 'aground' },
      attributes: { 'tool.name': 'moor' },
      resource: { attributes: { 'service.name': 'harbour' } },
    };
    expect((await read(printed)).spans).toMatchObject([{ ...common, status: expected.status, resource: { 'service.name': 'harbour' } }]);
  });
});

describe('clickhouse', () => {
  const row = {
    Timestamp: '2023-11-14 22:13:20.000250000',
    TraceId: TRACE,
    SpanId: SPAN,
    ParentSpanId: PARENT,
    SpanName: 'moor',
    ServiceName: 'harbour',
    ScopeName: 'pilot',
    ResourceAttributes: { berth: '3' },
    SpanAttributes: { knots: '41' },
    Duration: '1250000',
    StatusCode: 'STATUS_CODE_ERROR',
    StatusMessage: 'aground',
    'Events.Timestamp': ['2023-11-14 22:13:20.001000000'],
    'Events.Name': ['bump'],
    'Events.Attributes': [{ side: 'port' }],
  };
  const expected = {
    ...common,
    attributes: { knots: '41' },
    events: [{ name: 'bump', time: 1_700_000_000_001, attributes: { side: 'port' } }],
    status: { code: 2, message: 'aground' },
    scope: 'pilot',
    resource: { 'service.name': 'harbour', berth: '3' },
  };

  test.each<[string, object]>([
    ['a row', row],
    ['a result with its rows', { meta: [], data: [row], rows: 1 }],
    ['rows as lists', { meta: Object.keys(row).map((name) => ({ name, type: 'String' })), data: [Object.values(row)], rows: 1 }],
    ['maps as text', { ...row, SpanAttributes: "{'knots':'41'}", ResourceAttributes: '{"berth":"3"}' }],
    ['attributes as columns of type JSON', { ...row, ResourceAttributes: { berth: '3' } }],
  ])('%s', async (_, value) => {
    expect(await read(value)).toMatchObject({ spans: [expected], problems: [] });
  });

  test('a map as text has its quotes and line breaks', async () => {
    const { spans } = await read({ ...row, SpanAttributes: String.raw`{'a\'b':'{"x":"it\'s\\n"}','c':'\n'}` });
    expect(spans[0]?.attributes).toEqual({ "a'b": String.raw`{"x":"it's\n"}`, c: '\n' });
    for (const SpanAttributes of ["{'a':'b", "{'a'}", "{'a':'b'}x", "{'a':'b',", '[1]']) {
      expect((await read({ ...row, SpanAttributes })).reasons).toHaveLength(1);
    }
  });

  test('log records, by their span', async () => {
    const log = {
      Timestamp: row.Timestamp,
      TraceId: TRACE,
      SpanId: SPAN,
      Body: '{"side":"port"}',
      LogAttributes: { 'event.name': 'bump' },
    };
    expect((await read(log)).logs).toMatchObject([
      { traceId: TRACE, spanId: SPAN, eventName: 'bump', body: { side: 'port' }, attributes: { 'event.name': 'bump' }, time: common.start },
    ]);
    expect(await read({ ...log, SpanId: '' })).toMatchObject({ logs: [], documents: [], problems: [] });
  });
});

test('a part of OTLP by itself: a span, or what one resource wrote', async () => {
  const [resource] = request(2).resourceSpans;
  expect((await read(resource)).spans).toMatchObject([{ resource: { 'service.name': 'ferry' } }, {}]);
  const span = {
    trace_id: TRACE,
    span_id: SPAN,
    start_time_unix_nano: '1',
    name: 'moor',
    attributes: [{ key: 'a', value: { string_value: 'b' } }],
  };
  expect((await read({ data: [span], next_cursor: null })).spans).toMatchObject([{ name: 'moor', attributes: { a: 'b' } }]);
});

test.each([
  ['2023-11-14 22:13:20.123500000', 1_700_000_000_123.5],
  ['2023-11-15T00:13:20+02:00', 1_700_000_000_000],
  [1_700_000_000, 1_700_000_000_000],
  [1_700_000_000_123, 1_700_000_000_123],
  ['1700000000123456', 1_700_000_000_123.456],
  [0, undefined],
  ['yesterday', undefined],
])('the moment %s', (value, expected) => {
  expect(readMoment(value)).toBe(expected);
});

test('a span without ids is told, the others are read', async () => {
  const { spans, reasons } = await read({ traceID: TRACE, spans: [{ ...jaegerSpan, spanID: '' }, jaegerSpan], processes });
  expect(spans).toHaveLength(1);
  expect(reasons).toEqual(['a span without a span id that is 8 bytes in hex: skipped']);
});

test('whatever is missing or of another type, nothing throws, and no span lacks its ids', () => {
  const wholes: Json[] = [
    { traceID: TRACE, spans: [jaegerSpan], processes },
    { batches: request(1).resourceSpans },
    zipkinSpan,
    { context: { trace_id: TRACE, span_id: SPAN }, attributes: { llm: { a: [{ b: 1 }] } }, events: [{ attributes: {} }] },
    { TraceId: TRACE, SpanId: SPAN, SpanAttributes: { a: 'b' }, 'Events.Name': ['x'], 'Events.Attributes': [{}] },
  ];
  const odd = fc.oneof(fc.constantFrom(undefined, null, [], {}, [null], '', 'x', -1, true), fc.anything());
  fc.assert(
    fc.property(fc.constantFrom(...wholes), fc.nat(60), odd, (whole, at, value) => {
      let count = 0;
      const damaged = JSON.parse(JSON.stringify(whole), (key, each: unknown) => (key !== '' && count++ === at ? value : each)) as Json;
      for (const envelope of envelopes) {
        if (!envelope.detect(damaged)) continue;
        const { spans, logs, skipped } = envelope.read(damaged, { source: 'x' });
        for (const span of spans)
          expect(span).toMatchObject({
            traceId: expect.stringMatching(/^[0-9a-f]{32}$/u),
            spanId: expect.stringMatching(/^[0-9a-f]{16}$/u),
          });
        expect(logs).toEqual([]);
        expect(skipped.every((reason) => typeof reason === 'string')).toBe(true);
      }
    }),
  );
});
