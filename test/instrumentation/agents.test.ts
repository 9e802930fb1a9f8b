import { Agent, getCurrentSpan, OpenAIProvider, Runner, setTraceProcessors, setTracingDisabled, tool } from '@openai/agents';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { AgentsTraceProcessor, instrumentOpenAI, traceTools, type InstrumentationOptions } from '../../instrumentation/index.ts';
import { analyze } from '../../src/index.ts';
import { openai, type Client } from '../support/openai-clients.ts';
import { startOpenAIServer } from '../support/openai-server.mjs';
import { startTracing, type Tracing } from '../support/tracing.ts';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The real Agents SDK with a scripted model: its native spans as GenAI spans. */
let tracing: Tracing;
let server: Awaited<ReturnType<typeof startOpenAIServer>>;
let replies: Record<string, unknown>[];

const booking = () => [
  {
    calls: [
      { id: 'call_a', name: 'get_calendar', arguments: { doctor: 'Okafor' } },
      { id: 'call_b', name: 'get_calendar', arguments: { doctor: 'Lindt' } },
      { id: 'call_c', name: 'book', arguments: { slot: 'slot-guess' } },
    ],
  },
  { calls: [{ id: 'call_d', name: 'book', arguments: { slot: 'slot-8841' } }] },
  { text: 'Booked with Okafor at 15:00, confirmation BK-20931. Lindt has nothing before 17:45.' },
];

beforeAll(async () => {
  tracing = startTracing();
  server = await startOpenAIServer(() => replies.shift() ?? { text: 'done' });
  setTracingDisabled(false);
});
afterAll(() => server.close());
beforeEach(() => {
  tracing.reset();
  replies = booking();
});

const calendar = tool({
  name: 'get_calendar',
  description: 'Free slots',
  parameters: z.object({ doctor: z.string() }),
  execute: async ({ doctor }) =>
    doctor === 'Okafor' ? { slots: [{ slot: 'slot-8841', at: '15:00' }] } : { slots: [{ slot: 'slot-9017', at: '17:45' }] },
});
const book = tool({
  name: 'book',
  description: 'Books a slot',
  parameters: z.object({ slot: z.string() }),
  execute: async ({ slot }) => (slot === 'slot-8841' ? { confirmation: 'BK-20931' } : { error: 'slot_not_found' }),
});

async function bookWith(options: { useResponses: boolean; client?: Client; tools?: unknown[]; stream?: boolean }): Promise<unknown> {
  const { default: OpenAI } = await openai(7);
  const client = options.client ?? new OpenAI({ apiKey: 'k', baseURL: server.url, maxRetries: 0 });
  const agent = new Agent({
    name: 'clinic',
    model: 'scripted',
    instructions: 'Book.',
    tools: (options.tools ?? [calendar, book]) as never,
  });
  const runner = new Runner({
    modelProvider: new OpenAIProvider({ openAIClient: client, useResponses: options.useResponses }),
    workflowName: 'clinic booking',
    groupId: 'conversation-7',
  });
  if (options.stream !== true) return (await runner.run(agent, 'See Dr Okafor?')).finalOutput;
  const result = await runner.run(agent, 'See Dr Okafor?', { stream: true });
  for await (const event of result) void event;
  await result.completed;
  return result.finalOutput;
}

const process_ = (options: InstrumentationOptions = {}): void =>
  setTraceProcessors([
    new AgentsTraceProcessor({ getCurrentSpan, tracerProvider: tracing.provider, content: 'full', ...options }) as never,
  ]);

/** The tree of spans, as `name ← parent`. */
function tree(): string[] {
  const spans = tracing.spans();
  const names = new Map(spans.map((span) => [span.spanContext().spanId, span.name]));
  return spans
    .toSorted((a, b) => a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1] || a.name.localeCompare(b.name))
    .map((span) => `${span.name} ← ${names.get(span.parentSpanContext?.spanId ?? '') ?? 'root'}`)
    .toSorted();
}

const TREE = [
  'chat scripted ← invoke_agent clinic',
  'chat scripted ← invoke_agent clinic',
  'chat scripted ← invoke_agent clinic',
  'execute_tool book ← invoke_agent clinic',
  'execute_tool book ← invoke_agent clinic',
  'execute_tool get_calendar ← invoke_agent clinic',
  'execute_tool get_calendar ← invoke_agent clinic',
  'invoke_agent clinic booking ← root',
  'invoke_agent clinic ← invoke_agent clinic booking',
].toSorted();

describe.each([
  { api: 'responses', useResponses: true },
  { api: 'chat completions', useResponses: false },
])('$api', ({ useResponses }) => {
  test.each([false, true])('the native spans as GenAI spans (stream: %s)', async (stream) => {
    process_();
    expect(await bookWith({ useResponses, stream })).toContain('BK-20931');
    expect(tree()).toEqual(TREE);
    for (const span of tracing.spans()) expect(span.attributes['gen_ai.conversation.id']).toBe('conversation-7');
    const ids = tracing
      .of('execute_tool')
      .map(({ attributes }) => [attributes['gen_ai.tool.call.id'], attributes['gen_ai.tool.call.arguments']]);
    expect(ids.toSorted()).toEqual([
      ['call_a', '{"doctor":"Okafor"}'],
      ['call_b', '{"doctor":"Lindt"}'],
      ['call_c', '{"slot":"slot-guess"}'],
      ['call_d', '{"slot":"slot-8841"}'],
    ]);
    const [first] = tracing.of('chat');
    expect(first?.attributes['gen_ai.response.finish_reasons']).toEqual(['tool_call']);
    expect(first?.attributes['gen_ai.usage.input_tokens']).toBe(11);
  });

  test('beside an instrumented client and traced tools, every span stands once, in the agents’ tree', async () => {
    process_();
    const { default: OpenAI } = await openai(7);
    const client = instrumentOpenAI(new OpenAI({ apiKey: 'k', baseURL: server.url, maxRetries: 0 }), {
      tracerProvider: tracing.provider,
      content: 'full',
    });
    await bookWith({ useResponses, client, tools: traceTools([calendar, book]) });
    expect(tree()).toEqual(TREE);
    expect(tracing.of('chat').every(({ attributes }) => attributes['server.address'] === '127.0.0.1')).toBe(true);
  });

  test('fanlight analyze finds the planted mistake in them', async () => {
    process_();
    await bookWith({ useResponses });
    const file = join(mkdtempSync(join(tmpdir(), 'fanlight-agents-')), 'traces.jsonl');
    writeFileSync(file, tracing.otlp());
    const report = await analyze(file);
    expect(report.runs).toHaveLength(1);
    expect(report.runs[0]?.calls.map(({ id, wasted, dependsOn }) => [id, wasted, dependsOn])).toEqual([
      ['call_a', null, []],
      ['call_b', null, []],
      ['call_c', 'superseded', ['call_a']],
      ['call_d', null, []],
    ]);
  });
});

test('an agent as a tool, a hand-off and a guardrail keep their places', async () => {
  process_();
  const { default: OpenAI } = await openai(7);
  const client = new OpenAI({ apiKey: 'k', baseURL: server.url, maxRetries: 0 });
  const runner = new Runner({ modelProvider: new OpenAIProvider({ openAIClient: client, useResponses: true }), workflowName: 'desk' });
  const clerk = new Agent({ name: 'clerk', model: 'scripted' });
  const closer = new Agent({ name: 'closer', model: 'scripted' });
  const desk = new Agent({
    name: 'desk',
    model: 'scripted',
    tools: [clerk.asTool({ toolName: 'ask_clerk', toolDescription: 'Asks', runConfig: { modelProvider: runner.config.modelProvider } })],
    handoffs: [closer],
    inputGuardrails: [{ name: 'is_polite', execute: async () => ({ tripwireTriggered: false, outputInfo: {} }) }],
  });
  replies = [
    { calls: [{ id: 'c1', name: 'ask_clerk', arguments: { input: 'how many?' } }] },
    { text: 'twelve' },
    { calls: [{ id: 'c2', name: 'transfer_to_closer', arguments: {} }] },
    { text: 'Goodbye.' },
  ];
  expect((await runner.run(desk, 'How many?')).finalOutput).toBe('Goodbye.');
  expect(tree()).toEqual(
    [
      'chat scripted ← invoke_agent desk',
      'chat scripted ← invoke_agent clerk',
      'chat scripted ← invoke_agent desk',
      'chat scripted ← invoke_agent closer',
      'execute_tool ask_clerk ← invoke_agent desk',
      'guardrail is_polite ← invoke_agent desk',
      'handoff ← invoke_agent desk',
      'invoke_agent clerk ← execute_tool ask_clerk',
      'invoke_agent closer ← invoke_agent desk',
      'invoke_agent desk ← root',
      'invoke_agent desk ← invoke_agent desk',
    ].toSorted(),
  );
});

test('failures of the model and of tools are on their spans, and the app gets its own error', async () => {
  process_();
  replies = [{ status: 429, error: { message: 'slow down', code: 'rate_limit_exceeded' } }];
  await expect(bookWith({ useResponses: true })).rejects.toThrow('slow down');
  const [chat] = tracing.of('chat');
  expect(chat?.status.code).toBe(2);
  expect(tracing.spans().every((span) => span.ended)).toBe(true);
});

test('what breaks in us stays with us', async () => {
  const broken = new AgentsTraceProcessor({ tracerProvider: tracing.provider });
  await broken.onSpanStart({} as never);
  await broken.onSpanEnd({} as never);
  await broken.onTraceStart(undefined as never);
  await broken.onTraceEnd(undefined as never);
  await broken.shutdown();
});
