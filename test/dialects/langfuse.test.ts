import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { langfuse } from '../../src/dialects/langfuse.ts';
import { removeCut } from '../../src/dialects/cut-content.ts';
import type { Observation } from '../../src/model/observation.ts';
import { rebuildRuns } from '../../src/model/rebuild/index.ts';
import { call, result, span, text } from './span.ts';

type Told = Record<string, unknown>;

const observation = (type: string, told: Told): Told =>
  Object.fromEntries([['type', type], ...Object.entries(told)].map(([key, value]) => [`langfuse.observation.${key}`, asText(value)]));
const asText = (value: unknown): unknown => (typeof value === 'string' ? value : JSON.stringify(value));
const read = (type: string, told: Told, more: object = {}): Observation | undefined =>
  langfuse.read(span({ ...observation(type, told), 'session.id': 'shift-4' }, more), []);

const asked = { role: 'user', content: 'Is the lamp lit?' };
const lampCall = { id: 'call_lamp', type: 'function', function: { name: 'check_lamp', arguments: '{"tower":"north"}' } };
const oilCall = { id: 'call_oil', type: 'function', function: { name: 'check_oil', arguments: '{"tank":2}' } };

test('detect: by the type of the observation, whoever wrote it', () => {
  expect(langfuse.detect(span(observation('generation', {})))).toBe(true);
  expect(langfuse.detect(span({ 'session.id': 'shift-4', 'langfuse.environment': 'test' }))).toBe(false);
  expect(langfuse.detect(span({ 'langfuse.observation.type': 7 }))).toBe(false);
});

describe('a generation', () => {
  test('of chat completions', () => {
    const told = {
      input: {
        messages: [{ role: 'system', content: 'Keep watch.' }, asked],
        tools: [{ type: 'function', function: { name: 'check_lamp' } }],
      },
      output: { role: 'assistant', content: null, tool_calls: [lampCall, oilCall] },
      'model.name': 'a-model-2026',
      usage_details: { input: 20, output: 7, total: 32, input_cached_tokens: 5, output_reasoning_tokens: 0 },
    };
    expect(read('generation', told, { start: 1, end: 2.5 })).toEqual({
      kind: 'model',
      dialect: 'langfuse',
      origin: expect.anything(),
      start: 1,
      end: 2.5,
      conversationId: 'shift-4',
      model: 'a-model-2026',
      usage: { inputTokens: 25, outputTokens: 7, cachedInputTokens: 5 },
      tools: [{ name: 'check_lamp' }],
      input: [
        { role: 'system', parts: [text('Keep watch.')] },
        { role: 'user', parts: [text('Is the lamp lit?')] },
      ],
      output: [
        {
          role: 'assistant',
          choice: 0,
          parts: [call('call_lamp', 'check_lamp', { tower: 'north' }), call('call_oil', 'check_oil', { tank: 2 })],
        },
      ],
    });
  });

  test('of Responses: an item alone, instructions and tools in the metadata, the call id rather than that of the item', () => {
    const item = { type: 'function_call', id: 'fc_1', call_id: 'call_lamp', name: 'check_lamp', arguments: '{"tower":"north"}' };
    const told = {
      input: [asked, item, { type: 'function_call_output', call_id: 'call_lamp', output: '{"lit":false}' }],
      output: item,
      'metadata.instructions': 'Keep watch.',
      'metadata.tools': [{ type: 'function', name: 'check_lamp' }],
      'metadata.previous_response_id': 'resp_0',
    };
    expect(read('generation', told)).toMatchObject({
      previousResponseId: 'resp_0',
      tools: [{ name: 'check_lamp' }],
      input: [
        { role: 'system', parts: [text('Keep watch.')] },
        { role: 'user' },
        { role: 'assistant', parts: [call('call_lamp', 'check_lamp', { tower: 'north' })] },
        { role: 'tool', parts: [result('call_lamp', '{"lit":false}')] },
      ],
      output: [{ role: 'assistant', parts: [call('call_lamp', 'check_lamp', { tower: 'north' })] }],
    });
  });

  test('of LangChain: calls with `args`, and results that have the name of their tool for a role', () => {
    const told = {
      input: [
        { role: 'human', content: 'Is the lamp lit?' },
        { role: 'ai', content: '', tool_calls: [{ id: 'call_lamp', name: 'check_lamp', args: { tower: 'north' }, type: 'tool_call' }] },
        { role: 'check_lamp', content: '{"lit":false}', additional_kwargs: {} },
      ],
      output: { content: '', role: 'assistant', additional_kwargs: { tool_calls: [oilCall] } },
    };
    expect(read('generation', told)).toMatchObject({
      input: [
        { role: 'user' },
        { role: 'assistant', parts: [call('call_lamp', 'check_lamp', { tower: 'north' })] },
        { role: 'tool', parts: [{ type: 'tool_result', name: 'check_lamp', content: '{"lit":false}' }] },
      ],
      output: [{ parts: [call('call_oil', 'check_oil', { tank: 2 })] }],
    });
  });

  const said = (output: unknown): unknown => {
    const observed = read('generation', { input: { messages: [asked] }, output });
    return observed?.kind === 'model' ? observed.output?.map(({ parts }) => parts) : 'no generation';
  };

  test.each<[string, unknown, unknown]>([
    ['text', 'It is lit.', [[text('It is lit.')]]],
    ['text in brackets', '[Log] It is lit.', [[text('[Log] It is lit.')]]],
    ['JSON that the model was asked for', '{"lit": true}', [[text('{"lit": true}')]]],
    ['a message without a role', { content: 'It is lit.' }, [[text('It is lit.')]]],
    ['several messages, of which the last is the answer', [asked, { role: 'assistant', content: 'Yes.' }], [[text('Yes.')]]],
    ['a message in a form not known here', { candidates: [{ parts: [{ functionCall: { name: 'check_lamp' } }] }] }, undefined],
    ['a message with calls among its content', { role: 'assistant', content: [{ type: 'tool_use', name: 'check_lamp' }] }, undefined],
    [
      'a message of the GenAI conventions',
      [{ role: 'assistant', parts: [{ type: 'tool_call', id: 'call_lamp', name: 'check_lamp', arguments: { tower: 'north' } }] }],
      [[call('call_lamp', 'check_lamp', { tower: 'north' })]],
    ],
    ['JSON that breaks off', '{"role":"assistant","content":"It is l', undefined],
    ['null', 'null', undefined],
    ['empty, as where a stream lost its calls', '', undefined],
  ])('whose output is %s', (_, output, expected) => {
    expect(said(output)).toEqual(expected);
  });

  test('whose output is the whole completion keeps the times of the span', () => {
    const output = {
      object: 'chat.completion',
      id: 'chatcmpl-1',
      created: 9,
      choices: [{ message: { role: 'assistant', content: 'Yes.' } }],
    };
    expect(read('generation', { output }, { start: 1, end: 2 })).toMatchObject({ start: 1, end: 2, responseId: 'chatcmpl-1' });
  });

  test('whose tool is named like a role leaves the messages as they are', () => {
    const input = [{ role: 'assistant', content: '', tool_calls: [{ ...lampCall, function: { name: 'user', arguments: '{}' } }] }, asked];
    expect(read('generation', { input })).toMatchObject({ input: [{ role: 'assistant' }, { role: 'user' }] });
  });

  test('that failed: only the level says so', () => {
    expect(read('generation', { input: { messages: [asked] }, level: 'ERROR', status_message: '429' })).toMatchObject({ error: '429' });
    expect(read('generation', { level: 'ERROR' })).toMatchObject({ error: 'error' });
    expect(read('generation', { level: 'WARNING', status_message: 'slow' })).not.toHaveProperty('error');
  });

  test.each<[string, object, object | undefined]>([
    [
      'details of other providers',
      { input: 3, output: 4, cache_read_input_tokens: 10 },
      { inputTokens: 13, outputTokens: 4, cachedInputTokens: 10 },
    ],
    [
      'a total that says that the input has the cached in it',
      { input: 20, output: 4, total: 24, input_cached_tokens: 8 },
      { inputTokens: 20, outputTokens: 4, cachedInputTokens: 8 },
    ],
    ['the names of the API', { prompt_tokens: 20, completion_tokens: 4 }, { inputTokens: 20, outputTokens: 4 }],
    ['nothing but zeros', { input: 0, output: 0, total: 0 }, undefined],
  ])('tokens with %s', (_, usage_details, usage) => {
    const observed = read('generation', { usage_details });
    expect(observed).toHaveProperty('kind', 'model');
    expect(observed?.kind === 'model' && observed.usage).toEqual(usage);
  });
});

test('tools, agents, and what only carries ancestry', () => {
  expect(read('tool', { input: { tower: 'north' }, output: { lit: true } }, { name: 'check_lamp', start: 3, end: 4 })).toMatchObject({
    kind: 'tool',
    name: 'check_lamp',
    arguments: { tower: 'north' },
    result: { lit: true },
    start: 3,
    end: 4,
  });
  expect(read('tool', { input: { args: [], kwargs: { tower: 'north' } } })).toMatchObject({ arguments: { tower: 'north' } });
  expect(read('tool', { input: { args: ['north'], kwargs: {} } })).not.toHaveProperty('arguments');
  expect(read('tool', { input: 'north', level: 'ERROR', status_message: 'no such tower' })).toMatchObject({ error: 'no such tower' });
  expect(read('agent', {}, { name: 'keeper' })).toMatchObject({ kind: 'scope', name: 'keeper', agent: true });
  expect(read('retriever', {})).toMatchObject({ kind: 'scope', agent: false });
});

describe('calls of a stream that were merged into one', () => {
  const merged = { tool_calls: [{ function: { name: 'check_oil', arguments: '{"tower":"north"}{"tank":2}' } }] };
  const results = [
    { role: 'tool', tool_call_id: 'call_lamp', content: '{"lit":false}' },
    { role: 'tool', tool_call_id: 'call_oil', content: '{"litres":40}' },
  ];
  const first = observation('generation', { input: { messages: [asked] }, output: merged });
  const next = observation('generation', {
    input: { messages: [asked, { role: 'assistant', content: null, tool_calls: [lampCall, oilCall] }, ...results] },
    output: 'The lamp is out, with 40 litres left.',
  });
  const at = (attributes: Told, id: string, start: number, more: object = {}): Observation =>
    langfuse.read(span(attributes, { spanId: id, start, end: start + 1, ...more }), []) as Observation;

  test('are told by the next request', () => {
    const [run] = rebuildRuns([at(first, 'a', 1), at(next, 'b', 5)]);
    expect(run?.turns.map(({ calls }) => calls.map(({ id, name }) => `${id} ${name}`))).toEqual([
      ['call_lamp check_lamp', 'call_oil check_oil'],
      [],
    ]);
  });

  test('are unknown where none follows, and those that ran are known from their spans', () => {
    expect(at(first, 'a', 1)).not.toHaveProperty('output');
    const [alone] = rebuildRuns([at(first, 'a', 1)]);
    expect(alone?.turns).toMatchObject([{ captured: false, calls: [] }]);
    const tool = at(observation('tool', { input: { tower: 'north' } }), 't', 3, { name: 'check_lamp' });
    expect(rebuildRuns([at(first, 'a', 1), tool])[0]?.calls).toMatchObject([{ id: 't', name: 'check_lamp' }]);
  });

  test('a single call without an id gets that of the history', () => {
    const lone = observation('generation', {
      input: { messages: [asked] },
      output: { tool_calls: [{ function: { name: 'check_lamp', arguments: '{"tower":"north"}' } }] },
    });
    const after = observation('generation', { input: { messages: [asked, { role: 'assistant', tool_calls: [lampCall] }, results[0]] } });
    expect(rebuildRuns([at(lone, 'a', 1), at(after, 'b', 5)])[0]?.calls).toMatchObject([{ id: 'call_lamp', ran: true }]);
  });
});

test('content that a limit cut is taken out', () => {
  const cut = span(observation('tool', { input: `{"log":"${'x'.repeat(248)}` }));
  expect(removeCut(cut)).toEqual([256]);
  expect(langfuse.read(cut, [])).not.toHaveProperty('arguments');
});

test('nothing is thrown, whatever the attributes hold', () => {
  const keys = [
    'input',
    'output',
    'metadata',
    'metadata.tools',
    'metadata.instructions',
    'model.name',
    'usage_details',
    'level',
    'status_message',
  ];
  const message = fc.dictionary(
    fc.constantFrom('role', 'content', 'tool_calls', 'additional_kwargs', 'kwargs', 'id', 'type', 'call_id', 'arguments', 'messages'),
    fc.oneof(fc.anything({ maxDepth: 2 }), fc.constantFrom('assistant', 'tool', 'function_call', '{"a":1}{', 'constructor')),
  );
  const value = fc.oneof(fc.anything(), fc.json(), message, fc.array(message), message.map(asText), fc.array(message).map(asText));
  const attributes = fc.dictionary(fc.constantFrom(...keys), value);
  fc.assert(
    fc.property(fc.constantFrom('generation', 'tool', 'agent', 'span', '__proto__'), attributes, fc.nat(400), (type, told, length) => {
      const cut = Object.fromEntries(
        Object.entries(told).map(([key, each]) => [key, typeof each === 'string' ? each.slice(0, length) : each]),
      );
      const prefixed = Object.fromEntries(Object.entries(cut).map(([key, each]) => [`langfuse.observation.${key}`, each]));
      const observed = langfuse.read(span({ 'langfuse.observation.type': type, ...prefixed }), []) as Observation;
      expect(() => rebuildRuns([observed])).not.toThrow();
    }),
  );
});
