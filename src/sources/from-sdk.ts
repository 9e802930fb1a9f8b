import type { Span } from '../dialects/span.ts';

/** Seconds and nanoseconds since the epoch. */
type HrTime = [number, number];

/**
 * A finished span of the OpenTelemetry SDK, as far as it is read: declared, not imported, so that any version of
 * the SDK fits (1.x has `parentSpanId` and `instrumentationLibrary`, 2.x what came in their place).
 */
export interface SdkSpan {
  readonly name: string;
  readonly spanContext: () => { traceId: string; spanId: string };
  readonly parentSpanContext?: { spanId: string };
  readonly parentSpanId?: string;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly status: { code: number; message?: string };
  readonly attributes: Record<string, unknown>;
  readonly events: { time: HrTime; name: string; attributes?: Record<string, unknown> }[];
  readonly resource: { readonly attributes: Record<string, unknown> };
  readonly instrumentationScope?: { readonly name: string; readonly version?: string };
  readonly instrumentationLibrary?: { readonly name: string; readonly version?: string };
  readonly droppedAttributesCount: number;
}

export const parentIdOf = (span: Pick<SdkSpan, 'parentSpanContext' | 'parentSpanId'>): string | undefined =>
  span.parentSpanContext?.spanId ?? span.parentSpanId;

const millis = ([seconds, nanos]: HrTime): number => seconds * 1000 + nanos / 1e6;

/** A span of the SDK as the dialects read it. Attributes are copied: reading them changes them. */
export function fromSdk(span: SdkSpan): Span {
  const { traceId, spanId } = span.spanContext();
  const parentSpanId = parentIdOf(span);
  const scope = (span.instrumentationScope ?? span.instrumentationLibrary)?.name;
  return {
    traceId,
    spanId,
    name: span.name,
    start: millis(span.startTime),
    end: millis(span.endTime),
    attributes: { ...span.attributes },
    events: span.events.map(({ name, time, attributes }) => ({ name, time: millis(time), attributes: { ...attributes } })),
    status: { code: span.status.code, ...(span.status.message !== undefined && { message: span.status.message }) },
    droppedAttributes: span.droppedAttributesCount,
    resource: span.resource.attributes,
    place: { source: 'process' },
    ...(parentSpanId !== undefined && { parentSpanId }),
    ...(scope !== undefined && { scope }),
  };
}
