import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { langSmithRuns } from '../../src/dialects/langsmith-runs.ts';
import type { Observation } from '../../src/model/observation.ts';
import { rebuildRuns } from '../../src/model/rebuild/index.ts';

const TRACE = '01a20927-eadd-7603-9309-463ab5ca72d6';
const place = { source: 'runs.jsonl', line: 1 };
const read = (value: object): Observation[] => langSmithRuns.read(value, place);
const run = (id: string, run_type: string, more: object): object => ({ id, trace_id: TRACE, run_type, name: run_type, ...more });

describe('detect', () => {
  test.each<[string, object, boolean]>([
    ['a run', run('a', 'chain', {}), true],
    ['a run as it is exported in bulk', { run_type: 'llm', dotted_order: '20261123T160540702001Za' }, true],
    ['a conversation', { messages: [{ role: 'user', content: 'Hi' }] }, false],
    ['any object with an id', { id: 'a', name: 'b' }, false],
    ['a page of the API', { runs: [run('a', 'chain', {})], cursors: {} }, true],
    ['what the SDKs send', { post: [run('a', 'chain', {})], patch: [] }, true],
  ])('%s', (_, value, expected) => {
    expect(langSmithRuns.detect(value)).toBe(expected);
  });
});

const lc = (type: string, kwargs: object): object => ({ lc: 1, type: 'constructor', id: ['langchain_core', 'messages', type], kwargs });
const issued = lc('AIMessageChunk', {
  content: '',
  tool_calls: [{ id: 'call_1', name: 'get_calendar', args: { doctor: 'Okafor' }, type: 'tool_call' }],
  invalid_tool_calls: [{ id: 'call_2', name: 'book', args: '{"slot', type: 'invalid_tool_call' }],
  usage_metadata: { input_tokens: 312, output_tokens: 96, input_token_details: { audio: 0, cache_read: 256 } },
  response_metadata: { model_name: 'gpt-4.1-2025-04-14' },
});

describe('LangChain', () => {
  const model = run('b', 'llm', {
    parent_run_id: 'a',
    start_time: '2026-11-23T16:05:40.892015Z',
    end_time: 1_795_449_940_929,
    inputs: {
      messages: [[lc('SystemMessage', { content: 'Be brief.' }), lc('HumanMessage', { content: [{ type: 'text', text: 'Tuesday?' }] })]],
    },
    outputs: { generations: [[{ text: '', message: issued }]] },
    extra: {
      invocation_params: { tools: [{ type: 'function', function: { name: 'get_calendar' } }] },
      metadata: { ls_provider: 'openai', thread_id: 'sess-1' },
    },
  });

  test('a model call', () => {
    expect(read(model)).toEqual([
      {
        kind: 'model',
        dialect: 'langsmith',
        origin: { ...place, traceId: TRACE, spanId: 'b', parentSpanId: 'a' },
        start: Date.parse('2026-11-23T16:05:40.892Z'),
        end: 1_795_449_940_929,
        provider: 'openai',
        model: 'gpt-4.1-2025-04-14',
        conversationId: 'sess-1',
        usage: { inputTokens: 312, outputTokens: 96, cachedInputTokens: 256 },
        tools: [{ name: 'get_calendar' }],
        input: [
          { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
          { role: 'user', parts: [{ type: 'text', text: 'Tuesday?' }] },
        ],
        output: [
          {
            role: 'assistant',
            choice: 0,
            parts: [
              { type: 'tool_call', id: 'call_1', name: 'get_calendar', arguments: { doctor: 'Okafor' } },
              { type: 'tool_call', id: 'call_2', name: 'book', arguments: '{"slot' },
            ],
          },
        ],
      },
    ]);
  });

  test('messages that are alive serialize themselves', () => {
    const alive = { lc_serializable: true, toJSON: () => lc('HumanMessage', { content: 'Tuesday?' }) };
    const [call] = read(run('b', 'llm', { inputs: { messages: [[alive]] }, outputs: {} }));
    expect(call).toMatchObject({ input: [{ role: 'user', parts: [{ type: 'text', text: 'Tuesday?' }] }] });
  });

  test('a tool, with the id of its call', () => {
    const output = lc('ToolMessage', { content: '{"slots":[]}', tool_call_id: 'call_1', status: 'success' });
    expect(
      read(run('c', 'tool', { name: 'get_calendar', inputs: { doctor: 'Okafor' }, outputs: { output }, start_time: 5, end_time: 9 })),
    ).toMatchObject([
      {
        kind: 'tool',
        name: 'get_calendar',
        callId: 'call_1',
        arguments: { doctor: 'Okafor' },
        result: '{"slots":[]}',
        start: 5000,
        end: 9000,
      },
    ]);
  });

  test('a tool that threw keeps the id, and its error', () => {
    const [tool] = read(
      run('c', 'tool', { inputs: { input: '{"slot_id":"s"}' }, error: 'slot_not_found', extra: { tool_call_id: 'call_1' } }),
    );
    expect(tool).toMatchObject({ callId: 'call_1', arguments: { slot_id: 's' }, error: 'slot_not_found' });
    expect(tool).not.toHaveProperty('result');
  });
});

describe('a traceable', () => {
  const [asked, answered] = [
    { role: 'user', content: 'Tuesday?' },
    { role: 'assistant', content: 'Yes.' },
  ];
  const says = [{ role: 'assistant', choice: 0, parts: [{ type: 'text', text: 'Yes.' }] }];

  test.each<[string, object, object]>([
    ['that takes an object and returns a message', { messages: [asked] }, answered],
    ['that takes messages and returns a text', { input: [asked] }, { outputs: 'Yes.' }],
    ['that takes several arguments and returns a completion', { args: [7, [asked]] }, { choices: [{ index: 0, message: answered }] }],
    ['that returns the history', { messages: [asked] }, { messages: [asked, answered] }],
  ])('of type llm %s', (_, inputs, outputs) => {
    expect(read(run('b', 'llm', { inputs, outputs }))).toMatchObject([
      { kind: 'model', input: [{ role: 'user', parts: [{ type: 'text', text: 'Tuesday?' }] }], output: says },
    ]);
  });

  test('with several parameters does not tell what the model sent', () => {
    expect(read(run('c', 'tool', { inputs: { args: ['Okafor', 2] }, outputs: { outputs: 7 } }))[0]).toMatchObject({ result: 7 });
    expect(read(run('c', 'tool', { inputs: { args: ['Okafor', 2] } }))[0]).not.toHaveProperty('arguments');
  });
});

describe('a tree', () => {
  const call = (id: string): object => ({ id, type: 'function', function: { name: 'get_calendar', arguments: '{}' } });
  /** One array, which grows while the agent runs: every model call's inputs are that array. */
  const messages = [
    { role: 'user', content: 'Tuesday?' },
    { role: 'assistant', content: null, tool_calls: [call('call_1')] },
    { role: 'tool', tool_call_id: 'call_1', content: 'slot-8841' },
    { role: 'assistant', content: 'Yes.' },
    { role: 'user', content: 'And Wednesday?' },
    { role: 'assistant', content: 'Yes.' },
  ];
  const llm = (id: string, start_time: number, answer: number): object =>
    run(id, 'llm', { start_time, end_time: start_time + 1, inputs: { messages }, outputs: { choices: [{ message: messages[answer] }] } });
  const child_runs = [llm('b', 1, 1), run('t', 'tool', { name: 'get_calendar', inputs: {} }), llm('c', 3, 3), llm('d', 5, 5)];
  const tree = { ...run('a', 'chain', { child_runs }) };

  test('what a model was given ends before what it answered', () => {
    const inputs = read(tree).flatMap((observation) => (observation.kind === 'model' ? [observation.input?.length] : []));
    expect(inputs).toEqual([1, 3, 5]);
    const [rebuilt] = rebuildRuns(read(tree));
    expect(rebuilt?.turns.map(({ text, calls }) => [text, calls.length])).toEqual([
      [[], 1],
      [['Yes.'], 0],
      [['Yes.'], 0],
    ]);
  });

  test('children lie below their parents; a cycle ends', () => {
    child_runs.push(tree);
    expect(read(tree).map(({ origin }) => origin.parentSpanId)).toEqual([undefined, 'a', 'a', 'a', 'a']);
    child_runs.pop();
  });

  test('a lone call whose words were said before is left whole', () => {
    const history = [
      { role: 'user', content: 'Tuesday?' },
      { role: 'assistant', content: 'Yes.' },
      { role: 'user', content: 'And Wednesday?' },
    ];
    const [only] = read(run('b', 'llm', { inputs: { messages: history }, outputs: { role: 'assistant', content: 'Yes.' } }));
    expect(only).toMatchObject({ input: [{}, {}, {}] });
  });
});

test('content that was hidden is content that was not recorded', () => {
  const [call] = read(run('b', 'llm', { inputs: {}, outputs: {} }));
  expect(call).not.toHaveProperty('input');
  expect(call).not.toHaveProperty('output');
});

describe('a run in pieces', () => {
  const asked = { role: 'user', content: 'Tuesday?' };
  const post = run('b', 'llm', { start_time: 1, inputs: { messages: [asked] } });
  const patch = run('b', 'llm', { start_time: 1, end_time: 2, outputs: { role: 'assistant', content: 'Yes.' } });

  test.each<[string, Observation[]]>([
    ['two documents', [...read(post), ...read(patch)]],
    ['two documents in the other order', [...read(patch), ...read(post)]],
    ['the body of a request', read({ post: [post], patch: [patch] })],
  ])('is one: %s', (_, observations) => {
    expect(rebuildRuns(observations).map(({ turns }) => turns)).toMatchObject([
      [{ captured: true, text: ['Yes.'], start: 1000, end: 2000 }],
    ]);
  });

  test('a tool keeps the arguments of its start', () => {
    const [started] = read(run('c', 'tool', { name: 'book', start_time: 1, inputs: { slot: 's' } }));
    const [ended] = read(run('c', 'tool', { name: 'book', end_time: 2, outputs: { output: 'booked' } }));
    expect(started).toMatchObject({ arguments: { slot: 's' } });
    expect(ended).toMatchObject({ result: 'booked' });
    expect(ended).not.toHaveProperty('arguments');
  });
});

test('a row of a table: what is nested is JSON text, the path tells the parent', () => {
  const [call] = read({
    id: 'c',
    run_type: 'tool',
    name: 'book',
    dotted_order: `20260502T080000000001Z${TRACE}.20260502T080001000001Zb.20260502T080002000001Zc`,
    start_time: '2026-05-02T08:00:02.000001',
    inputs: '{"slot":"s"}',
    outputs: '{"output":"booked"}',
    extra: '{"tool_call_id":"call_1"}',
  });
  expect(call).toMatchObject({
    origin: { traceId: TRACE, spanId: 'c', parentSpanId: 'b' },
    start: Date.parse('2026-05-02T08:00:02.000Z'),
    callId: 'call_1',
    arguments: { slot: 's' },
    result: 'booked',
  });
});

test('an answer whose message was lost is not an empty one', () => {
  const [call] = read(run('b', 'llm', { inputs: {}, outputs: { generations: [[{ text: '' }]] } }));
  expect(call).not.toHaveProperty('output');
});

test('nothing is thrown, whatever a run holds', () => {
  const key = fc.constantFrom(
    'messages',
    'input',
    'args',
    'generations',
    'output',
    'message',
    'kwargs',
    'role',
    'tool_calls',
    'metadata',
    'id',
  );
  const inner = fc.dictionary(
    key,
    fc.oneof(fc.anything({ maxDepth: 2 }), fc.dictionary(key, fc.anything({ maxDepth: 1 })), fc.constant([[{}]])),
  );
  const value = fc.oneof(
    fc.anything(),
    inner,
    inner.map((each) => JSON.stringify(each)?.slice(0, 40)),
  );
  const keys = fc.constantFrom(
    'inputs',
    'outputs',
    'extra',
    'error',
    'start_time',
    'end_time',
    'child_runs',
    'dotted_order',
    'name',
    'trace_id',
  );
  fc.assert(
    fc.property(fc.constantFrom('llm', 'tool', 'chain'), fc.dictionary(keys, value), (run_type, told) => {
      expect(() => rebuildRuns(read({ id: 'a', ...told, run_type }))).not.toThrow();
    }),
  );
});
