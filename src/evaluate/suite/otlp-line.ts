import type { Json } from '../../dialects/json.ts';
import type { ReadableSpan } from '../../export/otel.ts';
import { keyValues, otlpText } from '../../export/otlp-json.ts';
import { parentIdOf } from '../../sources/from-sdk.ts';

/** The spans of one run as one line of OTLP JSON. */
export function otlpLine(spans: readonly ReadableSpan[]): string {
  const scopes = new Map<string, Json[]>();
  for (const span of spans) {
    const name = (span.instrumentationScope ?? span.instrumentationLibrary)?.name ?? '';
    const list = scopes.get(name);
    if (list === undefined) scopes.set(name, [otlpSpan(span)]);
    else list.push(otlpSpan(span));
  }
  const scopeSpans = [...scopes].map(([name, list]) => ({ scope: { name }, spans: list }));
  return otlpText({ resourceSpans: [{ resource: { attributes: keyValues({ 'service.name': 'fanlight.evaluate' }) }, scopeSpans }] });
}

function otlpSpan(span: ReadableSpan): Json {
  const { traceId, spanId } = span.spanContext();
  const parentSpanId = parentIdOf(span);
  return {
    traceId,
    spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    name: span.name,
    kind: span.kind + 1,
    startTimeUnixNano: nanos(span.startTime),
    endTimeUnixNano: nanos(span.endTime),
    attributes: keyValues(span.attributes as never),
    events: span.events.map(({ name, time, attributes = {} }) => ({
      name,
      timeUnixNano: nanos(time),
      attributes: keyValues(attributes as never),
    })),
    status: { code: span.status.code, ...(span.status.message !== undefined && { message: span.status.message }) },
  };
}

const nanos = ([seconds, rest]: readonly [number, number]): string => String(BigInt(seconds) * 1_000_000_000n + BigInt(Math.round(rest)));
