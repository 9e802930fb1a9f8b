import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AgentError, runAgent, type AgentOptions } from '../../src/runtime/run-agent.ts';
import { plainTool as tool } from '../support/plain-tool.ts';
import { MAJORS, openai, type Client } from '../support/openai-clients.ts';
import { startOpenAIServer } from '../support/openai-server.mjs';
import { startTracing, type Tracing } from '../support/tracing.ts';

let tracing: Tracing;
let server: Awaited<ReturnType<typeof startOpenAIServer>>;
let replies: Record<string, unknown>[];

beforeAll(async () => {
  tracing = startTracing();
  server = await startOpenAIServer(() => replies.shift() ?? { text: 'done' });
});
afterAll(() => server.close());
beforeEach(() => {
  tracing.reset();
  server.requests.length = 0;
});

async function newClient(major: (typeof MAJORS)[number] = 6, options = {}): Promise<Client> {
  const { default: OpenAI } = await openai(major);
  return new OpenAI({ apiKey: 'k', baseURL: server.url, ...options }) as Client;
}

const call = (id: string, name: string, args: unknown = {}) => ({ id, name, arguments: args });
const run = async (options: Partial<AgentOptions> = {}) =>
  runAgent({ client: (await newClient()) as never, model: 'm', messages: 'go', ...options });

/** What was fed back, by call id, in the last request. */
function fedBack(): Record<string, string> {
  const { body } = server.requests.at(-1) as { body: { messages?: Json[]; input?: Json[] } };
  const entries = [...(body.messages ?? []), ...(body.input ?? [])].flatMap((item) =>
    item['role'] === 'tool'
      ? [[item['tool_call_id'], item['content']]]
      : item['type'] === 'function_call_output'
        ? [[item['call_id'], item['output']]]
        : [],
  );
  return Object.fromEntries(entries) as Record<string, string>;
}
type Json = Record<string, unknown>;

describe.each(MAJORS)('openai %i', (major) => {
  test.each([
    ['chat', false],
    ['chat', true],
    ['responses', false],
    ['responses', true],
  ] as const)('%s, stream: %s', async (api, isStreamed) => {
    replies = [
      { text: 'Looking.', calls: [call('call_1', 'double', { n: 2 }), call('call_2', 'double', { n: 3 })] },
      { text: 'It is 4 and 6.', usage: { input: 10, output: 5 } },
    ];
    let streamed = '';
    const result = await run({
      client: (await newClient(major)) as never,
      api,
      tools: [tool('double', (input) => ({ doubled: (input as { n: number }).n * 2 }))],
      ...(isStreamed && { onText: (delta: string) => void (streamed += delta) }),
    });
    expect(result).toMatchObject({ text: 'It is 4 and 6.', finish: 'answer', turns: 2 });
    expect(result.calls.map(({ id, outcome, result: text }) => [id, outcome, text])).toEqual([
      ['call_1', 'ok', '{"doubled":4}'],
      ['call_2', 'ok', '{"doubled":6}'],
    ]);
    expect(fedBack()).toEqual({ call_1: '{"doubled":4}', call_2: '{"doubled":6}' });
    if (isStreamed) expect(streamed).toBe('Looking.It is 4 and 6.');
    expect(server.requests[0].body.parallel_tool_calls).toBeUndefined();
  });
});

test('everything is traced: the run, its turns, its tools and what they waited for', async () => {
  const { trace } = await import('@opentelemetry/api');
  trace.setGlobalTracerProvider(tracing.provider);
  replies = [{ calls: [call('a', 'slow'), call('b', 'slow'), call('c', 'alone')] }, { text: 'done' }];
  await run({
    name: 'agent',
    maxToolConcurrency: 1,
    tools: [tool('slow', () => sleep(20)), tool('alone', () => 1, { parallelizable: false })],
  });
  const [root] = tracing.of('invoke_agent');
  expect(root?.name).toBe('invoke_agent agent');
  const parents = [...tracing.of('chat'), ...tracing.of('execute_tool')].map((span) => span.parentSpanContext?.spanId);
  expect(new Set(parents)).toEqual(new Set([root?.spanContext().spanId]));
  const waits = Object.fromEntries(
    tracing
      .of('execute_tool')
      .map(({ attributes }) => [
        attributes['gen_ai.tool.call.id'],
        [attributes['fanlight.wait.slot_ms'], attributes['fanlight.wait.barrier_ms']] as number[],
      ]),
  );
  expect(waits['a']?.[0]).toBeLessThan(10);
  expect(waits['b']?.[0]).toBeGreaterThan(15);
  expect(waits['c']?.[1]).toBeGreaterThan(35);
  trace.disable();
});

describe('what a model may send', () => {
  test('an unknown tool, arguments that are no JSON, a repeated id, the same write twice', async () => {
    let booked = 0;
    const book = tool('book', () => ++booked, { effect: 'write' });
    replies = [
      {
        calls: [
          call('a', 'no_such'),
          call('b', 'book', '{"slot'),
          call('c', 'book', { slot: 1 }),
          call('c', 'book', { slot: 2 }),
          call('d', 'book', { slot: 1 }),
        ],
      },
    ];
    await run({ tools: [book] });
    expect(booked).toBe(1);
    expect(fedBack()).toEqual({
      a: '{"error":"There is no tool \\"no_such\\". There are: book."}',
      b: expect.stringContaining('not valid JSON'),
      c: '1',
      // The same write as `c`: it ran once, and this is what it gave.
      d: '1',
    });
  });

  test('128 calls, and none', async () => {
    replies = [{ calls: Array.from({ length: 128 }, (_, i) => call(`c${i}`, 'noop')) }];
    let inFlight = 0;
    let most = 0;
    const noop = tool('noop', async () => {
      most = Math.max(most, ++inFlight);
      await sleep(1);
      inFlight--;
    });
    await run({ tools: [noop] });
    expect(Object.keys(fedBack())).toHaveLength(128);
    expect(most).toBe(8);
    replies = [{ text: 'nothing to do' }];
    expect(await run()).toMatchObject({ text: 'nothing to do', calls: [], turns: 1 });
  });
});

test.each<[string, () => unknown, RegExp | string]>([
  [
    'throws an error',
    () => {
      throw new Error('no slots');
    },
    '{"error":"no slots"}',
  ],
  [
    'throws what is no error',
    () => {
      throw 'just text';
    },
    '{"error":"just text"}',
  ],
  [
    'throws nothing',
    () => {
      throw undefined;
    },
    /error/u,
  ],
  [
    'returns what refers to itself',
    () => {
      const o: Json = {};
      o['o'] = o;
      return o;
    },
    /cannot be written as JSON/u,
  ],
  ['returns a big integer', () => ({ n: 12345678901234567890n }), '{"n":"12345678901234567890"}'],
  ['returns nothing', () => undefined, 'null'],
  ['returns 50 MB', () => 'x'.repeat(50_000_000), /\[cut: 49800000 more characters\]$/u],
  ['never settles', () => new Promise(() => {}), '{"error":"timed out after 30 ms"}'],
])('a tool that %s costs its siblings nothing', async (_, misbehave, expected) => {
  replies = [{ calls: [call('a', 'bad'), call('b', 'good')] }];
  const result = await run({ tools: [tool('bad', misbehave, { timeoutMs: 30 }), tool('good', () => 'fine')] });
  expect(result.finish).toBe('answer');
  const { a, b } = fedBack();
  expect(b).toBe('fine');
  expect(a).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected));
});

describe('ending early', () => {
  test('an abort keeps what was done; a tool that ignores its signal is not waited for', async () => {
    replies = [{ calls: [call('a', 'quick'), call('b', 'deaf'), call('c', 'deaf')] }];
    const abort = new AbortController();
    const deaf = tool('deaf', () => new Promise(() => {}));
    setTimeout(() => abort.abort(new Error('the user left')), 40);
    const result = await run({ tools: [tool('quick', () => 1), deaf], signal: abort.signal, maxToolConcurrency: 2 });
    expect(result.finish).toBe('aborted');
    expect(result.calls.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['a', 'ok'],
      ['b', 'error'],
      ['c', 'error'],
    ]);
    // A history that the API would take: every call has its result.
    expect(result.messages.filter((message) => (message as Json)['role'] === 'tool')).toHaveLength(3);
  });

  test('by time, by turns, while the model is asked', async () => {
    replies = [{ text: 'late', delayMs: 500 }];
    expect(await run({ timeoutMs: 30 })).toMatchObject({ finish: 'timeout', turns: 0 });
    replies = Array.from({ length: 5 }, (_, i) => ({ calls: [call(`c${i}`, 'again')] }));
    expect(await run({ tools: [tool('again', () => 1)], maxTurns: 3 })).toMatchObject({ finish: 'max-turns', turns: 3 });
  });

  test('by an error of the API, with what was done so far', async () => {
    replies = [{ calls: [call('a', 'one')] }, { status: 400, error: { message: 'no such model' } }];
    const failure = await run({ tools: [tool('one', () => 1)] }).catch((error: unknown) => error as AgentError);
    expect(failure).toBeInstanceOf(AgentError);
    expect((failure as AgentError).partial.calls).toHaveLength(1);
    expect((failure as AgentError).message).toContain('turn 2');
  });

  test('a busy API is asked again, as it says', async () => {
    replies = [
      { status: 429, headers: { 'retry-after-ms': '5' } },
      { status: 429, headers: { 'retry-after-ms': '5' } },
      { text: 'at last' },
    ];
    expect(await run()).toMatchObject({ text: 'at last', finish: 'answer' });
  });

  test('a stream that dies in the middle of a tool call runs no tool', async () => {
    let ran = 0;
    replies = Array.from({ length: 9 }, () => ({ calls: [call('a', 'one', { some: 'long enough arguments' })], cutAfter: 2 }));
    const failure = await run({ tools: [tool('one', () => ++ran)], onText: () => {}, maxRetries: 0 }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AgentError);
    expect(ran).toBe(0);
  });
});

test('hooks that throw, and history that is given, change nothing', async () => {
  replies = [{ calls: [call('a', 'one')] }, { text: 'done' }];
  const given = [{ role: 'user', content: 'go' }];
  const thrower = (): never => {
    throw new Error('hook');
  };
  const result = await run({ messages: given, tools: [tool('one', () => 1)], onTurn: thrower, onToolCall: thrower });
  expect(result.finish).toBe('answer');
  expect(given).toHaveLength(1);
});

test('parallel_tool_calls is sent as asked, turn by turn', async () => {
  replies = [{ calls: [call('a', 'one')] }, { text: 'done' }];
  await run({ tools: [tool('one', () => 1)], parallelToolCalls: (turn) => (turn === 0 ? false : undefined) });
  expect(server.requests.map(({ body }) => (body as Json)['parallel_tool_calls'])).toEqual([false, undefined]);
});
