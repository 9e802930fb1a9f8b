import { asArray, asString, isObject, type Json } from '../../dialects/json.ts';
import type { Attributes, Place, SpanEvent } from '../../dialects/span.ts';
import type { SpanContent } from '../otlp.ts';
import type { SpanEnvelope } from './envelope.ts';
import { addSpan, idOf, statusOf } from './span-of.ts';
import { fromMicroseconds, timesOf } from './times.ts';

/**
 * Traces as Jaeger's user interface downloads them and `/api/traces` answers:
 * https://github.com/jaegertracing/jaeger/blob/main/internal/uimodel/model.go; or one span as its Elasticsearch
 * storage holds it, with the process inside.
 */
export const jaeger: SpanEnvelope = {
  id: 'jaeger',

  detect: (value) =>
    (Array.isArray(value['spans']) && value['spans'].some(isSpan)) || (isSpan(value) && ('operationName' in value || 'process' in value)),

  read: (value, place) => {
    const content: SpanContent = { spans: [], logs: [], skipped: [] };
    const processes = isObject(value['processes']) ? value['processes'] : {};
    const spans = Array.isArray(value['spans']) ? value['spans'] : [value];
    for (const span of spans) {
      if (isObject(span)) readSpan(span, processes[String(span['processID'])], place, content);
      else content.skipped.push('a span that is not an object');
    }
    return content;
  },
};

const isSpan = (value: unknown): boolean => isObject(value) && 'traceID' in value && 'spanID' in value;

/** How a span of OpenTelemetry is written in Jaeger: https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/jaeger/ */
function readSpan(span: Json, sharedProcess: unknown, place: Place, content: SpanContent): void {
  const attributes = tagsOf(span['tags'], span['tag']);
  const process = [span['process'], sharedProcess].find(isObject) ?? {};
  const service = asString(process['serviceName']);
  const code = attributes['otel.status_code'] ?? (String(attributes['error']) === 'true' ? 'ERROR' : undefined);
  addSpan(
    content,
    {
      traceId: span['traceID'],
      spanId: span['spanID'],
      parentSpanId: parentOf(span),
      name: span['operationName'],
      ...timesOf(fromMicroseconds(span['startTime']), lengthOf(span['duration'])),
      attributes,
      events: asArray(span['logs']).filter(isObject).map(readLog),
      status: statusOf(code, attributes['otel.status_description']),
      scope: attributes['otel.scope.name'] ?? attributes['otel.library.name'],
      resource: { ...tagsOf(process['tags'], process['tag']), ...(service !== undefined && { 'service.name': service }) },
    },
    place,
  );
}

const lengthOf = (microseconds: unknown): number | undefined => (microseconds === 0 ? 0 : fromMicroseconds(microseconds));

/** The span that this one is a child of, else one of the same trace that it follows. */
function parentOf(span: Json): unknown {
  const trace = idOf(span['traceID'], 16);
  const references = asArray(span['references'])
    .filter(isObject)
    .filter((reference) => idOf(reference['traceID'], 16) === trace);
  const parent = references.find((reference) => reference['refType'] === 'CHILD_OF') ?? references[0];
  return parent?.['spanID'] ?? span['parentSpanID'];
}

/** `[{key, type, value}]`, or an object, in which storage keeps some of them with `@` for the dots. */
function tagsOf(list: unknown, object: unknown): Attributes {
  const attributes = Object.create(null) as Attributes;
  for (const [key, value] of Object.entries(isObject(object) ? object : {})) attributes[key.replaceAll('@', '.')] = value;
  for (const tag of asArray(list)) {
    if (isObject(tag) && typeof tag['key'] === 'string') attributes[tag['key']] = valueOf(tag);
  }
  return attributes;
}

/** Whole numbers beyond what a number holds exactly stay text. */
function valueOf({ type, value }: Json): unknown {
  if (typeof value !== 'string') return value;
  if (type === 'bool') return value === 'true';
  const number = type === 'int64' || type === 'float64' ? Number(value) : Number.NaN;
  return type === 'int64' ? (Number.isSafeInteger(number) ? number : value) : Number.isFinite(number) ? number : value;
}

function readLog(log: Json): SpanEvent {
  const { event, ...attributes } = tagsOf(log['fields'], undefined);
  const time = fromMicroseconds(log['timestamp']);
  return { name: asString(event) ?? '', attributes, ...(time !== undefined && { time }) };
}
