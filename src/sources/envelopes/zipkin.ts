import { asArray, asString, isObject, parseIfStructured, type Json } from '../../dialects/json.ts';
import type { Attributes, SpanEvent } from '../../dialects/span.ts';
import type { SpanContent } from '../otlp.ts';
import type { SpanEnvelope } from './envelope.ts';
import { addSpan, idOf, statusOf } from './span-of.ts';
import { fromMicroseconds, timesOf } from './times.ts';

/** Spans of Zipkin's API v2: https://zipkin.io/zipkin-api/#/default/post_spans */
export const zipkin: SpanEnvelope = {
  id: 'zipkin',

  detect: (value) =>
    idOf(value['traceId'], 16) !== undefined &&
    idOf(value['id'], 8) !== undefined &&
    (isObject(value['localEndpoint']) || isObject(value['tags']) || typeof value['timestamp'] === 'number'),

  read: (span, place) => {
    const content: SpanContent = { spans: [], logs: [], skipped: [] };
    const attributes = tagsOf(span['tags']);
    const endpoint = span['localEndpoint'];
    const service = isObject(endpoint) ? asString(endpoint['serviceName']) : undefined;
    const start = fromMicroseconds(span['timestamp']);
    // https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/zipkin/: errors are told by the tag `error`.
    const error = attributes['error'];
    const code = attributes['otel.status_code'] ?? (error === undefined || error === 'false' ? undefined : 'ERROR');
    addSpan(
      content,
      {
        traceId: span['traceId'],
        spanId: span['id'],
        parentSpanId: span['parentId'],
        name: span['name'],
        ...timesOf(start, fromMicroseconds(span['duration'])),
        attributes,
        events: asArray(span['annotations']).filter(isObject).map(readAnnotation),
        status: statusOf(code, error === 'true' ? undefined : error),
        scope: attributes['otel.scope.name'] ?? attributes['otel.library.name'],
        resource: service === undefined ? {} : { 'service.name': service },
      },
      place,
    );
    return content;
  },
};

const tagsOf = (tags: unknown): Attributes => Object.assign(Object.create(null) as Attributes, isObject(tags) ? tags : {});

/** Text as the Collector writes it, `name|{attributes}|count`, or the SDKs for Java and Go, `"name":{attributes}`. */
const WITH_ATTRIBUTES = /^(?:(?<piped>[^|{]*)\|(?<pipedJson>\{.*\})\|\d*|"?(?<named>[^"{|]*?)"?:\s*(?<namedJson>\{.*\}))$/su;

function readAnnotation({ value, timestamp }: Json): SpanEvent {
  const text = asString(value) ?? '';
  const { piped, pipedJson, named, namedJson } = WITH_ATTRIBUTES.exec(text)?.groups ?? {};
  const attributes = parseIfStructured(pipedJson ?? namedJson);
  const time = fromMicroseconds(timestamp);
  const isRead = isObject(attributes);
  return {
    name: isRead ? (piped ?? named ?? text) : text,
    attributes: isRead ? attributes : {},
    ...(time !== undefined && { time }),
  };
}
