import type { Origin } from '../model/observation.ts';
import { labelsIn } from './labels.ts';

/** A span or log record as OTLP carries it, attribute values decoded to plain JavaScript. */

/** string, number, boolean, array, plain object, or bytes as base64 text. 64-bit integers beyond 2^53 stay strings. */
export type AttributeValue = unknown;
export type Attributes = Record<string, AttributeValue>;

export interface SpanEvent {
  name: string;
  /** Milliseconds since the epoch. */
  time?: number;
  attributes: Attributes;
}

export interface Place {
  source: string;
  line?: number;
}

export interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  /** Milliseconds since the epoch, fractions kept; undefined where missing or zero. */
  start?: number;
  end?: number;
  attributes: Attributes;
  events: SpanEvent[];
  /** OTLP status code: 0 unset, 1 ok, 2 error. */
  status: { code: number; message?: string };
  droppedAttributes: number;
  scope?: string;
  resource: Attributes;
  place: Place;
  /** As it stood in the input, for those who write it again. */
  raw?: { span: Record<string, unknown>; resource: unknown; scope: unknown };
}

/** What a span need not have; an end before its start is a clock that was set back: the start is kept, the length is unknown. */
export function optionalParts(
  spanId: string,
  {
    parentSpanId,
    start,
    end,
    scope,
  }: { [part in 'parentSpanId' | 'scope']: string | undefined } & { [time in 'start' | 'end']: number | undefined },
): Pick<Span, 'parentSpanId' | 'start' | 'end' | 'scope'> {
  return {
    ...(parentSpanId !== undefined && parentSpanId !== spanId && { parentSpanId }),
    ...(start !== undefined && { start }),
    ...(end !== undefined && (start === undefined || end >= start) && { end }),
    ...(scope !== undefined && { scope }),
  };
}

/** One span among many: ids of spans are unique in a trace only. */
export const spanKey = (traceId: string, spanId: string): string => `${traceId}/${spanId}`;

/** An OTLP log record; those without a trace id and span id tell nothing here. */
export interface LogRecord {
  traceId: string;
  spanId: string;
  /** `eventName`, else the attribute `event.name`. */
  eventName?: string;
  time?: number;
  body: AttributeValue;
  attributes: Attributes;
  place: Place;
}

/** Where a span stands, as observations name it. */
export function originOf(span: Span): Origin {
  const labels = labelsIn(span.attributes) ?? labelsIn(span.resource);
  return {
    ...span.place,
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId !== undefined && { parentSpanId: span.parentSpanId }),
    ...(labels !== undefined && { labels }),
  };
}
