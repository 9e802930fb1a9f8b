import type { HrTime, Link, SpanContext, SpanKind, SpanStatus } from '@opentelemetry/api';
import { parentIdOf, type SdkSpan } from '../sources/from-sdk.ts';

/** The SDK's side of an exporter and a processor, beyond what is read of a span. */
export interface ReadableSpan extends SdkSpan {
  readonly kind: SpanKind;
  readonly spanContext: () => SpanContext;
  readonly parentSpanContext?: SpanContext;
  readonly status: SpanStatus;
  readonly links: Link[];
  readonly events: TimedEvent[];
  readonly duration: HrTime;
  readonly ended: boolean;
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

/** The first span of a trace in this process. 1.x does not tell a remote parent. */
export const isLocalRoot = (span: ReadableSpan): boolean => parentIdOf(span) === undefined || span.parentSpanContext?.isRemote === true;
