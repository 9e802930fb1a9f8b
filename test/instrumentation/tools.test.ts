import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { instrumentOpenAI, tracedTool, traceTools, withRun, withToolCall } from '../../instrumentation/index.ts';
import { helpers, MAJORS, openai, type Client, type Major } from '../support/openai-clients.ts';
import { startOpenAIServer } from '../support/openai-server.mjs';
import { context, startTracing, trace, tracer, type Tracing } from '../support/tracing.ts';

let tracing: Tracing;
let server: Awaited<ReturnType<typeof startOpenAIServer>>;
let respond: (request: { body: Record<string, never>; count: number }) => Record<string, unknown>;

beforeAll(async () => {
  tracing = startTracing();
  server = await startOpenAIServer((request) => respond(request as never));
});
afterAll(() => server.close());
beforeEach(() => {
  tracing.reset();
  server.requests.length = 0;
});

async function newClient(major: Major = 6): Promise<Client> {
  const { default: OpenAI } = await openai(major);
  return instrumentOpenAI(new OpenAI({ apiKey: 'test', baseURL: server.url, maxRetries: 0 }), {
    tracerProvider: tracing.provider,
    content: 'full',
  });
}

const call = (id: string, name: string, args: unknown) => ({ id, name, arguments: args });
const parentOf = (span: { parentSpanContext?: { spanId: string } } | undefined) => span?.parentSpanContext?.spanId;
const idOf = (span: { spanContext(): { spanId: string } } | undefined) => span?.spanContext().spanId;

describe.each(MAJORS)('runTools of openai %i', (major) => {
  test.each([false, true])('its tools are spans of the turn that asked for them (stream: %s)', async (stream) => {
    respond = ({ count }) =>
      count === 1
        ? { calls: [call('call_1', 'slow', { n: 1 }), call('call_2', 'slow', { n: 2 }), call('call_3', 'broken', {})] }
        : { text: 'done' };
    const tools = [
      tool('slow', async ({ n }: { n: number }) => {
        await sleep(10);
        tracer(tracing).startSpan(`inside ${n}`).end();
        return { doubled: n * 2 };
      }),
      tool('broken', () => ({ error: 'no' })),
    ];
    const before = structuredClone(tools.map(({ function: { name } }) => name));
    const runner = helpers(await newClient(major), major).runTools({
      model: 'm',
      messages: [{ role: 'user', content: 'go' }],
      tools,
      ...(stream && { stream }),
    });
    expect(await runner.finalContent()).toBe('done');
    expect(tools.map(({ function: { name } }) => name)).toEqual(before);

    const [turn, last] = tracing.of('chat');
    const executions = tracing.of('execute_tool');
    expect(executions.map(({ name }) => name).toSorted()).toEqual(['execute_tool broken', 'execute_tool slow', 'execute_tool slow']);
    for (const span of executions) {
      expect(parentOf(span)).toBe(idOf(turn));
      expect(span.attributes).toMatchObject({ 'fanlight.batch.size': 3, 'fanlight.batch.turn': idOf(turn) });
    }
    const byId = new Map(executions.map((span) => [span.attributes['gen_ai.tool.call.id'], span.attributes]));
    expect(byId.get('call_2')).toMatchObject({
      'gen_ai.tool.call.arguments': '{"n":2}',
      'gen_ai.tool.call.result': '{"doubled":4}',
      'fanlight.batch.index': 1,
    });
    // The turns share a trace, and what a tool does is under the tool.
    expect(last?.spanContext().traceId).toBe(turn?.spanContext().traceId);
    const inside = tracing.spans().find(({ name }) => name === 'inside 2');
    expect(parentOf(inside)).toBe(idOf(executions.find((span) => span.attributes['gen_ai.tool.call.id'] === 'call_2')));
    // Nothing of this is sent.
    expect(JSON.stringify(server.requests[0].body.tools)).not.toContain('fanlight');
  });
});

function tool<A>(name: string, run: (args: A) => unknown) {
  return {
    type: 'function' as const,
    function: { name, description: `Runs ${name}`, parameters: { type: 'object', properties: {} }, parse: JSON.parse, function: run },
  };
}

describe('a loop of one’s own', () => {
  const ask = async (client: Client, messages: unknown[]) =>
    (await client.chat.completions.create({ model: 'm', messages })).choices[0].message;

  test('tools are siblings, whatever runs at the same time, with the calls’ ids found by name and arguments', async () => {
    respond = ({ count }) =>
      count === 1 ? { calls: ['x', 'y', 'z'].map((key) => call(`call_${key}`, 'find', { key, limit: 3 })) } : { text: 'done' };
    const client = await newClient();
    const { find } = traceTools({
      find: async ({ key }: { key: string; limit: number }) => {
        await sleep(key === 'x' ? 20 : 5);
        return key.toUpperCase();
      },
    });
    const answer = await withRun({ name: 'finder', conversationId: 'conv-7', userId: 'u-1' }, async () => {
      const messages: unknown[] = [{ role: 'user', content: 'go' }];
      const message = await ask(client, messages);
      const results = await Promise.all(
        message.tool_calls.map(async (made: { id: string; function: { arguments: string } }) => {
          const { key, limit } = JSON.parse(made.function.arguments);
          return { role: 'tool', tool_call_id: made.id, content: await find({ limit, key }) };
        }),
      );
      return (await ask(client, [...messages, message, ...results])).content;
    });
    expect(answer).toBe('done');
    const [run] = tracing.of('invoke_agent');
    expect(run?.attributes).toMatchObject({
      'gen_ai.agent.name': 'finder',
      'gen_ai.conversation.id': 'conv-7',
      'user.id': 'u-1',
      'gen_ai.usage.input_tokens': 22,
    });
    const [turn] = tracing.of('chat');
    expect(tracing.of('chat').map(parentOf)).toEqual([idOf(run), idOf(run)]);
    const executions = tracing.of('execute_tool');
    expect(executions.map(parentOf)).toEqual([idOf(run), idOf(run), idOf(run)]);
    expect(
      executions
        .map((span) => [
          span.attributes['gen_ai.tool.call.id'],
          span.attributes['gen_ai.tool.call.arguments'],
          span.attributes['gen_ai.tool.call.result'],
        ])
        .toSorted(),
    ).toEqual([
      ['call_x', '{"limit":3,"key":"x"}', 'X'],
      ['call_y', '{"limit":3,"key":"y"}', 'Y'],
      ['call_z', '{"limit":3,"key":"z"}', 'Z'],
    ]);
    expect(
      executions.every(
        (span) => span.attributes['gen_ai.conversation.id'] === 'conv-7' && span.attributes['fanlight.batch.turn'] === idOf(turn),
      ),
    ).toBe(true);
  });

  test('a pool and timers do not chain tools', async () => {
    const work = tracedTool(async (n: number) => sleep(5, n), { name: 'work', telemetry: { tracerProvider: tracing.provider } });
    await withRun({ name: 'pool', telemetry: { tracerProvider: tracing.provider } }, async () => {
      const jobs = [1, 2, 3, 4, 5, 6];
      const worker = async (): Promise<void> => {
        for (let n = jobs.shift(); n !== undefined; n = jobs.shift()) await work(n);
      };
      await Promise.all([worker(), worker()]);
      await new Promise((resolve) => setTimeout(() => resolve(work(7)), 5));
    });
    const [run] = tracing.of('invoke_agent');
    expect(tracing.of('execute_tool')).toHaveLength(7);
    expect(new Set(tracing.of('execute_tool').map(parentOf))).toEqual(new Set([idOf(run)]));
  });

  test('without a run and without any span, the turns of one conversation share a trace; two conversations do not', async () => {
    respond = ({ body }) => {
      const messages = body['messages'] as unknown as { role: string; content: string }[];
      return messages.at(-1)?.role === 'tool'
        ? { text: 'done' }
        : { calls: [call(`call_${messages[0]?.content}`, 'same', { same: true })] };
    };
    const client = await newClient();
    const same = tracedTool(async (args: object) => sleep(5, args), { name: 'same' });
    const converse = async (name: string): Promise<void> => {
      const messages: unknown[] = [{ role: 'user', content: name }];
      const message = await ask(client, messages);
      await sleep(10);
      const content = await withToolCall(message.tool_calls[0], () => same({ same: true }));
      await ask(client, [...messages, message, { role: 'tool', tool_call_id: message.tool_calls[0].id, content }]);
    };
    await Promise.all([converse('one'), converse('two')]);
    const traces = new Map<string, string[]>();
    for (const span of tracing.spans())
      traces.set(span.spanContext().traceId, [...(traces.get(span.spanContext().traceId) ?? []), span.name]);
    expect(traces.size).toBe(2);
    // The dispatcher and the tool are both traced: one span.
    for (const names of traces.values()) expect(names.toSorted()).toEqual(['chat m', 'chat m', 'execute_tool same']);
  });

  test('two conversations with the very same call: no id is better than the wrong one', async () => {
    respond = ({ count }) => ({ calls: [call(`call_${count}`, 'same', {})] });
    const client = await newClient();
    await Promise.all([ask(client, [{ role: 'user', content: 'a' }]), ask(client, [{ role: 'user', content: 'b' }])]);
    await tracedTool(async () => 1, { name: 'same' })();
    expect(tracing.of('execute_tool')[0]?.attributes).not.toHaveProperty('gen_ai.tool.call.id');
  });
});

describe('what tools return', () => {
  const telemetry = { tracerProvider: tracing_(), content: 'full' as const };
  function tracing_() {
    return { getTracer: (...args: [string]) => tracing.provider.getTracer(...args) };
  }

  test('values, errors, rejections, this, name and length are those of the tool', async () => {
    const owner = {
      factor: 3,
      times: tracedTool(
        function (this: { factor: number }, n: number) {
          return n * this.factor;
        },
        { name: 'times', telemetry },
      ),
    };
    expect(owner.times(4)).toBe(12);
    expect(owner.times).toHaveLength(1);
    const error = new RangeError('too far');
    const failing = tracedTool(
      () => {
        throw error;
      },
      { name: 'failing', telemetry },
    );
    expect(() => failing()).toThrow(error);
    const rejecting = tracedTool(
      async () => {
        throw error;
      },
      { name: 'rejecting', telemetry },
    );
    await expect(rejecting()).rejects.toBe(error);
    const [times, first, second] = tracing.of('execute_tool');
    expect(times?.attributes['gen_ai.tool.call.result']).toBe('12');
    expect(first?.attributes['error.type']).toBe('RangeError');
    expect(second?.status).toEqual({ code: 2, message: 'too far' });
  });

  test('async generators: the span covers all of it, and what they yield last is the result', async () => {
    const steps = tracedTool(
      async function* () {
        yield { progress: 1 };
        await sleep(5);
        tracer(tracing).startSpan('inside').end();
        yield { progress: 2 };
      },
      { name: 'steps', telemetry },
    );
    const seen = [];
    for await (const step of steps()) seen.push(step);
    expect(seen).toEqual([{ progress: 1 }, { progress: 2 }]);
    const [span] = tracing.of('execute_tool');
    expect(span?.attributes['gen_ai.tool.call.result']).toBe('{"progress":2}');
    expect(parentOf(tracing.spans().find(({ name }) => name === 'inside'))).toBe(idOf(span));
    expect(trace.getSpan(context.active())).toBeUndefined();
  });

  test('results that JSON cannot hold are left out', async () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    const odd = tracedTool((args: object) => Object.assign(cyclic, args), { name: 'odd', telemetry });
    expect(odd({ big: 1n })).toBe(cyclic);
    expect(tracing.of('execute_tool')[0]?.attributes).not.toHaveProperty('gen_ai.tool.call.result');
  });

  test('tool tables of other frameworks keep their shape', async () => {
    class Typed {
      type = 'function';
      name = 'agents_tool';
      description = 'd';
      invoke = async (_context: unknown, input: string) => `got ${input}`;
    }
    const agentsTool = new Typed();
    const [traced] = traceTools([agentsTool], { telemetry });
    expect(traced).toBeInstanceOf(Typed);
    expect(
      await (traced as unknown as { invoke(...args: unknown[]): unknown }).invoke({}, '{"q":1}', { toolCall: { callId: 'call_q' } }),
    ).toBe('got {"q":1}');
    const vercel = {
      lookup: {
        description: 'Looks up',
        inputSchema: {},
        execute: async ({ q }: { q: number }, { toolCallId }: { toolCallId: string }) => `${toolCallId} ${q + 1}`,
      },
    };
    const table = traceTools(vercel, { telemetry });
    expect(await table.lookup.execute({ q: 1 }, { toolCallId: 'call_v' })).toBe('call_v 2');
    expect(table.lookup.inputSchema).toBe(vercel.lookup.inputSchema);
    expect(
      tracing
        .of('execute_tool')
        .map(({ attributes }) => [
          attributes['gen_ai.tool.name'],
          attributes['gen_ai.tool.call.id'],
          attributes['gen_ai.tool.call.arguments'],
        ]),
    ).toEqual([
      ['agents_tool', 'call_q', '{"q":1}'],
      ['lookup', 'call_v', '{"q":1}'],
    ]);
    expect(traceTools({ provider: { type: 'provider' } })).toEqual({ provider: { type: 'provider' } });
  });
});
