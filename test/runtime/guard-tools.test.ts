import { createOpenAI } from '@ai-sdk/openai';
import { Agent, OpenAIProvider, Runner, setTracingDisabled, tool as agentsTool } from '@openai/agents';
import { generateText, stepCountIs, tool as vercelTool } from 'ai';
import OpenAI from 'openai6';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { guardTools, type GuardToolsOptions } from '../../src/runtime/guard-tools.ts';
import { startOpenAIServer } from '../support/openai-server.mjs';

let server: Awaited<ReturnType<typeof startOpenAIServer>>;
let replies: Record<string, unknown>[];
let log: string[];
let respond: ((request: { body: Record<string, unknown> }) => Record<string, unknown> | undefined) | undefined;

beforeAll(async () => {
  setTracingDisabled(true);
  server = await startOpenAIServer((request) => respond?.(request as never) ?? replies.shift() ?? { text: 'done' });
});
afterAll(() => server.close());
beforeEach(() => {
  log = [];
  server.requests.length = 0;
  replies = [
    {
      calls: [
        { id: 'call_calendar', name: 'get_calendar', arguments: { doctor: 'Okafor' } },
        { id: 'call_guess', name: 'book_appointment', arguments: { slot_id: 'slot-tue-pm' } },
        { id: 'call_patient', name: 'get_patient', arguments: { name: 'Kim' } },
      ],
    },
    { calls: [{ id: 'call_booking', name: 'book_appointment', arguments: { slot_id: 'slot-8841' } }] },
    { text: 'Booked: BK-20931.' },
  ];
});

const logged = async <T>(name: string, ms: number, value: T): Promise<T> => {
  log.push(`${name} starts`);
  await sleep(ms);
  log.push(`${name} ends`);
  return value;
};
const tools = {
  get_calendar: {
    parameters: z.object({ doctor: z.string() }),
    run: () => logged('calendar', 30, { slots: [{ slot_id: 'slot-8841', at: '15:00' }] }),
  },
  get_patient: { parameters: z.object({ name: z.string() }), run: () => logged('patient', 10, { insurer: 'Nordholm' }) },
  book_appointment: {
    parameters: z.object({ slot_id: z.string() }),
    run: ({ slot_id }: { slot_id: string }) => logged(`booking ${slot_id}`, 5, { confirmation: 'BK-20931' }),
  },
};
const question = 'Can I see Dr Okafor on Tuesday afternoon?';

async function byAgents(options: GuardToolsOptions): Promise<string> {
  const list = Object.entries(tools).map(([name, { parameters, run }]) =>
    agentsTool({ name, description: name, parameters: parameters as never, execute: run as never }),
  );
  const agent = new Agent({ name: 'booking', model: 'gpt-5-mini', tools: guardTools(list, options) });
  const client = new OpenAI({ apiKey: 'k', baseURL: server.url });
  const runner = new Runner({ modelProvider: new OpenAIProvider({ openAIClient: client as never, useResponses: false }) });
  return String((await runner.run(agent, question)).finalOutput);
}

async function byVercel(options: GuardToolsOptions): Promise<string> {
  const table = Object.fromEntries(
    Object.entries(tools).map(([name, { parameters, run }]) => [
      name,
      vercelTool({ description: name, inputSchema: parameters as never, execute: run as never }),
    ]),
  );
  const openai = createOpenAI({ apiKey: 'k', baseURL: server.url });
  const request = {
    model: openai.chat('gpt-5-mini'),
    prompt: question,
    tools: guardTools(table, options),
    stopWhen: stepCountIs(5),
  };
  const { text } = await generateText(request as never);
  return text;
}

const booked = () => log.filter((line) => line.startsWith('booking') && line.endsWith('starts'));
const fedBack = (id: string): string =>
  String(server.requests.at(-1).body.messages.find((message: Record<string, unknown>) => message['tool_call_id'] === id)?.content);

describe.each([
  ['@openai/agents', byAgents, { history: () => [{ role: 'user', content: question }] }],
  ['the Vercel AI SDK', byVercel, {}],
] as const)('%s', (_, run, options) => {
  test('a booking on a guess is held, and issued again with the slot that came back', async () => {
    const findings: string[] = [];
    const answer = await run({ ...options, onGuard: ({ argument, sent, offered }) => findings.push(`${argument} ${sent} ${offered}`) });
    expect(answer).toBe('Booked: BK-20931.');
    expect(booked()).toEqual(['booking slot-8841 starts']);
    expect(findings).toEqual(['$.slot_id slot-tue-pm slot-8841']);
    expect(fedBack('call_guess')).toContain('was not run');
    expect(fedBack('call_calendar')).toContain('slot-8841');
    // The look-ups ran beside each other.
    expect(log.slice(0, 2)).toEqual(['calendar starts', 'patient starts']);
  });

  test('a choice that the tool’s schema names is no guess', async () => {
    replies = [
      {
        calls: [
          { id: 'a', name: 'get_calendar', arguments: { doctor: 'O' } },
          { id: 'b', name: 'book_appointment', arguments: { slot_id: 'slot-9001' } },
        ],
      },
      { text: 'done' },
    ];
    const { parameters } = tools.book_appointment;
    tools.book_appointment.parameters = z.object({ slot_id: z.enum(['slot-9001', 'slot-9002']) }) as never;
    await run(options).finally(() => (tools.book_appointment.parameters = parameters));
    expect(booked()).toEqual(['booking slot-9001 starts']);
  });

  test('without the guard it goes through', async () => {
    await run({ ...options, guard: 'off', tools: { book_appointment: { onConflict: 'serialize' } } });
    expect(booked()).toEqual(['booking slot-tue-pm starts', 'booking slot-8841 starts']);
  });

  test('a run-alone tool runs alone, and defers if told to', async () => {
    await run({ ...options, guard: 'off', tools: { book_appointment: { parallelizable: false, onConflict: 'serialize' } } });
    expect(log.indexOf('booking slot-tue-pm starts')).toBeGreaterThan(log.indexOf('calendar ends'));
    log = [];
    replies = [
      {
        calls: [
          { id: 'a', name: 'get_calendar', arguments: { doctor: 'O' } },
          { id: 'b', name: 'book_appointment', arguments: { slot_id: 'x' } },
        ],
      },
      { text: 'done' },
    ];
    await run({ ...options, guard: 'off', tools: { book_appointment: { parallelizable: false } } });
    expect(booked()).toEqual([]);
  });

  test('each tool keeps the async context of its runner', async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const [one, two] = [1, 2].map((n) => ({
      name: `tool_${n}`,
      description: '',
      invoke: async () => void seen.push(storage.getStore()),
    }));
    const guarded = guardTools([one, two] as { invoke(): Promise<void> }[], { maxToolConcurrency: 1 });
    await Promise.all(guarded.map((each, i) => storage.run(`context ${i}`, () => each.invoke())));
    expect(seen).toEqual(['context 0', 'context 1']);
  });

  test('conversations at the same time do not mix', async () => {
    const once = structuredClone(replies);
    server.requests.length = 0;
    // Each request is answered by how far its own conversation has come.
    replies = [];
    respond = ({ body }) => once[(body.messages as Record<string, unknown>[]).filter(({ role }) => role === 'assistant').length];
    const settings = {
      ...options,
      guard: 'off' as const,
      tools: { book_appointment: { parallelizable: false, onConflict: 'serialize' as const } },
    };
    await Promise.all([run(settings), run(settings), run(settings)]);
    expect(booked()).toHaveLength(6);
    respond = undefined;
  });

  test('no more at once than the cap', async () => {
    await run({ ...options, guard: 'off', maxToolConcurrency: 1, tools: { book_appointment: { onConflict: 'serialize' } } });
    expect(log.slice(0, 2)).toEqual(['calendar starts', 'calendar ends']);
  });
});
