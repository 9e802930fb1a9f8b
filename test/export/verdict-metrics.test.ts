import { setTimeout as sleep } from 'node:timers/promises';
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import OpenAI from 'openai6';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FanlightSpanExporter, FanlightSpanProcessor, type LoggerProvider as Logs, type SpanExporter } from '../../src/export/index.ts';
import { bookingAgent, startModel } from '../support/booking-agent.mjs';
import { collectMetrics } from '../support/collect-metrics.ts';

let model: Awaited<ReturnType<typeof startModel>>;
beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  model = await startModel();
});
afterAll(() => model.close());

const config = { prices: { 'gpt-5-mini': { input: 0.25, output: 2 } } };
const newClient = () => new OpenAI({ apiKey: 'k', baseURL: model.url, maxRetries: 0 });

test('the exporter counts verdicts, waste, batches, time and its own work', async () => {
  const { provider: meterProvider, points } = collectMetrics();
  const exporter = new FanlightSpanExporter({ exporter: new InMemorySpanExporter() as unknown as SpanExporter, meterProvider, config });
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  await bookingAgent(newClient(), { tracerProvider, toolMs: 5 })('hasty', 61);
  await exporter.forceFlush();
  const tool = (name: string, more: object) => ({
    attributes: { 'gen_ai.tool.name': name, 'gen_ai.request.model': 'gpt-5-mini', ...more },
  });
  expect(await points('fanlight.tool_calls')).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ ...tool('get_calendar', { 'fanlight.batch.parallel': true, 'fanlight.verdict': 'used' }), value: 1 }),
      expect.objectContaining({ ...tool('book_appointment', { 'fanlight.batch.parallel': true, 'fanlight.verdict': 'wasted' }), value: 1 }),
      expect.objectContaining({ ...tool('book_appointment', { 'fanlight.batch.parallel': false, 'fanlight.verdict': 'used' }), value: 1 }),
    ]),
  );
  expect(await points('fanlight.wasted_calls')).toEqual([
    expect.objectContaining(tool('book_appointment', { 'fanlight.batch.parallel': true, 'fanlight.wasted': 'superseded' })),
  ]);
  expect(await points('fanlight.dependent_calls')).toEqual([expect.objectContaining({ ...tool('book_appointment', {}), value: 1 })]);
  expect((await points('fanlight.wasted_tokens'))[0]?.value).toBeGreaterThan(20);
  expect((await points('fanlight.wasted_cost'))[0]?.value).toBeGreaterThan(0);
  const sumOf = async (name: string) => ((await points(name))[0]?.value as { sum: number } | undefined)?.sum ?? Number.NaN;
  // The calendar takes twice as long as the booking beside it.
  expect(await sumOf('fanlight.batch.serial_duration')).toBeGreaterThan(await sumOf('fanlight.batch.duration'));
  expect(await sumOf('fanlight.batch.duration')).toBeGreaterThanOrEqual(await sumOf('fanlight.batch.longest_call'));
  expect(await sumOf('fanlight.batch.size')).toBe(3);
  expect(await sumOf('fanlight.run.duration')).toBeGreaterThan(0.01);
  expect(await sumOf('fanlight.analysis.duration')).toBeGreaterThan(0);
  expect(await points('fanlight.exporter.spans')).toEqual([
    expect.objectContaining({ attributes: { 'fanlight.exporter.outcome': 'annotated' }, value: 7 }),
  ]);
});

test('made-up tool names do not make time series without end', async () => {
  const { provider: meterProvider, points } = collectMetrics();
  const exporter = new FanlightSpanExporter({ exporter: new InMemorySpanExporter() as unknown as SpanExporter, meterProvider });
  const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).getTracer('test');
  const operation = 'gen_ai.operation.name';
  for (let i = 0; i < 300; i++) {
    const call = { type: 'tool_call', id: `c${i}`, name: `tool_${i}`, arguments: {} };
    const output = JSON.stringify([{ role: 'assistant', parts: [call], finish_reason: 'tool_call' }]);
    const root = tracer.startSpan('invoke_agent a', { attributes: { [operation]: 'invoke_agent' }, root: true });
    const { traceId, spanId } = root.spanContext();
    tracer
      .startSpan('chat', { attributes: { [operation]: 'chat', 'gen_ai.input.messages': '[]', 'gen_ai.output.messages': output } }, {
        getValue: () => ({ spanContext: () => ({ traceId, spanId, traceFlags: 1 }) }),
      } as never)
      .end();
    root.end();
  }
  await exporter.forceFlush();
  const names = new Set((await points('fanlight.tool_calls')).map(({ attributes }) => attributes['gen_ai.tool.name']));
  expect(names.size).toBe(201);
  expect(names).toContain('other');
});

test('the processor tells the same as metrics and log events, and leaves the spans alone', async () => {
  const { provider: meterProvider, points } = collectMetrics();
  const records = new InMemoryLogRecordExporter();
  const loggerProvider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter: records })] });
  const memory = new InMemorySpanExporter();
  const processor = new FanlightSpanProcessor({ meterProvider, loggerProvider: loggerProvider as unknown as Logs });
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(memory), processor] });
  await bookingAgent(newClient(), { tracerProvider })('hasty', 62);
  // All spans are out before anything is analyzed.
  expect(memory.getFinishedSpans()).toHaveLength(7);
  await tracerProvider.forceFlush();
  await sleep(5);
  expect(memory.getFinishedSpans().every((span) => span.attributes['fanlight.verdict'] === undefined)).toBe(true);
  expect(await points('fanlight.wasted_calls')).toHaveLength(1);
  const guess = memory.getFinishedSpans().find((span) => span.attributes['gen_ai.tool.call.id'] === 'call_guess_62');
  const logged = records.getFinishedLogRecords();
  expect(logged.map(({ attributes }) => attributes['fanlight.rule']).toSorted()).toEqual(['dependent-parallel', 'wasted-call']);
  expect(logged[0]).toMatchObject({
    eventName: 'fanlight.finding',
    severityText: 'WARNING',
    spanContext: { spanId: guess?.spanContext().spanId },
  });
});
