import { setTimeout as sleep } from 'node:timers/promises';
import { context, ROOT_CONTEXT, trace, type Span } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, BatchSpanProcessor, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import OpenAI from 'openai6';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  FanlightSpanExporter,
  FanlightSpanProcessor,
  type FanlightSpanExporterOptions,
  type SpanExporter,
} from '../../src/export/index.ts';
import { bookingAgent, startModel } from '../support/booking-agent.mjs';
import { collectMetrics } from '../support/collect-metrics.ts';

let model: Awaited<ReturnType<typeof startModel>>;
beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  model = await startModel();
});
afterAll(() => model.close());

function setUp(options: FanlightSpanExporterOptions = {}) {
  const memory = new InMemorySpanExporter();
  const exporter = new FanlightSpanExporter({ exporter: memory as unknown as SpanExporter, ...options });
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const client = new OpenAI({ apiKey: 'k', baseURL: model.url, maxRetries: 0 });
  return { memory, exporter, provider, tracer: provider.getTracer('test'), agent: bookingAgent(client, { tracerProvider: provider }) };
}

const idOf = (span: { spanContext(): { spanId: string } } | undefined) => span?.spanContext().spanId;
const genAi = (tracer: ReturnType<typeof setUp>['tracer'], name: string, operation: string, parent?: Span, more = {}) =>
  tracer.startSpan(
    name,
    { attributes: { 'gen_ai.operation.name': operation, 'gen_ai.provider.name': 'x', ...more } },
    parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, parent),
  );
const settled = () => sleep(20);

describe('a run', () => {
  test('has verdicts on its tools, findings as events, links to what used a result, counts on its root', async () => {
    const { memory, agent, exporter } = setUp();
    await agent('hasty', 41);
    await exporter.forceFlush();
    const spans = memory.getFinishedSpans();
    const named = (name: string) => spans.filter((span) => span.name === name);
    const [calendar] = named('execute_tool get_calendar');
    const guess = named('execute_tool book_appointment').find((span) => span.attributes['fanlight.batch.size'] === 2);
    const booking = named('execute_tool book_appointment').find((span) => span !== guess);
    expect(calendar?.attributes).toMatchObject({ 'fanlight.verdict': 'used', 'fanlight.batch.index': 0 });
    expect(guess?.attributes).toMatchObject({
      'fanlight.verdict': 'wasted',
      'fanlight.wasted': 'superseded',
      'fanlight.depends_on': ['call_calendar_41'],
      'fanlight.batch.index': 1,
    });
    expect(guess?.events.map(({ attributes }) => attributes?.['fanlight.rule']).toSorted()).toEqual(['dependent-parallel', 'wasted-call']);
    expect(guess?.events[0]).toMatchObject({ name: 'fanlight.finding', time: guess?.endTime });
    expect(booking?.links).toEqual([
      { context: expect.objectContaining({ spanId: idOf(calendar) }), attributes: { 'fanlight.link': 'used' } },
    ]);
    expect(named('invoke_agent booking')[0]?.attributes).toMatchObject({
      'fanlight.tool_calls': 3,
      'fanlight.wasted_calls': 1,
      'fanlight.wasted_parallel_rate': 0.5,
      'fanlight.dependent_calls': 1,
    });
    // What was there stays as it was.
    expect(guess?.attributes['gen_ai.tool.call.arguments']).toBe('{"slot_id":"slot-tue-pm"}');
    expect(new Set(spans.map(idOf)).size).toBe(7);
  });

  test('goes out when it ends, without anybody asking', async () => {
    const { memory, agent } = setUp();
    await agent('careful', 42);
    await vi.waitFor(() => expect(memory.getFinishedSpans()).toHaveLength(7), { timeout: 10_000 });
  });

  test.each(['delta', 'fingerprint'])('recorded as %s has the same verdicts', async (content) => {
    const { memory, provider, exporter } = setUp();
    const client = new OpenAI({ apiKey: 'k', baseURL: model.url, maxRetries: 0 });
    await bookingAgent(client, { tracerProvider: provider, content })('hasty', 43);
    await exporter.forceFlush();
    const wasted = memory.getFinishedSpans().filter((span) => span.attributes['fanlight.verdict'] === 'wasted');
    expect(wasted.map(({ name }) => name)).toEqual(['execute_tool book_appointment']);
  });

  test('without a span around it ends with the answer that asks for no tool, turn by turn of its conversation', async () => {
    const { memory, tracer } = setUp();
    const asks = { 'gen_ai.response.finish_reasons': ['tool_call'] };
    const answers = { 'gen_ai.response.finish_reasons': ['stop'] };
    const first = genAi(tracer, 'chat', 'chat', undefined, asks);
    first.end();
    genAi(tracer, 'execute_tool a', 'execute_tool', first).end();
    await settled();
    expect(memory.getFinishedSpans()).toHaveLength(0);
    genAi(tracer, 'chat', 'chat', first, answers).end();
    await settled();
    expect(memory.getFinishedSpans()).toHaveLength(3);
    const next = genAi(tracer, 'chat', 'chat', first, asks);
    next.end();
    genAi(tracer, 'execute_tool b', 'execute_tool', next).end();
    await settled();
    expect(memory.getFinishedSpans()).toHaveLength(3);
    genAi(tracer, 'chat', 'chat', first, answers).end();
    await settled();
    expect(memory.getFinishedSpans()).toHaveLength(6);
  });
});

describe('what is no part of a run', () => {
  test('passes through untouched and at once', () => {
    const { memory, tracer } = setUp();
    const span = tracer.startSpan('GET /');
    span.end();
    expect(memory.getFinishedSpans()[0]).toBe(span);
  });

  test('a span that ends after its root goes on at once', async () => {
    const { memory, tracer } = setUp();
    const root = genAi(tracer, 'invoke_agent a', 'invoke_agent');
    const late = genAi(tracer, 'execute_tool late', 'execute_tool', root);
    root.end();
    await settled();
    late.end();
    await settled();
    expect(memory.getFinishedSpans().map(({ name }) => name)).toEqual(['invoke_agent a', 'execute_tool late']);
  });

  test('two runs interleaved in one trace are each whole', async () => {
    const { memory, tracer } = setUp();
    const remote = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1, isRemote: true };
    const root = (name: string) =>
      tracer.startSpan(
        name,
        { attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.provider.name': 'x' } },
        trace.setSpanContext(ROOT_CONTEXT, remote),
      );
    const [one, two] = [root('one'), root('two')];
    genAi(tracer, 'tool of two', 'execute_tool', two).end();
    genAi(tracer, 'tool of one', 'execute_tool', one).end();
    one.end();
    await settled();
    expect(memory.getFinishedSpans().map(({ name }) => name)).toEqual(['tool of one', 'one']);
    two.end();
    await settled();
    expect(memory.getFinishedSpans()).toHaveLength(4);
  });
});

describe('bounds', () => {
  test('a trace of 50,000 spans goes out as it came, all of it', async () => {
    const { memory, tracer, exporter } = setUp({ maxSpans: 5000 });
    const root = genAi(tracer, 'invoke_agent a', 'invoke_agent');
    for (let i = 0; i < 50_000; i++) genAi(tracer, 'execute_tool t', 'execute_tool', root).end();
    root.end();
    await exporter.forceFlush();
    expect(memory.getFinishedSpans()).toHaveLength(50_001);
  });

  test('of age: a run that does not end goes out as it came, and so does what follows', async () => {
    const { memory, tracer } = setUp({ maxAgeMs: 30 });
    const root = genAi(tracer, 'invoke_agent a', 'invoke_agent');
    genAi(tracer, 'execute_tool early', 'execute_tool', root).end();
    await sleep(120);
    expect(memory.getFinishedSpans()).toHaveLength(1);
    genAi(tracer, 'execute_tool later', 'execute_tool', root).end();
    await settled();
    expect(memory.getFinishedSpans()).toHaveLength(2);
    root.end();
    await settled();
    expect(memory.getFinishedSpans()).toHaveLength(3);
  });

  test('an agent that has ended under a span that goes on is analyzed after a while', async () => {
    const { memory, tracer, agent } = setUp({ quietMs: 40, maxAgeMs: 900 });
    const socket = tracer.startSpan('websocket');
    await context.with(trace.setSpan(ROOT_CONTEXT, socket), () => agent('hasty', 44));
    await sleep(1200);
    const wasted = memory.getFinishedSpans().filter((span) => span.attributes['fanlight.verdict'] === 'wasted');
    expect(wasted).toHaveLength(1);
    socket.end();
  });

  test('a run larger than the bound is not analyzed', async () => {
    const { memory, agent, exporter } = setUp({ maxRunCharacters: 100 });
    await agent('hasty', 45);
    await exporter.forceFlush();
    expect(memory.getFinishedSpans()).toHaveLength(7);
    expect(memory.getFinishedSpans().every((span) => span.attributes['fanlight.verdict'] === undefined)).toBe(true);
  });
});

describe('nothing is lost', () => {
  test('by forceFlush or shutdown in the middle of a run', async () => {
    for (const how of ['forceFlush', 'shutdown'] as const) {
      const { memory, tracer, exporter } = setUp();
      const root = genAi(tracer, 'invoke_agent a', 'invoke_agent');
      genAi(tracer, 'execute_tool a', 'execute_tool', root).end();
      const seen: number[] = [];
      memory.shutdown = async () => void seen.push(memory.getFinishedSpans().length);
      await exporter[how]();
      if (how === 'forceFlush') expect(memory.getFinishedSpans()).toHaveLength(1);
      else expect(seen).toEqual([1]);
    }
  });

  test('by a shutdown while runs wait to be analyzed', async () => {
    const { memory, agent, exporter } = setUp();
    await Promise.all([agent('hasty', 46), agent('careful', 47), agent('curious', 48)]);
    let sent = 0;
    memory.shutdown = async () => void (sent = memory.getFinishedSpans().length);
    await exporter.shutdown();
    expect(sent).toBe(7 + 7 + 5);
  });

  test('by an analyzer that fails', async () => {
    const { memory, agent, exporter, provider } = setUp();
    const broken = provider.getTracer('test').startSpan('chat', { attributes: { 'gen_ai.operation.name': 'chat' } });
    broken.end();
    let reads = 0;
    // Whole when it is held, broken when it is analyzed.
    Object.defineProperty(broken, 'events', {
      get: () => {
        if (++reads > 1) throw new Error('broken');
        return [];
      },
    });
    await exporter.forceFlush();
    memory.reset();
    exporter.export([broken as never], () => {});
    await agent('hasty', 49);
    await exporter.forceFlush();
    expect(reads).toBeGreaterThan(1);
    expect(memory.getFinishedSpans()).toHaveLength(8);
  });

  test('by an exporter that fails for a while', async () => {
    let failures = 2;
    const sent: unknown[] = [];
    const exporter: SpanExporter = {
      export: (spans, done) => {
        if (failures-- > 0) return done({ code: 1, error: Object.assign(new Error('unavailable'), { code: 503 }) });
        sent.push(...spans);
        done({ code: 0 });
      },
      shutdown: async () => {},
    };
    const { agent, exporter: fanlight } = setUp({ exporter });
    await agent('curious', 50);
    await fanlight.forceFlush();
    expect(sent).toHaveLength(5);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    [
      'refuses',
      (_: unknown, done: (result: { code: number; error: Error }) => void) =>
        done({ code: 1, error: Object.assign(new Error('bad request'), { code: 400 }) }),
    ],
  ])('more than its own by an exporter that %s: the app goes on', async (_, send) => {
    const { agent, exporter } = setUp({ exporter: { export: send as never, shutdown: async () => {} } });
    expect(await agent('curious', 51)).toContain('slot-8851');
    await exporter.shutdown();
  });
});

test('an exporter that hangs makes the span processor wait, not the app', async () => {
  const hung: unknown[] = [];
  const exporter = new FanlightSpanExporter({ exporter: { export: (spans) => void hung.push(...spans), shutdown: async () => {} } });
  const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter, { scheduledDelayMillis: 5 })] });
  const tracer = provider.getTracer('test');
  for (let i = 0; i < 4000; i++) genAi(tracer, 'invoke_agent a', 'invoke_agent').end();
  await sleep(60);
  expect(hung.length).toBeLessThanOrEqual(512);
});

describe('options', () => {
  test('without an exporter it is the SDK’s own, over OTLP', async () => {
    const exporter = new FanlightSpanExporter(null);
    await exporter.shutdown();
  });

  test.each<[object, RegExp]>([
    [{ maxSpans: -1 }, /maxSpans is a number above 0/u],
    [{ maxAgeMs: Number.NaN }, /maxAgeMs/u],
    [{ exporter: {} }, /export and shutdown/u],
    [{ config: { tools: { f: { speculativ: true } } } }, /speculative/u],
  ])('%j are refused', (options, message) => {
    expect(() => new FanlightSpanExporter(options as never)).toThrow(message);
  });
});

test('beside another exporter, or a processor, nothing is counted twice', async () => {
  const { points, provider: meterProvider } = collectMetrics();
  const [one, two] = [1, 2].map(
    () => new FanlightSpanExporter({ exporter: new InMemorySpanExporter() as unknown as SpanExporter, meterProvider }),
  );
  const processor = new FanlightSpanProcessor({ meterProvider });
  const provider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(one as FanlightSpanExporter), new SimpleSpanProcessor(two as FanlightSpanExporter), processor],
  });
  await bookingAgent(new OpenAI({ apiKey: 'k', baseURL: model.url }), { tracerProvider: provider })('hasty', 52);
  await provider.forceFlush();
  await settled();
  expect((await points('fanlight.wasted_calls')).map(({ value }) => value)).toEqual([1]);
});
