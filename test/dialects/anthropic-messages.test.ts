import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anthropicMessages } from '../../src/dialects/anthropic-messages.ts';
import { openAiConversations } from '../../src/dialects/openai-conversations.ts';
import { readValues } from '../../src/sources/read-traces.ts';
import { analyzeRun } from '../../src/analysis/analyze-run.ts';

const place = { source: 'log.jsonl', line: 3 };
const read = (value: object): ReturnType<typeof anthropicMessages.read> => anthropicMessages.read(value, place);
const user = (content: unknown): object => ({ role: 'user', content });
const model = (...content: object[]): object => ({ role: 'assistant', content });
const use = (id: string, name: string, input: unknown): object => ({ type: 'tool_use', id, name, input });
const result = (id: string, content: unknown, more: object = {}): object => ({ type: 'tool_result', tool_use_id: id, content, ...more });
const says = (text: string): object => ({ type: 'text', text });
const tool = { name: 'read_tide', description: 'Height of the tide', input_schema: { type: 'object', properties: { port: {} } } };
const answer = { type: 'message', role: 'assistant', id: 'msg_1', model: 'a-model-2', content: [says('3.2 m.')], stop_reason: 'end_turn' };

describe('detect', () => {
  test.each<[string, object]>([
    ['a conversation with calls', { messages: [user('Tide?'), model(use('t1', 'read_tide', {}))] }],
    ['one with thinking', { messages: [model({ type: 'thinking', thinking: 'Hm.' })] }],
    ['one of text alone, by its system prompt', { system: 'Be brief.', messages: [user('Tide?')] }],
    ['one of text alone, by its tools', { tools: [tool], messages: [user('Tide?')] }],
    ['a call', { request: { messages: [user('Tide?')] }, response: answer }],
    ['a call as a proxy logs it', { request: { body: '{}' }, response: { status_code: 200, body: JSON.stringify(answer) } }],
    ['an answer alone', answer],
  ])('takes %s', (_, value) => {
    expect(anthropicMessages.detect(value)).toBe(true);
  });

  test.each<[string, object]>([
    ['chat messages', { messages: [user('Tide?'), { role: 'assistant', content: '3.2 m.' }] }],
    ['chat messages beside a system prompt', { system: 'x', messages: [{ role: 'assistant', tool_calls: [] }] }],
    ['content parts of other APIs', { messages: [user([says('Tide?')])] }],
    ['a Responses item', { input: [{ type: 'message', role: 'assistant', content: [] }] }],
    ['nothing', {}],
  ])('leaves %s', (_, value) => {
    expect(anthropicMessages.detect(value)).toBe(false);
  });

  test('what it takes has no chat message that others would read', () => {
    expect(openAiConversations.detect({ messages: [user('Tide?')] })).toBe(true);
  });
});

test('a whole conversation: results come before what the user says beside them', () => {
  const value = {
    id: 'c1',
    model: 'a-model',
    system: [says('Be brief.')],
    tools: [tool, { type: 'web_search_20250305', name: 'web_search' }],
    messages: [
      user('Tide at Leith?'),
      model(
        { type: 'thinking', thinking: 'Look it up.' },
        says('One moment.'),
        use('t1', 'read_tide', { port: 'Leith' }),
        use('t2', 'read_wind', {}),
      ),
      user([result('t1', [says('3.2 m')]), result('t2', 'no such station', { is_error: true }), says('And quick.')]),
      { role: 'assistant', content: '3.2 m.' },
    ],
  };
  expect(read(value)).toEqual([
    {
      kind: 'transcript',
      dialect: 'anthropic-messages',
      origin: place,
      id: 'c1',
      model: 'a-model',
      tools: [{ name: 'read_tide', description: 'Height of the tide' }, { name: 'web_search' }],
      messages: [
        { role: 'system', parts: [says('Be brief.')] },
        { role: 'user', parts: [says('Tide at Leith?')] },
        {
          role: 'assistant',
          parts: [
            { type: 'reasoning', text: 'Look it up.' },
            says('One moment.'),
            { type: 'tool_call', id: 't1', name: 'read_tide', arguments: { port: 'Leith' } },
            { type: 'tool_call', id: 't2', name: 'read_wind', arguments: {} },
          ],
        },
        {
          role: 'tool',
          parts: [
            { type: 'tool_result', id: 't1', content: '3.2 m' },
            { type: 'tool_result', id: 't2', content: 'no such station', error: true },
          ],
        },
        { role: 'user', parts: [says('And quick.')] },
        { role: 'assistant', parts: [says('3.2 m.')] },
      ],
    },
  ]);
});

test('a call: input tokens are all of the input, with what the cache held and took', () => {
  const usage = { input_tokens: 20, cache_read_input_tokens: 100, cache_creation_input_tokens: 7, output_tokens: 9 };
  const [call] = read({
    session_id: 's1',
    started_at: '2026-05-04T09:00:00.250Z',
    ended_at: '2026-05-04T09:00:01Z',
    request: { model: 'a-model', system: 'Be brief.', messages: [user('Tide?')], tools: [tool] },
    response: { ...answer, usage },
  });
  expect(call).toMatchObject({
    kind: 'model',
    provider: 'anthropic',
    model: 'a-model-2',
    responseId: 'msg_1',
    conversationId: 's1',
    start: Date.parse('2026-05-04T09:00:00.250Z'),
    end: Date.parse('2026-05-04T09:00:01Z'),
    input: [
      { role: 'system', parts: [says('Be brief.')] },
      { role: 'user', parts: [says('Tide?')] },
    ],
    output: [{ role: 'assistant', parts: [says('3.2 m.')] }],
    usage: { inputTokens: 127, outputTokens: 9, cachedInputTokens: 100 },
  });
});

test('a call that failed', () => {
  const [call] = read({
    request: { messages: [user('Tide?')], system: 'x' },
    response: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
  });
  expect(call).toMatchObject({ kind: 'model', error: 'Overloaded' });
  expect(call).not.toHaveProperty('output');
});

test("the provider's own tools run within the answer", () => {
  const [call] = read({
    ...answer,
    content: [
      { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'tide' } },
      {
        type: 'web_search_tool_result',
        tool_use_id: 's1',
        content: { type: 'web_search_tool_result_error', error_code: 'max_uses_exceeded' },
      },
      { type: 'mcp_tool_use', id: 's2', name: 'chart', input: {} },
      { type: 'mcp_tool_result', tool_use_id: 's2', content: [says('a chart')] },
      { ...use('t1', 'read_tide', {}), caller: { type: 'code_execution_20250825', tool_id: 's2' } },
    ],
  });
  expect(call).toMatchObject({
    output: [
      {
        parts: [
          { type: 'tool_call', id: 's1', server: true },
          { type: 'tool_result', id: 's1', server: true, error: true },
          { type: 'tool_call', id: 's2', name: 'chart', server: true },
          { type: 'tool_result', id: 's2', content: 'a chart', server: true },
          { type: 'tool_call', id: 't1', program: true },
        ],
      },
    ],
  });
});

test('calls of one conversation, a line each, are one run with its batches', () => {
  const first = model(
    use('toolu_aaaaaaaaaaaa1', 'read_tide', { port: 'Leith' }),
    use('toolu_aaaaaaaaaaaa2', 'read_wind', { port: 'Leith' }),
  );
  const results = user([result('toolu_aaaaaaaaaaaa1', 'height 3.217 m'), result('toolu_aaaaaaaaaaaa2', 'gusts of 41 knots')]);
  const asked = [user('Tide and wind at Leith?')];
  const runs = readValues(
    [
      {
        request: { system: 'x', messages: [...asked, first, results] },
        response: { ...answer, id: 'msg_2', content: [says('The tide is at 3.217 m.')] },
      },
      { request: { system: 'x', messages: asked }, response: { ...answer, content: (first as { content: object[] }).content } },
    ],
    (problem) => expect(problem).toBeUndefined(),
  );
  expect(runs).toHaveLength(1);
  expect(analyzeRun(runs[0] as (typeof runs)[0]).report.calls).toMatchObject([
    { name: 'read_tide', batchSize: 2, verdict: 'used' },
    { name: 'read_wind', batchSize: 2, verdict: 'wasted', wasted: 'unused' },
  ]);
});

test('damage is read around', () => {
  const damage = fc.oneof(
    fc.constant(undefined),
    fc.constant(null),
    fc.string(),
    fc.integer(),
    fc.constant([]),
    fc.constant({}),
    fc.constant([null]),
  );
  const keys = [
    'role',
    'content',
    'type',
    'id',
    'name',
    'input',
    'tool_use_id',
    'is_error',
    'text',
    'usage',
    'input_tokens',
    'system',
    'tools',
  ];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...keys), damage, { maxKeys: 4 }), fc.nat(60), (changes, at) => {
      let count = 0;
      const damaged = JSON.parse(
        JSON.stringify({
          request: { system: 'x', tools: [tool], messages: [user('Tide?'), model(use('t1', 'read_tide', {})), user([result('t1', 'x')])] },
          response: { ...answer, usage: { input_tokens: 1 } },
        }),
        (key, value: unknown) => (key in changes && count++ >= at % 5 ? changes[key] : value),
      ) as object;
      for (const value of [damaged, (damaged as { request?: object }).request ?? {}]) {
        if (!anthropicMessages.detect(value)) continue;
        try {
          expect(read(value)).toHaveLength(1);
        } catch (error) {
          expect((error as Error).message).toMatch(/^the conversation holds no message/u);
        }
      }
    }),
  );
});
