import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openAiAgents } from '../../src/dialects/openai-agents.ts';
import type { Observation } from '../../src/model/observation.ts';
import { rebuildRuns } from '../../src/model/rebuild/index.ts';
import { runsOf } from '../support/runs-of.ts';
import { call, result, text } from './span.ts';

const place = { source: 'agents.jsonl', line: 1 };
const read = (value: object): Observation[] => openAiAgents.read(value, place);

const trace = { object: 'trace', id: 'trace_1', workflow_name: 'bakery', group_id: 'morning', metadata: {} };
/** A second of the morning, the span lasting half of it. */
const at = (second: number): object => ({
  started_at: `2026-05-02T05:00:0${second}.000Z`,
  ended_at: `2026-05-02T05:00:0${second}.500Z`,
});
const span = (id: string, parent_id: string | null, second: number, span_data: object, more: object = {}): object => ({
  object: 'trace.span',
  id,
  trace_id: 'trace_1',
  parent_id,
  ...at(second),
  span_data,
  error: null,
  ...more,
});

const asked = { role: 'user', content: 'Is the dough ready?' };
const doughCall = { id: 'call_dough', type: 'function', function: { name: 'probe_dough', arguments: '{"trough":2}' } };
const completion = (message: object): object => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'a-model-2026',
  choices: [{ index: 0, message }],
  usage: { prompt_tokens: 20, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 8 } },
});
const generation = (input: object[], output: object[]): object => ({ type: 'generation', model: 'a-model', input, output });
const probe = { type: 'function', name: 'probe_dough', input: '{"trough":2}', output: '{"risen":true}' };
const turn = (usage: object): object => ({
  type: 'custom',
  name: 'turn',
  data: { sdk_span_type: 'turn', turn: 1, agent_name: 'baker', usage },
});

test.each<[string, object, boolean]>([
  ['a trace', trace, true],
  ['a span', span('s', null, 0, probe), true],
  ['what the exporter sends', { data: [trace, span('s', null, 0, probe)] }, true],
  ['a span without data', { object: 'trace.span', id: 's' }, false],
  ['a list of another kind', { object: 'list', data: [{ object: 'trace', id: 't', workflow_name: 'w' }] }, false],
  ['a conversation', { messages: [asked] }, false],
])('detect: %s', (_, value, expected) => {
  expect(openAiAgents.detect(value)).toBe(expected);
});

describe('a model call', () => {
  test('of chat completions', () => {
    const data = generation(
      [{ role: 'system', content: 'Bake.' }, asked],
      [completion({ role: 'assistant', content: null, tool_calls: [doughCall] })],
    );
    expect(read(span('g', 'turn', 1, data))).toEqual([
      {
        kind: 'model',
        dialect: 'openai-agents',
        origin: { ...place, traceId: 'trace_1', spanId: 'g', parentSpanId: 'turn' },
        start: Date.parse('2026-05-02T05:00:01.000Z'),
        end: Date.parse('2026-05-02T05:00:01.500Z'),
        provider: 'openai',
        model: 'a-model-2026',
        responseId: 'chatcmpl-1',
        usage: { inputTokens: 20, outputTokens: 5, cachedInputTokens: 8 },
        input: [
          { role: 'system', parts: [text('Bake.')] },
          { role: 'user', parts: [text('Is the dough ready?')] },
        ],
        output: [{ role: 'assistant', choice: 0, parts: [call('call_dough', 'probe_dough', { trough: 2 })] }],
      },
    ]);
  });

  test('of the SDK for Python, which writes the message alone and the usage beside it', () => {
    const data = { ...generation([asked], [{ role: 'assistant', content: 'Ready.' }]), usage: { input_tokens: 9, output_tokens: 2 } };
    expect(read(span('g', null, 1, data))).toMatchObject([
      { model: 'a-model', usage: { inputTokens: 9, outputTokens: 2 }, output: [{ parts: [text('Ready.')] }] },
    ]);
  });

  test('of Responses, of which what is exported holds the id alone', () => {
    const [observed] = read(span('r', 'turn', 1, { type: 'response', response_id: 'resp_1' }));
    expect(observed).toMatchObject({ kind: 'model', responseId: 'resp_1' });
    expect(observed).not.toHaveProperty('input');
    expect(observed).not.toHaveProperty('output');
  });

  test('of Responses as it is while it lives', () => {
    const data = {
      type: 'response',
      response_id: 'resp_2',
      _input: [
        { type: 'message', role: 'user', content: 'Is the dough ready?' },
        { type: 'function_call', id: 'fc_1', callId: 'call_dough', name: 'probe_dough', arguments: '{"trough":2}' },
        { type: 'function_call_result', callId: 'call_dough', name: 'probe_dough', output: { type: 'text', text: '{"risen":true}' } },
      ],
      _response: {
        id: 'resp_2',
        object: 'response',
        model: 'a-model-2026',
        instructions: 'Bake.',
        output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Ready.' }] }],
        tools: [{ type: 'function', name: 'probe_dough' }],
        usage: { input_tokens: 30, output_tokens: 2, input_tokens_details: { cached_tokens: 16 } },
      },
    };
    expect(read(span('r', 'turn', 1, data))).toMatchObject([
      {
        responseId: 'resp_2',
        model: 'a-model-2026',
        tools: [{ name: 'probe_dough' }],
        usage: { inputTokens: 30, outputTokens: 2, cachedInputTokens: 16 },
        input: [
          { role: 'system', parts: [text('Bake.')] },
          { role: 'user' },
          { role: 'assistant', parts: [call('call_dough', 'probe_dough', { trough: 2 })] },
          { role: 'tool', parts: [result('call_dough', '{"risen":true}')] },
        ],
        output: [{ parts: [text('Ready.')] }],
      },
    ]);
  });

  test('that failed', () => {
    expect(read(span('r', null, 1, { type: 'response' }, { error: { message: '429 slow down' } }))).toMatchObject([
      { error: '429 slow down' },
    ]);
  });
});

test('tools and scopes', () => {
  const error = { message: 'Error running tool (non-fatal)', data: {} };
  expect(read(span('f', 'turn', 2, probe))).toMatchObject([
    { kind: 'tool', name: 'probe_dough', arguments: { trough: 2 }, result: '{"risen":true}' },
  ]);
  expect(read(span('f', 'turn', 2, { ...probe, output: null }, { error }))).toMatchObject([{ kind: 'tool', error: error.message }]);
  expect(read(span('a', null, 0, { type: 'agent', name: 'baker' }))).toMatchObject([{ kind: 'scope', name: 'baker', agent: true }]);
  expect(read(span('h', 'a', 0, { type: 'handoff', from_agent: 'a', to_agent: 'b' }))).toMatchObject([{ kind: 'scope', agent: false }]);
  expect(read(trace)).toMatchObject([{ kind: 'scope', name: 'bakery', conversationId: 'morning' }]);
});

describe('runs', () => {
  const usage = { input_tokens: 20, output_tokens: 5, cached_input_tokens: 8 };
  const agent = span('agent', null, 0, { type: 'agent', name: 'baker' });
  const turnSpan = span('turn', 'agent', 0, turn(usage));
  const stripped = span('r', 'turn', 1, { type: 'response', response_id: 'resp_1' });
  const tool = span('f', 'turn', 2, probe);

  test('of Responses without content: the tools of a turn are its batch, and what the turn used is what its call used', async () => {
    const [run, ...others] = await runsOf([trace, stripped, tool, turnSpan, agent]);
    expect(others).toEqual([]);
    expect(run).toMatchObject({
      conversationId: 'morning',
      turns: [{ captured: false, usage: { inputTokens: 20, outputTokens: 5, cachedInputTokens: 8 } }],
      calls: [{ id: 'f', name: 'probe_dough', arguments: { trough: 2 }, result: { content: '{"risen":true}' } }],
    });
  });

  test('of two traces are one where the second goes on from the first, unless their groups differ', async () => {
    const said = { role: 'assistant', content: 'Ready.' };
    const first = span('g', 'agent', 1, generation([asked], [completion(said)]));
    const next = span('g', 'agent', 5, generation([asked, said, { role: 'user', content: 'And the oven?' }], [completion(said)]));
    const inOther = { trace_id: 'trace_2', id: 'trace_2' };
    const second = [
      { ...next, trace_id: 'trace_2' },
      { ...agent, trace_id: 'trace_2' },
    ];
    const turnsOf = async (group_id: string): Promise<number[]> =>
      (await runsOf([trace, first, agent, { ...trace, ...inOther, group_id }, ...second])).map(({ turns }) => turns.length);
    expect(await turnsOf('morning')).toEqual([2]);
    expect((await turnsOf('evening')).length).toBe(2);
  });

  test('a span that is told twice, exported and alive, is one', async () => {
    const message = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Ready.' }] };
    const alive = span('r', 'turn', 1, {
      type: 'response',
      _input: 'Ready?',
      _response: { id: 'resp_1', object: 'response', output: [message] },
    });
    for (const documents of [
      [stripped, alive],
      [alive, stripped],
    ])
      expect((await runsOf(documents)).map(({ turns }) => turns.map((each) => each.text))).toEqual([[['Ready.']]]);
  });
});

test('nothing is thrown, whatever a span holds', () => {
  const item = fc.dictionary(
    fc.constantFrom('type', 'role', 'content', 'callId', 'output', 'arguments', 'choices', 'message', 'tool_calls', 'usage'),
    fc.oneof(fc.anything({ maxDepth: 2 }), fc.constantFrom('function_call', 'function_call_result', 'user', 'message')),
  );
  const value = fc.oneof(fc.anything(), item, fc.array(item));
  const data = fc.dictionary(
    fc.constantFrom('input', 'output', '_input', '_response', 'usage', 'data', 'name', 'response_id', 'model'),
    value,
  );
  const around = fc.dictionary(fc.constantFrom('trace_id', 'parent_id', 'started_at', 'ended_at', 'error'), fc.anything());
  const type = fc.constantFrom('generation', 'response', 'function', 'agent', 'custom', 'turn', undefined);
  fc.assert(
    fc.property(type, data, around, (kind, told, more) => {
      const document = { object: 'trace.span', id: 's', ...more, span_data: { ...told, type: kind } };
      expect(() => rebuildRuns(read(document))).not.toThrow();
    }),
  );
});
