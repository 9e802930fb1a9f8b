import { SpanKind, type Link } from '@opentelemetry/api';
import { spanKey } from '../dialects/span.ts';
import { FINDING, LINK, type Annotations } from './annotations.ts';
import { parentIdOf } from '../sources/from-sdk.ts';
import type { ReadableSpan, TimedEvent } from './otel.ts';

/** A copy of a span with what the verdicts add to it; the span itself where they add nothing. */
export function annotated(span: ReadableSpan, annotations: Annotations): ReadableSpan {
  const context = span.spanContext();
  const annotation = annotations.get(spanKey(context.traceId, context.spanId));
  if (annotation === undefined) return span;
  const events = annotation.events.map(({ name, attributes }): TimedEvent => ({
    name,
    attributes,
    time: span.endTime,
    droppedAttributesCount: 0,
  }));
  const links = annotation.links.map(({ traceId, spanId, attributes }): Link => ({
    context: { traceId, spanId, traceFlags: 1 },
    attributes,
  }));
  const parentSpanId = parentIdOf(span);
  return {
    name: span.name,
    kind: span.kind ?? SpanKind.INTERNAL,
    spanContext: () => context,
    startTime: span.startTime,
    endTime: span.endTime,
    status: span.status,
    attributes: { ...span.attributes, ...annotation.attributes },
    links: [...span.links.filter(({ attributes }) => attributes?.[LINK] === undefined), ...links],
    events: [...span.events.filter(({ name }) => name !== FINDING), ...events],
    duration: span.duration,
    ended: span.ended,
    resource: span.resource,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
    ...(span.parentSpanContext !== undefined && { parentSpanContext: span.parentSpanContext }),
    ...(parentSpanId !== undefined && { parentSpanId }),
    ...(span.instrumentationScope !== undefined && { instrumentationScope: span.instrumentationScope }),
    ...(span.instrumentationLibrary !== undefined && { instrumentationLibrary: span.instrumentationLibrary }),
  };
}
