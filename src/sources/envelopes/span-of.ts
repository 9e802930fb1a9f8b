import { asString, isObject } from '../../dialects/json.ts';
import { optionalParts, type Attributes, type Place, type Span, type SpanEvent } from '../../dialects/span.ts';
import { readId, type SpanContent } from '../otlp.ts';
import { asOtlp } from './as-otlp.ts';

/** The parts of a span as an envelope holds them, ids as they stand there. */
interface Parts {
  traceId: unknown;
  spanId: unknown;
  parentSpanId: unknown;
  name: unknown;
  start?: number;
  end?: number;
  attributes: Attributes;
  events: SpanEvent[];
  status: Span['status'];
  scope?: unknown;
  resource: Attributes;
}

/** Adds the span that the parts make, or why they make none. */
export function addSpan(content: SpanContent, parts: Parts, place: Place): void {
  const { traceId: trace, spanId: span, parentSpanId: parent, name, start, end, attributes, events, status, resource } = parts;
  const [traceId, spanId, parentSpanId] = [idOf(trace, 16), idOf(span, 8), idOf(parent, 8)];
  const scope = asString(parts.scope);
  if (traceId === undefined || spanId === undefined) {
    content.skipped.push(`a span without a ${traceId === undefined ? 'trace id that is 8 or 16' : 'span id that is 8'} bytes in hex`);
    return;
  }
  const read: Span = {
    traceId,
    spanId,
    name: asString(name) ?? '',
    attributes,
    events,
    status,
    droppedAttributes: 0,
    resource,
    place,
    ...optionalParts(spanId, { parentSpanId, start, end, scope }),
  };
  content.spans.push({ ...read, raw: asOtlp(read) });
}

/** Hex, of which leading zeros or a `0x` may be lost or added. */
export function idOf(value: unknown, bytes: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  const hex = /^(?:0x)?(?<digits>[0-9a-f]+)$/iu.exec(value)?.groups?.['digits'];
  return hex === undefined || hex.length > 2 * bytes ? readId(value, bytes) : readId(hex.padStart(2 * bytes, '0'), bytes);
}

/** The status by its name in any spelling: `Error`, `STATUS_CODE_ERROR`, `StatusCode.ERROR`. */
export function statusOf(code: unknown, message: unknown): Span['status'] {
  const name = /(?:^|[._])(?<name>error|ok)$/iu.exec(asString(code) ?? '')?.groups?.['name']?.toLowerCase();
  const text = asString(message);
  const number = code === 2 || name === 'error' ? 2 : code === 1 || name === 'ok' ? 1 : 0;
  return { code: number, ...(text !== undefined && { message: text }) };
}

/** What is one value although it is an object: JSON that a backend decoded. */
const WHOLE = /(?:^|\.)(?:metadata|parameters|json_schema|variables)$/u;

/**
 * Attributes under dotted keys, whether a backend nested them or not: `{llm: {input_messages: [{message: {role}}]}}`
 * has `llm.input_messages.0.message.role`. Lists and what is one value by convention are there as they are as well.
 */
export function flatAttributes(nested: unknown): Attributes {
  // No prototype: a key may be called `__proto__`.
  const flat = Object.create(null) as Attributes;
  const add = (key: string, value: unknown): void => {
    if (value === null || value === undefined) return;
    if (Array.isArray(value) ? !value.some(isObject) : !isObject(value)) flat[key] = value;
    else {
      if (Array.isArray(value) || WHOLE.test(key)) flat[key] = value;
      for (const [inner, each] of Object.entries(value as object)) add(key === '' ? inner : `${key}.${inner}`, each);
    }
  };
  if (isObject(nested)) add('', nested);
  return flat;
}
