// Fills a Collector with the traces and metrics of a demo agent: real spans of a real client and real tools, only the
// model is scripted. Some days it is hasty, and books beside the calendar look-up with a slot it made up.
//   node deploy/demo.mjs [how many runs]     sends to OTEL_EXPORTER_OTLP_ENDPOINT, else http://localhost:4318
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import OpenAI from 'openai6';
import { FanlightSpanExporter } from '../dist/src/export/index.js';
import { bookingAgent, KINDS, startModel } from '../test/support/booking-agent.mjs';

/**
 * @param {{ endpoint?: string, runs?: number, toolMs?: number, modelMs?: number, service?: string }} options
 * @returns {Promise<{ runs: number, seconds: number }>} once everything is sent
 */
export async function runDemo({ endpoint = 'http://localhost:4318', runs = 60, toolMs = 40, modelMs = 30, service = 'booking-demo' } = {}) {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const resource = resourceFromAttributes({ 'service.name': service });
  const meterProvider = new MeterProvider({
    resource,
    readers: [
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter({ url: `${endpoint}/v1/metrics` }),
        exportIntervalMillis: 2000,
      }),
    ],
  });
  const exporter = new FanlightSpanExporter({
    exporter: new OTLPTraceExporter({ url: `${endpoint}/v1/traces` }),
    meterProvider,
    config: { prices: { 'gpt-5-mini': { input: 0.25, output: 2 } } },
  });
  const tracerProvider = new BasicTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(exporter, { scheduledDelayMillis: 500 })],
  });
  const model = await startModel(modelMs);
  const client = new OpenAI({ apiKey: 'none', baseURL: model.url });
  const agent = bookingAgent(client, { tracerProvider, meterProvider, toolMs });
  const started = performance.now();
  const before = Date.now() % 100_000;
  for (let i = 0; i < runs; i += 4) {
    await Promise.all(Array.from({ length: Math.min(4, runs - i) }, (_, k) => agent(KINDS[(i + k) % KINDS.length], before + i + k)));
  }
  const seconds = (performance.now() - started) / 1000;
  await model.close();
  await tracerProvider.forceFlush();
  await exporter.forceFlush();
  await meterProvider.forceFlush();
  await tracerProvider.shutdown();
  await meterProvider.shutdown();
  return { runs, seconds };
}

if (process.argv[1] === import.meta.filename) {
  const endpoint = process.env.OTEL_EXPORTER_OTLP_ENDPOINT ?? 'http://localhost:4318';
  const reachable = await fetch(`${endpoint}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  }).catch(() => undefined);
  if (reachable === undefined) {
    console.error(`Nothing listens at ${endpoint}. Start it first: docker compose -f deploy/compose.yaml up -d`);
    process.exit(1);
  }
  const { runs, seconds } = await runDemo({ endpoint, runs: Number(process.argv[2] ?? 60) });
  console.log(`${runs} runs in ${seconds.toFixed(1)} s, sent to ${endpoint}.`);
  console.log('Jaeger:  http://localhost:16686  (search for the tag fanlight.verdict=wasted)');
  console.log('Grafana: http://localhost:3000   (dashboard "Fan-out overview")');
}
