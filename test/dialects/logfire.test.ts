import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logfire } from '../../src/dialects/logfire.ts';
import type { Span } from '../../src/dialects/span.ts';
import type { Observation } from '../../src/model/observation.ts';
import { damaged } from './damage.ts';
import { call, log, result, span, text } from './span.ts';

const json = JSON.stringify;
const read = (...spans: Span[]): Observation[] => logfire.readTogether?.(spans, () => []) ?? [];
const base = {
  'logfire.msg': 'chat a-model',
  'gen_ai.operation.name': 'chat',
  'gen_ai.system': 'openai',
  'gen_ai.request.model': 'a-model',
};
const chat = (attributes: Record<string, unknown> = {}, more: Partial<Span> = {}): Span => span({ ...base, ...attributes }, more);

const issued = { id: 'c1', type: 'function', function: { name: 'read_hive', arguments: '{"hive":4}' } };
const events = [
  { 'event.name': 'gen_ai.system.message', role: 'system', content: 'You keep bees.' },
  { 'event.name': 'gen_ai.user.message', role: 'user', content: 'How is hive 4?' },
];
const asked = [
  { role: 'system', parts: [text('You keep bees.')] },
  { role: 'user', parts: [text('How is hive 4?')] },
];
const answered = [{ role: 'assistant', parts: [call('c1', 'read_hive', { hive: 4 })] }];

test.each<[object, boolean]>([
  [base, true],
  [{ 'logfire.json_schema': '{}', 'gen_ai.tool.name': 'read_hive' }, true],
  [{ 'logfire.msg': 'GET /', 'http.method': 'GET' }, false],
  [{ 'gen_ai.operation.name': 'chat' }, false],
])('detect %j: %s', (attributes, expected) => {
  expect(logfire.detect(span(attributes as Span['attributes']))).toBe(expected);
});

describe('content of a model call', () => {
  test('as the conventions have it', () => {
    const input = json([{ role: 'user', parts: [{ type: 'tool_call_response', id: 'c1', name: 'read_hive', result: { frames: 8 } }] }]);
    const output = json([{ role: 'assistant', parts: [{ type: 'text', content: 'Full.' }], finish_reason: 'stop' }]);
    expect(read(chat({ 'gen_ai.input.messages': input, 'gen_ai.output.messages': output }))).toMatchObject([
      { dialect: 'logfire', input: [{ role: 'tool', parts: [result('c1', { frames: 8 })] }], output: [{ parts: [text('Full.')] }] },
    ]);
  });

  test('as events in one attribute', () => {
    const choice = { 'event.name': 'gen_ai.choice', index: 0, message: { role: 'assistant', tool_calls: [issued] } };
    expect(read(chat({ events: json([...events, choice]) }))).toMatchObject([{ input: asked, output: answered }]);
  });

  test('as events without a choice, the answer being the last of them', () => {
    const answer = { 'event.name': 'gen_ai.assistant.message', role: 'assistant', tool_calls: [issued] };
    expect(read(chat({ events: json([...events, answer]) }))).toMatchObject([{ input: asked, output: answered }]);
  });

  test('as log records beside the span', () => {
    const records = [
      log('gen_ai.user.message', { content: 'How is hive 4?' }),
      log('gen_ai.choice', { index: 0, message: { tool_calls: [issued] } }),
    ];
    expect(logfire.readTogether?.([chat()], () => records)).toMatchObject([{ input: [asked[1]], output: answered }]);
  });

  test('as bodies of request and answer, with their usage', () => {
    const request = {
      model: 'a-model',
      messages: [{ role: 'user', content: 'How is hive 4?' }],
      tools: [{ type: 'function', function: { name: 'read_hive' } }],
    };
    const response = {
      message: { role: 'assistant', tool_calls: [issued] },
      usage: { prompt_tokens: 30, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 10 } },
    };
    expect(read(chat({ request_data: json(request), response_data: json(response) }))).toMatchObject([
      {
        input: [asked[1]],
        output: answered,
        tools: [{ name: 'read_hive' }],
        usage: { inputTokens: 30, outputTokens: 5, cachedInputTokens: 10 },
      },
    ]);
  });
});

test('cached tokens stand in the usage as the provider told it', () => {
  const usage = { 'gen_ai.usage.input_tokens': 30, 'gen_ai.usage.output_tokens': 5 };
  const raw = json({ input_tokens: 30, input_tokens_details: { cached_tokens: 10 } });
  expect(read(chat({ ...usage, 'gen_ai.usage.raw': raw }))).toMatchObject([{ usage: { cachedInputTokens: 10 } }]);
  expect(read(chat({ ...usage, 'gen_ai.usage.raw': '{"cache_read_input_tokens":10}' }))).toMatchObject([
    { usage: { inputTokens: 30, outputTokens: 5 } },
  ]);
});

describe('a streamed answer', () => {
  const input = json([{ role: 'user', parts: [{ type: 'text', content: 'How is hive 4?' }] }]);
  const output = json([{ role: 'assistant', parts: [{ type: 'text', content: 'Full.' }] }]);
  const request = (spanId: string, start: number, more: Partial<Span> = {}): Span =>
    chat({ 'logfire.span_type': 'span', 'gen_ai.input.messages': input }, { spanId, start, end: start + 1, ...more });
  const over = (spanId: string, start: number, more: Partial<Span> = {}): Span =>
    chat(
      { 'logfire.span_type': 'log', 'gen_ai.input.messages': input, 'gen_ai.output.messages': output, 'gen_ai.usage.output_tokens': 5 },
      { spanId, start, end: start, ...more },
    );

  test('is that of its request, which lasts until it is over', () => {
    expect(read(over('b', 50), request('a', 10))).toMatchObject([
      { kind: 'model', origin: { spanId: 'a' }, start: 10, end: 50, output: [{ parts: [text('Full.')] }], usage: { outputTokens: 5 } },
    ]);
  });

  test('may stand in another trace, where neither has a parent', () => {
    expect(read(request('a', 10), over('b', 50, { traceId: 'f'.repeat(32) }))).toHaveLength(1);
    expect(read(request('a', 10, { parentSpanId: 'c' }), over('b', 50, { traceId: 'f'.repeat(32) }))).toHaveLength(2);
  });

  test('is not that of a request which failed or came later', () => {
    expect(read(request('a', 10, { status: { code: 2 } }), request('c', 20), over('b', 50))).toMatchObject([
      { origin: { spanId: 'a' }, error: 'error' },
      { origin: { spanId: 'c' }, end: 50 },
    ]);
    expect(read(request('a', 60), over('b', 50))).toHaveLength(2);
  });

  test('a span as it stood when it began is no other', () => {
    expect(read(request('a', 10), chat({ 'logfire.span_type': 'pending_span' }, { spanId: 'p', start: 10 }))).toHaveLength(1);
  });
});

describe('a tool', () => {
  const tool = (attributes: Record<string, unknown>): Observation | undefined =>
    read(span({ 'logfire.msg': 'running tool', 'gen_ai.tool.name': 'read_hive', 'gen_ai.tool.call.id': 'c1', ...attributes }))[0];

  test('as its first versions write it', () => {
    expect(tool({ tool_arguments: '{"hive":4}', tool_response: '{"frames":8}' })).toMatchObject({
      kind: 'tool',
      name: 'read_hive',
      callId: 'c1',
      arguments: { hive: 4 },
      result: '{"frames":8}',
    });
  });

  test('as the conventions have it; what was scrubbed is unknown', () => {
    const scrubbed = tool({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.call.arguments': '{"hive":4}',
      'gen_ai.tool.call.result': '{"key":"[Scrubbed due to \'secret\']"}',
    });
    expect(scrubbed).toMatchObject({ arguments: { hive: 4 } });
    expect(scrubbed).not.toHaveProperty('result');
  });
});

test('the span of an agent’s run is a scope, its messages and tokens being sums', () => {
  const run = {
    'logfire.msg': 'keeper run',
    'gen_ai.operation.name': 'invoke_agent',
    'pydantic_ai.all_messages': '[]',
    'gen_ai.usage.input_tokens': 99,
  };
  expect(read(span(run))).toMatchObject([{ kind: 'scope', agent: true, dialect: 'logfire' }]);
});

test('whatever is cut, gone or of another type: no crash', () => {
  const whole = {
    ...base,
    events: json(events),
    request_data: '{"messages":[]}',
    response_data: '{}',
    'gen_ai.usage.raw': '{}',
    'logfire.span_type': 'log',
  };
  fc.assert(
    fc.property(damaged(whole), damaged({ 'gen_ai.tool.name': 'read_hive', tool_arguments: '{}', tool_response: '{}' }), (call, tool) => {
      const spans = [span(call), span({ ...tool, 'logfire.msg': 'running tool' }, { spanId: 't' })];
      return read(...spans).length <= spans.length;
    }),
    { numRuns: 300 },
  );
});
