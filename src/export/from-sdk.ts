import type { Span } from '../dialects/span.ts';
import { millis, parentIdOf, type ReadableSpan } from './otel.ts';

/** A span of the SDK as the dialects read it. Attributes are copied: reading them changes them. */
export function fromSdk(span: ReadableSpan): Span {
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
