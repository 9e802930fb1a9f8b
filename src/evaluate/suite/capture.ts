import { context, ROOT_CONTEXT, trace, type Attributes, type ProxyTracerProvider } from '@opentelemetry/api';
import type { ReadableSpan } from '../../export/otel.ts';
import { EvaluationError } from '../error.ts';

/** Catches the spans of each run, whatever makes them, through the global tracer provider. */
export interface Capture {
  /** Runs `work` in a span of its own with these attributes, and gives what it gave with every span that ended until then. */
  run<T>(attributes: Attributes, work: () => Promise<T>): Promise<{ value: T; spans: ReadableSpan[] }>;
}

const CONTENT = 'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT';

/**
 * Sets up the OpenTelemetry SDK, before the suite's own code is loaded. Content is captured: there are no verdicts
 * without it. Undefined where the SDK is not installed; then runs have to give their messages.
 */
export async function installCapture(): Promise<Capture | undefined> {
  const sdk = await import('@opentelemetry/sdk-node').catch(ifMissing);
  if (sdk === undefined) return undefined;
  process.env[CONTENT] ??= 'true';
  const spans = new Map<string, ReadableSpan[]>();
  const provider = new sdk.node.NodeTracerProvider({
    // Long conversations must not be cut, nor the environment's sampler leave runs out.
    sampler: new sdk.tracing.AlwaysOnSampler(),
    spanLimits: { attributeValueLengthLimit: Infinity, attributeCountLimit: 1024, eventCountLimit: 1024 },
    spanProcessors: [
      {
        onStart: () => {},
        onEnd: (span) => void spans.get(span.spanContext().traceId)?.push(span as unknown as ReadableSpan),
        forceFlush: () => Promise.resolve(),
        shutdown: () => Promise.resolve(),
      },
    ],
  });
  provider.register();
  const tracer = provider.getTracer('fanlight.evaluate');
  if ((trace.getTracerProvider() as ProxyTracerProvider).getDelegate() !== provider) {
    throw new EvaluationError(
      'An OpenTelemetry SDK is set up already, so that the spans of the runs cannot be caught. Start without it (no --import of a registration, no NodeSDK before fanlight).',
    );
  }
  return {
    async run(attributes, work) {
      const root = tracer.startSpan('evaluate', { attributes }, ROOT_CONTEXT);
      const { traceId } = root.spanContext();
      spans.set(traceId, []);
      try {
        const value = await context.with(trace.setSpan(ROOT_CONTEXT, root), work);
        root.end();
        return { value, spans: spans.get(traceId) ?? [] };
      } catch (error) {
        root.end();
        throw new RunFailure(error, spans.get(traceId) ?? []);
      } finally {
        spans.delete(traceId);
      }
    },
  };
}

/** A run that threw, with the spans it left. */
export class RunFailure extends Error {
  readonly spans: readonly ReadableSpan[];

  constructor(cause: unknown, spans: readonly ReadableSpan[]) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.spans = spans;
  }
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ERR_MODULE_NOT_FOUND') return undefined;
  throw error;
}
