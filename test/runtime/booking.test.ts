import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trace } from '@opentelemetry/api';
import OpenAI from 'openai6';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { instrumentOpenAI } from '../../instrumentation/index.ts';
import { analyze } from '../../src/index.ts';
import type { GuardMode } from '../../src/runtime/guard.ts';
import { runAgent } from '../../src/runtime/run-agent.ts';
import type { Tool } from '../../src/runtime/tool.ts';
import { startOpenAIServer } from '../support/openai-server.mjs';
import { plainTool } from '../support/plain-tool.ts';
import { startTracing, type Tracing } from '../support/tracing.ts';

/**
 * A model that books beside the calendar look-up, with the slot of last week: the booking goes through, and the user
 * hears "booked". It issues a booking again only if it is told to.
 */
let tracing: Tracing;
let server: Awaited<ReturnType<typeof startOpenAIServer>>;
let booked: string[];

beforeAll(async () => {
  tracing = startTracing();
  trace.setGlobalTracerProvider(tracing.provider);
  server = await startOpenAIServer(({ body }) => {
    const results = (body.messages as { role: string; content: string }[])
      .filter(({ role }) => role === 'tool')
      .map(({ content }) => content);
    if (results.length === 0) {
      return {
        calls: [
          { id: 'call_calendar', name: 'get_calendar', arguments: { doctor: 'Okafor' } },
          { id: 'call_first', name: 'book_appointment', arguments: { slot_id: 'slot-7702' } },
        ],
      };
    }
    const confirmation = /BK-\d+/u.exec(results.join())?.[0];
    if (confirmation !== undefined) return { text: `Booked, confirmation ${confirmation}.` };
    const slot = /slot-\d+/u.exec(results[0] ?? '')?.[0];
    return { calls: [{ id: 'call_again', name: 'book_appointment', arguments: { slot_id: slot } }] };
  });
});
afterAll(async () => {
  trace.disable();
  await server.close();
});
beforeEach(() => {
  booked = [];
  tracing.reset();
});

const tool = (name: string, effect: Tool['effect'], execute: Tool['execute'], more: Partial<Tool> = {}): Tool =>
  plainTool(name, execute, { effect, ...more });

async function bookWith(guard: GuardMode, more: Partial<Tool> = {}) {
  const client = instrumentOpenAI(new OpenAI({ apiKey: 'k', baseURL: server.url }), { content: 'full' });
  const result = await runAgent({
    client: client as never,
    model: 'm',
    name: 'booking',
    messages: 'Can I see Dr Okafor on Tuesday afternoon?',
    guard,
    tools: [
      tool('get_calendar', 'read', () => ({ slots: [{ slot_id: 'slot-8841', at: '15:00' }] })),
      tool(
        'book_appointment',
        'write',
        (input) => {
          booked.push((input as { slot_id: string }).slot_id);
          return { confirmation: `BK-${20_930 + booked.length}` };
        },
        more,
      ),
    ],
  });
  const file = join(mkdtempSync(join(tmpdir(), 'fanlight-runtime-')), 'trace.json');
  writeFileSync(file, tracing.otlp());
  const report = await analyze(file);
  return { result, calls: report.runs.flatMap((run) => run.calls), findings: report.runs.flatMap((run) => run.findings) };
}

describe('the booking agent', () => {
  test('without the guard books the stale slot; the analysis of its trace says so', async () => {
    const { result, calls } = await bookWith('off');
    expect(booked).toEqual(['slot-7702']);
    expect(result.text).toContain('BK-20931');
    expect(calls.find(({ id }) => id === 'call_first')).toMatchObject({ dependsOn: ['call_calendar'], outcome: 'ok' });
  });

  test('with the guard never does, and ends well; the analysis of its trace says so', async () => {
    const { result, calls } = await bookWith('defer');
    expect(booked).toEqual(['slot-8841']);
    expect(result).toMatchObject({ finish: 'answer', text: 'Booked, confirmation BK-20931.' });
    expect(tracing.of('execute_tool').map(({ attributes }) => attributes['gen_ai.tool.call.id'])).toEqual(['call_calendar', 'call_again']);
    // The same dependence, this time of a call that was put aside and made again, and the booking that was made is used.
    expect(calls.find(({ id }) => id === 'call_first')).toMatchObject({ dependsOn: ['call_calendar'], wasted: 'superseded' });
    expect(calls.find(({ id }) => id === 'call_again')).toMatchObject({ verdict: 'used', dependsOn: [] });
    const [root] = tracing.of('invoke_agent');
    expect(root?.events).toEqual([
      expect.objectContaining({
        name: 'fanlight.guard',
        attributes: expect.objectContaining({ 'fanlight.guard.decision': 'defer', 'fanlight.guard.call': 'call_first' }),
      }),
    ]);
  });

  test('told to warn, it warns and books', async () => {
    await bookWith('warn');
    expect(booked).toEqual(['slot-7702']);
    expect(tracing.of('invoke_agent')[0]?.events[0]?.attributes).toMatchObject({ 'fanlight.guard.decision': 'warn' });
  });

  test('a booking that runs alone and defers needs no guard', async () => {
    await bookWith('off', { parallelizable: false, onConflict: 'defer' });
    expect(booked).toEqual(['slot-8841']);
  });

  test('running alone by itself repairs nothing', async () => {
    await bookWith('off', { parallelizable: false, onConflict: 'serialize' });
    expect(booked).toEqual(['slot-7702']);
  });
});
