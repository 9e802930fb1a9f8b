import { setTimeout as sleep } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import type { tracing } from '@opentelemetry/sdk-node';
import { hookModules } from './hook-modules.ts';
import { endOpenCalls } from './openai/call.ts';
import { OpenAIInstrumentation } from './openai-instrumentation.ts';
import { sightings } from './sightings.ts';
import { warn } from './warn.ts';

type SpanExporter = ConstructorParameters<typeof tracing.BatchSpanProcessor>[0];

/** Longest wait for the last spans when the app has nothing left to do. */
const FLUSH_MS = 3000;

/** Hooks module loading and starts an SDK, unless the process has one. */
export async function startTracing(): Promise<void> {
  await hookModules();
  const instrumentation = new OpenAIInstrumentation();
  if (hasProvider()) {
    sightings.sdk = 'the app’s own';
    return;
  }
  const { NodeSDK, tracing } = await import('@opentelemetry/sdk-node');
  const exporter = isOn(process.env['FANLIGHT_VERDICTS']) ? await verdictExporter() : undefined;
  const sdk = new NodeSDK({
    instrumentations: [instrumentation],
    ...(exporter !== undefined && { spanProcessors: [new tracing.BatchSpanProcessor(exporter)] }),
  });
  sdk.start();
  sightings.sdk = hasProvider() ? 'started by fanlight/register' : 'disabled';
  flushAtExit(async () => {
    // Before the SDK, which ends traces and metrics at once: the last runs are to be counted.
    if (exporter !== undefined) await flushTraces(exporter);
    await sdk.shutdown();
  });
}

/** The exporter that adds verdicts, for whoever exports over OTLP; it is not loaded otherwise. */
async function verdictExporter(): Promise<SpanExporter | undefined> {
  const to = process.env['OTEL_TRACES_EXPORTER'] ?? 'otlp';
  const protocol = process.env['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] ?? process.env['OTEL_EXPORTER_OTLP_PROTOCOL'] ?? 'http/protobuf';
  if (to === 'none') return undefined;
  if (to !== 'otlp' || protocol === 'grpc') {
    warn('FANLIGHT_VERDICTS=true works with OTLP over HTTP only; spans are exported without verdicts.');
    return undefined;
  }
  // By name: the tracing half knows nothing of the analyzing half.
  const [analysis, exporting] = ['fanlight', 'fanlight/exporter'];
  const { loadConfig } = (await import(analysis)) as { loadConfig(path: undefined, folder: string): Promise<object> };
  const { FanlightSpanExporter } = (await import(exporting)) as { FanlightSpanExporter: new (options: object) => SpanExporter };
  return new FanlightSpanExporter({ config: await loadConfig(undefined, process.cwd()) });
}

async function flushTraces(exporter: SpanExporter): Promise<void> {
  const provider = trace.getTracerProvider() as { getDelegate?: () => { forceFlush?: () => Promise<void> } };
  await provider.getDelegate?.().forceFlush?.();
  await exporter.forceFlush?.();
}

const isOn = (value: string | undefined): boolean => ['true', '1', 'yes', 'on'].includes(value?.trim().toLowerCase() ?? '');

function hasProvider(): boolean {
  const provider = trace.getTracerProvider() as { getDelegate?: () => object };
  return (provider.getDelegate?.() ?? provider).constructor.name !== 'NoopTracerProvider';
}

/** The last spans leave when the app is done, and never keep it from being done. */
function flushAtExit(shutdown: () => Promise<void>): void {
  let isDone = false;
  const flush = async (): Promise<void> => {
    if (isDone) return;
    isDone = true;
    endOpenCalls();
    await shutdown().catch(() => {});
  };
  process.once('beforeExit', () => {
    // Nothing was left to do but this: a collector that does not answer must not hold the process.
    const timer = setTimeout(() => process.listenerCount('beforeExit') === 0 && process.exit(), FLUSH_MS);
    timer.unref();
    void flush();
  });
  const onTerm = async (): Promise<void> => {
    const isOurs = process.listenerCount('SIGTERM') === 0;
    await Promise.race([flush(), sleep(FLUSH_MS, undefined, { ref: false })]);
    // Alone, we end the process as the signal would have; an app that listens decides for itself.
    if (isOurs) process.kill(process.pid, 'SIGTERM');
  };
  process.once('SIGTERM', () => void onTerm());
}
