import type { Attributes, Span } from '../../dialects/span.ts';

/** A span as OTLP JSON would have held it, for those who write it again: with its values as they came. */
export function asOtlp(span: Omit<Span, 'raw'>): NonNullable<Span['raw']> {
  const { name, start, end, attributes, events, status, resource, scope } = span;
  return {
    span: {
      name,
      ...(start !== undefined && { startTimeUnixNano: nanoseconds(start) }),
      ...(end !== undefined && { endTimeUnixNano: nanoseconds(end) }),
      attributes: { ...attributes },
      events: events.map((event) => ({
        name: event.name,
        ...(event.time !== undefined && { timeUnixNano: nanoseconds(event.time) }),
        attributes: event.attributes,
      })),
      status,
    },
    resource: { attributes: pairsOf(resource) },
    scope: scope === undefined ? {} : { name: scope },
  };
}

const nanoseconds = (ms: number): string => {
  const whole = Math.floor(ms);
  return String(BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e6)));
};

const pairsOf = (attributes: Attributes): object[] =>
  Object.entries(attributes).map(([key, value]) => ({
    key,
    value: { stringValue: typeof value === 'string' ? value : JSON.stringify(value) },
  }));
