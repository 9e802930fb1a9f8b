import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { braintrustRows } from '../../src/dialects/braintrust-rows.ts';
import { braintrust } from '../../src/dialects/braintrust.ts';
import type { Span } from '../../src/dialects/span.ts';
import type { Observation } from '../../src/model/observation.ts';
import { damaged } from './damage.ts';
import { call, result, span, text } from './span.ts';

const place = { source: 'rows.jsonl', line: 4 };
const read = (row: object): Observation[] => braintrustRows.read(row, place);
const row = (type: string, more: object): Record<string, unknown> => ({
  span_id: 's1',
  root_span_id: 'r1',
  span_parents: ['p1'],
  span_attributes: { name: 'read_tide', type },
  metrics: { start: 1_800_000_000.5, end: 1_800_000_001 },
  ...more,
});

const asked = [
  { role: 'system', content: 'You pilot ships.' },
  { role: 'user', content: 'Can we enter?' },
];
const choice = {
  index: 0,
  finish_reason: 'tool_calls',
  message: {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'c1', type: 'function', function: { name: 'read_tide', arguments: '{"gauge":1}' } }],
  },
};
const llm = row('llm', {
  input: asked,
  output: [choice],
  metadata: { model: 'a-model', provider: 'openai', tools: [{ type: 'function', function: { name: 'read_tide' } }] },
  metrics: { start: 1_800_000_000.5, end: 1_800_000_001, prompt_tokens: 30, completion_tokens: 5, prompt_cached_tokens: 10 },
});

describe('detect', () => {
  test.each<[string, object, boolean]>([
    ['a row', llm, true],
    ['a page of the API', { events: [llm], cursor: 'x' }, true],
    ['an answer to a query', { data: [llm] }, true],
    ['a row of a table', { span_id: 's', root_span_id: 'r', span_attributes: '{"type":"llm"}' }, true],
    ['a conversation', { messages: asked }, false],
    ['another trace', { span_id: 's', trace_id: 'r' }, false],
  ])('%s', (_, value, expected) => {
    expect(braintrustRows.detect(value)).toBe(expected);
  });

  test.each<[object, boolean]>([
    [{ 'braintrust.span_attributes': '{"type":"llm"}' }, true],
    [{ 'braintrust.span_attributes': 'llm' }, false],
    // Spans of others that only go to Braintrust.
    [{ 'braintrust.parent': 'project_name:x', 'gen_ai.operation.name': 'chat' }, false],
  ])('attributes %j: %s', (attributes, expected) => {
    expect(braintrust.detect(span(attributes as Span['attributes']))).toBe(expected);
  });
});

describe('rows', () => {
  test('a model call', () => {
    expect(read(llm)).toEqual([
      {
        kind: 'model',
        dialect: 'braintrust',
        origin: { ...place, traceId: 'r1', spanId: 's1', parentSpanId: 'p1' },
        start: 1_800_000_000_500,
        end: 1_800_000_001_000,
        model: 'a-model',
        provider: 'openai',
        input: [
          { role: 'system', parts: [text('You pilot ships.')] },
          { role: 'user', parts: [text('Can we enter?')] },
        ],
        output: [{ role: 'assistant', parts: [call('c1', 'read_tide', { gauge: 1 })], choice: 0 }],
        tools: [{ name: 'read_tide' }],
        usage: { inputTokens: 30, outputTokens: 5, cachedInputTokens: 10 },
      },
    ]);
  });

  test('of the Responses API: items, instructions and the chain of responses', () => {
    const [observation] = read(
      row('llm', {
        input: [{ type: 'function_call_output', call_id: 'c1', output: '3.2' }],
        output: [
          { type: 'function_call', id: 'fc_1', call_id: 'c2', name: 'read_wind', arguments: '{}' },
          { type: 'function_call', id: 'fc_2', call_id: 'c3', name: 'read_swell', arguments: '{}' },
        ],
        metadata: { object: 'response', id: 'resp_2', previous_response_id: 'resp_1', instructions: 'You pilot ships.', model: 'a-model' },
      }),
    );
    expect(observation).toMatchObject({
      responseId: 'resp_2',
      previousResponseId: 'resp_1',
      input: [{ role: 'system' }, { role: 'tool', parts: [result('c1', '3.2')] }],
      output: [{ parts: [call('c2', 'read_wind', {}), call('c3', 'read_swell', {})] }],
    });
  });

  test('what is JSON text in a table is read', () => {
    const cells = Object.fromEntries(
      Object.entries(llm).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
    );
    expect(read(cells)).toEqual(read(llm));
  });

  test.each<[string, object]>([
    ['another form of messages', { input: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1' }] }] }],
    ['another form of the answer', { output: { role: 'assistant', content: [{ type: 'tool_use', name: 'read_tide' }] } }],
    ['JSON that was cut', { input: '[{"role":"user","con' }],
  ])('%s is unknown', (_, more) => {
    const [observation] = read({ ...llm, ...more });
    expect(observation).toMatchObject({ kind: 'model', usage: { inputTokens: 30 } });
    expect(observation).not.toHaveProperty('input');
    expect(observation).not.toHaveProperty('output');
  });

  test('a tool, one that threw, a function whose arguments are no object', () => {
    expect(read(row('tool', { input: { gauge: 1 }, output: { metres: 3.2 } }))).toMatchObject([
      { kind: 'tool', name: 'read_tide', arguments: { gauge: 1 }, result: { metres: 3.2 } },
    ]);
    const [threw] = read(row('tool', { input: { gauge: 1 }, error: 'no signal\n\nError: no signal' }));
    expect(threw).toMatchObject({ error: 'no signal\n\nError: no signal' });
    expect(threw).not.toHaveProperty('result');
    expect(read(row('tool', { input: [1, 2], output: 'high' }))[0]).not.toHaveProperty('arguments');
  });

  test('a request that failed, and what is neither call nor tool', () => {
    expect(read(row('llm', { input: asked, error: '429 slow down' }))).toMatchObject([{ kind: 'model', error: '429 slow down' }]);
    expect(read(row('score', { output: 1 }))).toMatchObject([{ kind: 'scope', agent: false, start: 1_800_000_000_500 }]);
  });
});

const attributes = {
  'braintrust.span_attributes': '{"type":"llm"}',
  'braintrust.input_json': JSON.stringify(asked),
  'braintrust.output_json': JSON.stringify([choice]),
  'braintrust.metadata': '{"provider":"openai","model":"a-model"}',
  'braintrust.metrics': '{"prompt_tokens":30,"completion_tokens":5}',
};

describe('spans', () => {
  test('a model call', () => {
    expect(braintrust.read(span(attributes), [])).toMatchObject({
      kind: 'model',
      input: [{ role: 'system' }, { role: 'user' }],
      output: [{ parts: [call('c1', 'read_tide', { gauge: 1 })] }],
      usage: { inputTokens: 30, outputTokens: 5 },
    });
  });

  test('a tool, by the name of its span; text that is no JSON', () => {
    const of = { 'braintrust.span_attributes': '{"type":"tool"}', 'braintrust.input_json': '{"gauge":1}', 'braintrust.output': 'high' };
    expect(braintrust.read(span(of, { name: 'read_tide' }), [])).toMatchObject({
      name: 'read_tide',
      arguments: { gauge: 1 },
      result: 'high',
    });
    const failed = { ...of, 'braintrust.output': undefined };
    expect(braintrust.read(span(failed, { status: { code: 2, message: 'no signal' } }), [])).toMatchObject({ error: 'no signal' });
  });

  test('content that was cut is unknown', () => {
    const cut = { ...attributes, 'braintrust.output_json': attributes['braintrust.output_json'].slice(0, 90) };
    expect(braintrust.read(span(cut), [])).not.toHaveProperty('output');
  });
});

test('whatever is cut, gone or of another type: no crash', () => {
  fc.assert(
    fc.property(damaged(llm), damaged(attributes), (left, leftOfSpan) => {
      for (const observation of braintrustRows.detect(left) ? read(left) : [])
        if (!['model', 'tool', 'scope'].includes(observation.kind)) return false;
      return braintrust.read(span(leftOfSpan), []) !== undefined;
    }),
    { numRuns: 300 },
  );
});
