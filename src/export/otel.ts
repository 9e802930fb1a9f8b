import type { HrTime, Link, SpanContext, SpanKind, SpanStatus } from '@opentelemetry/api';

/**
 * The SDK's side of an exporter and a processor, as far as it is used here: declared, not imported, so that any
 * version of the SDK fits (1.x has `parentSpanId` and `instrumentationLibrary`, 2.x what came in their place).
 */
export interface ReadableSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly spanContext: () => SpanContext;
  readonly parentSpanContext?: SpanContext;
  readonly parentSpanId?: string;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly status: SpanStatus;
  readonly attributes: Record<string, unknown>;
  readonly links: Link[];
  readonly events: TimedEvent[];
  readonly duration: HrTime;
  readonly ended: boolean;
  readonly resource: { readonly attributes: Record<string, unknown> };
  readonly instrumentationScope?: { readonly name: string; readonly version?: string };
  readonly instrumentationLibrary?: { readonly name: string; readonly version?: string };
  readonly droppedAttributesCount: number;
  readonly droppedEventsCount: number;
  readonly droppedLinksCount: number;
}

export interface TimedEvent {
  time: HrTime;
  name: string;
  attributes?: Record<string, unknown>;
  droppedAttributesCount?: number;
}

/** `code` 0 is success, 1 failure. */
export interface ExportResult {
  code: number;
  error?: Error;
}

export interface SpanExporter {
  export(spans: ReadableSpan[], resultCallback: (result: ExportResult) => void): void;
  shutdown(): Promise<void>;
  forceFlush?(): Promise<void>;
}

export const SUCCESS = 0;
export const FAILED = 1;

export const parentIdOf = (span: ReadableSpan): string | undefined => span.parentSpanContext?.spanId ?? span.parentSpanId;

/** The first span of a trace in this process. 1.x does not tell a remote parent. */
export const isLocalRoot = (span: ReadableSpan): boolean => parentIdOf(span) === undefined || span.parentSpanContext?.isRemote === true;

export const millis = ([seconds, nanos]: HrTime): number => seconds * 1000 + nanos / 1e6;
