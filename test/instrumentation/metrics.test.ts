import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { instrumentOpenAI, withRun, withToolCall, type InstrumentationOptions } from '../../instrumentation/index.ts';
import { openai } from '../support/openai-clients.ts';
import { startOpenAIServer } from '../support/openai-server.mjs';
import { startTracing, type Tracing } from '../support/tracing.ts';

/** The conventions' metrics, by a real SDK. */
let tracing: Tracing;
let server: Awaited<ReturnType<typeof startOpenAIServer>>;
let status: number | undefined;

beforeAll(async () => {
  tracing = startTracing();
  server = await startOpenAIServer(() => ({
    text: 'hello',
    usage: { input: 21, output: 9, cached: 5 },
    ...(status !== undefined && { status }),
  }));
});
afterAll(() => server.close());

async function measured(
  metrics: InstrumentationOptions['metrics'],
): Promise<Map<string, { unit: string; points: { value: unknown; attributes: Record<string, unknown> }[] }>> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const telemetry: InstrumentationOptions = {
    tracerProvider: tracing.provider,
    meterProvider: new MeterProvider({ readers: [reader] }),
    ...(metrics !== undefined && { metrics }),
  };
  const { default: OpenAI } = await openai(6);
  const client = instrumentOpenAI(new OpenAI({ apiKey: 'k', baseURL: server.url, maxRetries: 0 }), telemetry);
  await withRun({ name: 'desk', telemetry }, async () => {
    status = undefined;
    await client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'hi' }] });
    await withToolCall({ id: 'c', name: 'look', arguments: '{}' }, async () => 'seen');
    status = 429;
    await client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'hi' }] }).catch(() => {});
  });
  await reader.forceFlush();
  const all = exporter.getMetrics().flatMap((batch) => batch.scopeMetrics.flatMap((scope) => scope.metrics));
  await reader.shutdown();
  return new Map(all.map(({ descriptor, dataPoints }) => [descriptor.name, { unit: descriptor.unit, points: dataPoints as never }]));
}

describe('metrics', () => {
  test('by the conventions in force', async () => {
    const metrics = await measured('current');
    expect([...metrics.keys()].toSorted()).toEqual([
      'gen_ai.client.inference.duration',
      'gen_ai.client.inference.usage.cache_read.input_tokens',
      'gen_ai.client.inference.usage.input_tokens',
      'gen_ai.client.inference.usage.output_tokens',
      'gen_ai.execute_tool.duration',
      'gen_ai.invoke_agent.duration',
      'gen_ai.invoke_agent.inference_calls',
      'gen_ai.invoke_agent.tool_calls',
    ]);
    const durations = metrics.get('gen_ai.client.inference.duration');
    expect(durations?.unit).toBe('s');
    expect(durations?.points.map(({ attributes }) => attributes['error.type'])).toEqual([undefined, '429']);
    expect(metrics.get('gen_ai.client.inference.usage.input_tokens')?.points[0]?.value).toBe(21);
    expect(metrics.get('gen_ai.execute_tool.duration')?.points[0]?.attributes).toEqual({ 'gen_ai.tool.name': 'look' });
  });

  test('under the names that dashboards of today use', async () => {
    const names = [...(await measured('legacy')).keys()];
    expect(names).toContain('gen_ai.client.operation.duration');
    expect(names).toContain('gen_ai.client.token.usage');
    expect(names).not.toContain('gen_ai.client.inference.duration');
  });

  test('both, or none', async () => {
    expect([...(await measured('both')).keys()]).toEqual(
      expect.arrayContaining(['gen_ai.client.inference.duration', 'gen_ai.client.token.usage']),
    );
    expect([...(await measured('none')).keys()]).toEqual([]);
  });
});
