import { context, trace } from '@opentelemetry/api';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterEach, expect } from 'vitest';
import { checkMessages } from './message-schemas.mjs';

export interface Tracing {
  provider: BasicTracerProvider;
  spans(): ReadableSpan[];
  /** Spans of one operation, oldest first. */
  of(operation: string): ReadableSpan[];
  /** As the Collector's file exporter writes them. */
  otlp(): string;
  reset(): void;
}

let violations: string[] = [];

/** Whatever else a test is about, no span of it may break the conventions' schemas. */
afterEach(() => {
  const found = violations;
  violations = [];
  expect(found).toEqual([]);
});

const schemaCheck: SpanProcessor = {
  onStart() {},
  onEnd: (span) => void violations.push(...checkMessages(span.attributes).violations),
  forceFlush: async () => {},
  shutdown: async () => {},
};

/** A real SDK whose spans stay in memory. Context is process-wide, as in an app. */
export function startTracing(): Tracing {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter), schemaCheck] });
  const spans = (): ReadableSpan[] => exporter.getFinishedSpans();
  return {
    provider,
    spans,
    of: (operation) =>
      spans()
        .filter((span) => span.attributes['gen_ai.operation.name'] === operation)
        .toSorted((a, b) => a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1]),
    otlp: () => new TextDecoder().decode(JsonTraceSerializer.serializeRequest(spans())),
    reset: () => exporter.reset(),
  };
}

export const tracer = (tracing: Tracing) => tracing.provider.getTracer('test');
export { context, trace };
