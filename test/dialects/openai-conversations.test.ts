import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openAiConversations } from '../../src/dialects/openai-conversations.ts';

const place = { source: 'log.jsonl', line: 3 };
const read = (value: object): ReturnType<typeof openAiConversations.read> => openAiConversations.read(value, place);
const user = { role: 'user', content: 'High water?' };
const says = (role: string, text: string): object => ({ role, parts: [{ type: 'text', text }] });
const common = { dialect: 'openai-conversations', origin: place };

describe('detect', () => {
  test.each<[string, object]>([
    ['chat messages', { messages: [user] }],
    ['fine-tuning data', { messages: [{ role: 'system', content: '' }, user], tools: [] }],
    ['Responses input', { input: [user] }],
    ['Responses output', { input: 'High water?', output: [{ type: 'message', role: 'assistant', content: [] }] }],
    ['a response', { object: 'response', output: [] }],
    ['a logged chat call', { request: { messages: [user] }, response: null }],
    ['a logged Responses call, the body as text', { request: { body: '{"input":"High water?"}' } }],
    ['messages of the wrong type, to say so', { messages: 'hello' }],
  ])('takes %s', (_, value) => {
    expect(openAiConversations.detect(value)).toBe(true);
  });

  test.each<[string, object]>([
    ['OTLP', { resourceSpans: [{ scopeSpans: [] }] }],
    ['a list', [{ role: 'user' }]],
    ['a trace of its own kind', { object: 'trace.span', span_data: { input: [] } }],
    ['messages that are no chat', { messages: [{ id: 7, body: 'lunch?' }] }],
    ['input that is no list', { input: 'x.csv', output: 'y.csv' }],
    ['a form with choices', { question: 'Which?', choices: ['a', 'b'] }],
    ['a request of another kind', { request: { method: 'GET' }, response: { status: 200 } }],
    ['nothing', {}],
  ])('leaves %s', (_, value) => {
    expect(openAiConversations.detect(value)).toBe(false);
  });
});

describe('a whole conversation is a transcript', () => {
  test('chat messages with id, model and tools', () => {
    const value = {
      id: 'c1',
      model: 'a-model',
      messages: [user, { role: 'assistant', content: '3.2 m.' }],
      tools: [{ name: 'read_tide' }],
    };
    expect(read(value)).toEqual([
      {
        ...common,
        kind: 'transcript',
        id: 'c1',
        model: 'a-model',
        messages: [says('user', 'High water?'), says('assistant', '3.2 m.')],
        tools: [{ name: 'read_tide' }],
      },
    ]);
  });

  test('Responses items; input and output may be text, instructions are the system prompt', () => {
    const [observation] = read({
      conversation_id: 7,
      instructions: 'Be brief.',
      input: 'High water?',
      output: [{ type: 'message', role: 'assistant', content: '3.2 m.' }],
    });
    const messages = [says('system', 'Be brief.'), says('user', 'High water?'), says('assistant', '3.2 m.')];
    expect(observation).toEqual({ ...common, kind: 'transcript', id: '7', messages });
    expect(read({ conversation_id: 7, instructions: 'Be brief.', input: [user], output: '3.2 m.' })).toEqual([observation]);
  });
});

describe('one request and its answer are a model call', () => {
  test('chat, several choices', () => {
    const request = { model: 'a-model', messages: [user], tools: [{ type: 'function', function: { name: 'read_tide' } }] };
    const response = {
      id: 'r1',
      model: 'a-model-2026',
      created: 1_790_000_000,
      usage: { prompt_tokens: 30, completion_tokens: 5 },
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: null, tool_calls: [{ id: 'a', function: { name: 'read_tide', arguments: '{}' } }] },
        },
        { index: 1, message: { role: 'assistant', content: '3 m?' } },
      ],
    };
    const expected = {
      ...common,
      kind: 'model',
      provider: 'openai',
      model: 'a-model-2026',
      responseId: 'r1',
      start: 1_790_000_000_000,
      usage: { inputTokens: 30, outputTokens: 5 },
      input: [says('user', 'High water?')],
      output: [
        { role: 'assistant', parts: [{ type: 'tool_call', id: 'a', name: 'read_tide', arguments: {} }], choice: 0 },
        { role: 'assistant', parts: [{ type: 'text', text: '3 m?' }], choice: 1 },
      ],
      tools: [{ name: 'read_tide' }],
    };
    expect(read({ request, response })).toEqual([expected]);
    expect(read({ request: { body: JSON.stringify(request) }, response: { status_code: 200, body: response } })).toEqual([expected]);
    expect(read({ ...request, response })).toEqual([expected]);
  });

  test('a Responses chain, with the times of the log', () => {
    const request = {
      instructions: 'Be brief.',
      input: [{ type: 'function_call_output', call_id: 'a', output: '3.2' }],
      previous_response_id: 'r1',
    };
    const response = {
      id: 'r2',
      object: 'response',
      created_at: 5,
      output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: '3.2 m.' }] }],
    };
    const [call] = read({
      request,
      response,
      started_at: '2026-01-01T00:00:00.250Z',
      ended_at: '2026-01-01T00:00:01Z',
      conversation_id: 'c',
    });
    expect(call).toEqual({
      ...common,
      kind: 'model',
      provider: 'openai',
      conversationId: 'c',
      responseId: 'r2',
      previousResponseId: 'r1',
      start: Date.UTC(2026, 0, 1, 0, 0, 0, 250),
      end: Date.UTC(2026, 0, 1, 0, 0, 1),
      input: [says('system', 'Be brief.'), { role: 'tool', parts: [{ type: 'tool_result', id: 'a', content: '3.2' }] }],
      output: [says('assistant', '3.2 m.')],
    });
  });

  test('a response alone has an output; what was asked is not known', () => {
    const [call] = read({ id: 'r2', object: 'response', previous_response_id: 'r1', instructions: 'Be brief.', output: [] });
    expect(call).toMatchObject({ kind: 'model', responseId: 'r2', previousResponseId: 'r1', output: [] });
    expect(call).not.toHaveProperty('input');
  });

  test('a failed call has an error and no output', () => {
    const [call] = read({
      request: { messages: [user] },
      response: { status_code: 429, body: { error: { message: 'Slow down.', code: 'rate_limit' } } },
    });
    expect(call).toMatchObject({ error: 'Slow down.' });
    expect(call).not.toHaveProperty('output');
  });

  test('embeddings are no model call', () => {
    expect(read({ request: { input: 'High water?' }, response: { object: 'list', data: [] } })).toEqual([]);
  });
});

describe('what cannot be read', () => {
  test.each<[object, RegExp]>([
    [{ messages: 'hello' }, /`messages` is not an array but a string/],
    [{ messages: null }, /`messages` is not an array but null/],
    [{ messages: { role: 'user' } }, /`messages` is not an array but an object/],
    [{ messages: [] }, /holds no message/],
    [{ messages: [{ role: 'narrator' }] }, /holds no message/],
  ])('%j is told in a sentence', (value, message) => {
    expect(() => read(value)).toThrow(message);
  });

  test('nothing else is thrown', () => {
    const keys = 'messages input output request response body choices message role content usage tools object error id'.split(' ');
    const key = fc.constantFrom(...keys);
    const anything = fc.anything({ maxDepth: 1, maxKeys: 3 });
    const inner = fc.dictionary(key, fc.oneof(anything, fc.constantFrom('user', 'response', 'list')));
    const middle = fc.dictionary(key, fc.oneof(inner, fc.array(inner, { maxLength: 3 }), anything));
    const document = fc.dictionary(key, fc.oneof(middle, fc.array(middle, { maxLength: 3 }), anything));
    fc.assert(
      fc.property(document, (value) => {
        openAiConversations.detect(value);
        try {
          return Array.isArray(read(value));
        } catch (error) {
          return error instanceof Error && /^(?:`messages` is not|the conversation holds)/u.test(error.message);
        }
      }),
      { numRuns: 300 },
    );
  });
});

test('rows of a table: lists are JSON text', () => {
  const row = { id: 'c1', messages: JSON.stringify([user, { role: 'assistant', content: '3.2 m.' }]), tools: '[{"name":"read_tide"}]' };
  expect(openAiConversations.detect(row)).toBe(true);
  expect(read(row)).toMatchObject([
    { id: 'c1', messages: [says('user', 'High water?'), says('assistant', '3.2 m.')], tools: [{ name: 'read_tide' }] },
  ]);
});

test('fine-tuning data with calls: arguments as text or objects, results by id or by name', () => {
  const call = (args: unknown): object => ({ type: 'function', function: { name: 'read_tide', arguments: args } });
  const value = {
    messages: [
      user,
      { role: 'assistant', tool_calls: [{ id: 't1', ...call('{"port":"Leith"}') }, call({ port: 'Oban' })] },
      { role: 'tool', tool_call_id: 't1', content: '3.2' },
      { role: 'tool', name: 'read_tide', content: '2.9' },
    ],
    tools: [{ type: 'function', function: { name: 'read_tide', parameters: {} } }],
    parallel_tool_calls: true,
  };
  expect(read(value)).toMatchObject([
    {
      kind: 'transcript',
      tools: [{ name: 'read_tide' }],
      messages: [
        {},
        {
          parts: [
            { id: 't1', arguments: { port: 'Leith' } },
            { name: 'read_tide', arguments: { port: 'Oban' } },
          ],
        },
        { parts: [{ id: 't1', content: '3.2' }] },
        { parts: [{ name: 'read_tide', content: '2.9' }] },
      ],
    },
  ]);
});
