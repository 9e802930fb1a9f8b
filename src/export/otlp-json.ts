import { asArray, isObject, type Json } from '../dialects/json.ts';
import type { Span } from '../dialects/span.ts';
import { FINDING, LINK, type Annotation, type Value } from './annotations.ts';

/** One request of OTLP JSON: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
export interface OtlpRequest {
  resourceSpans: { resource: unknown; scopeSpans: { scope: unknown; spans: Json[] }[] }[];
}

/** JSON has no NaN and no infinity; OTLP JSON spells them as text. */
export const otlpText = (request: OtlpRequest): string =>
  JSON.stringify(request, (_, value: unknown) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value));

/** Spans as they came, with what the verdicts add; resources and scopes stay what they were. */
export function otlpRequest(spans: readonly { span: Span; annotation: Annotation | undefined }[]): OtlpRequest {
  const resources = new Map<unknown, Map<unknown, Json[]>>();
  for (const { span, annotation } of spans) {
    if (span.raw === undefined) continue;
    const scopes = resources.get(span.raw.resource) ?? new Map<unknown, Json[]>();
    resources.set(span.raw.resource, scopes);
    const list = scopes.get(span.raw.scope) ?? [];
    scopes.set(span.raw.scope, list);
    list.push(otlpSpan(span, span.raw.span, annotation));
  }
  return {
    resourceSpans: [...resources].map(([resource, scopes]) => ({
      resource: resource ?? {},
      scopeSpans: [...scopes].map(([scope, list]) => ({ scope: scope ?? {}, spans: list })),
    })),
  };
}

function otlpSpan(span: Span, raw: Json, annotation: Annotation | undefined): Json {
  const { attributes = {}, events = [], links = [] } = annotation ?? {};
  const end = raw['endTimeUnixNano'] ?? raw['end_time_unix_nano'];
  return {
    ...camelCased(raw),
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId !== undefined && { parentSpanId: span.parentSpanId }),
    attributes: [...pairsOf(raw['attributes']).filter(({ key }) => !(String(key) in attributes)), ...keyValues(attributes)],
    events: [
      ...asArray(raw['events'])
        .filter(isNotOurs)
        .map((event) => (isObject(event) ? { ...camelCased(event), attributes: pairsOf(event['attributes']) } : event)),
      ...events.map((event) => ({ name: event.name, timeUnixNano: end, attributes: keyValues(event.attributes) })),
    ],
    links: [
      ...asArray(raw['links'])
        .filter(isNotOurs)
        .map((link) => (isObject(link) ? { ...camelCased(link), attributes: pairsOf(link['attributes']) } : link)),
      ...links.map((link) => ({ traceId: link.traceId, spanId: link.spanId, attributes: keyValues(link.attributes) })),
    ],
  };
}

/** What an earlier analysis put there is replaced by what this one says. */
const isNotOurs = (entry: unknown): boolean =>
  !isObject(entry) || (entry['name'] !== FINDING && !pairsOf(entry['attributes']).some(({ key }) => key === LINK));

/** `start_time_unix_nano` and its like, as JSON spells them; deeper levels are what they are. */
function camelCased(raw: Json): Json {
  return Object.fromEntries(
    Object.entries(raw).map(([key, value]) => [key.replaceAll(/_(\w)/gu, (_, letter: string) => letter.toUpperCase()), value]),
  );
}

/** A list of key-value pairs, also where a writer made a plain object of it. */
function pairsOf(attributes: unknown): Json[] {
  if (Array.isArray(attributes)) return attributes.filter(isObject);
  if (!isObject(attributes)) return [];
  return Object.entries(attributes).map(([key, value]) => ({ key, value: isObject(value) ? value : anyValue(value) }));
}

export const keyValues = (attributes: Record<string, Value>): Json[] =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));

function anyValue(value: unknown): Json {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  return { stringValue: JSON.stringify(value) };
}
