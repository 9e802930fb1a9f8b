import { asString, isObject, parseIfStructured, type Json } from '../../dialects/json.ts';
import type { Attributes, SpanEvent } from '../../dialects/span.ts';
import type { SpanContent } from '../otlp.ts';
import type { SpanEnvelope } from './envelope.ts';
import { addSpan, flatAttributes, statusOf } from './span-of.ts';
import { readMoment } from './times.ts';

/**
 * Spans with their ids in a `context`: as Phoenix answers (https://arize.com/docs/phoenix/sdk-api-reference/spans), as
 * its data frames hold them, a column a field (`context.span_id`, `attributes.llm.model_name`), and as the Python SDK of
 * OpenTelemetry prints them.
 */
export const phoenix: SpanEnvelope = {
  id: 'phoenix',

  detect: (value) => contextOf(value) !== undefined,

  read: (value, place) => {
    const content: SpanContent = { spans: [], logs: [], skipped: [] };
    const { trace, span } = contextOf(value) ?? {};
    const status = isObject(value['status']) ? value['status'] : {};
    const resource = isObject(value['resource']) ? value['resource'] : {};
    const [start, end] = [readMoment(value['start_time']), readMoment(value['end_time'])];
    addSpan(
      content,
      {
        traceId: trace,
        spanId: span,
        parentSpanId: value['parent_id'],
        name: value['name'],
        ...(start !== undefined && { start }),
        ...(end !== undefined && { end }),
        attributes: attributesOf(value),
        events: eventsOf(value['events']),
        status: statusOf(value['status_code'] ?? status['status_code'], value['status_message'] ?? status['description']),
        resource: flatAttributes(resource['attributes']),
      },
      place,
    );
    return content;
  },
};

function contextOf(value: Json): { trace: unknown; span: unknown } | undefined {
  const context = isObject(value['context'])
    ? value['context']
    : { trace_id: value['context.trace_id'], span_id: value['context.span_id'] };
  const { trace_id: trace, span_id: span } = context;
  return typeof trace === 'string' && typeof span === 'string' ? { trace, span } : undefined;
}

/** Phoenix takes the kind out of the attributes. */
const KIND = 'openinference.span.kind';
const PREFIX = 'attributes.';

function attributesOf(value: Json): Attributes {
  const whole = parseIfStructured(value['attributes']);
  const columns = Object.entries(value).flatMap(([key, each]) =>
    key.startsWith(PREFIX) ? [[key.slice(PREFIX.length), each] as const] : [],
  );
  const attributes = flatAttributes({ ...(isObject(whole) && whole), ...Object.fromEntries(columns) });
  const kind = asString(value['span_kind']);
  if (kind !== undefined && kind !== 'UNKNOWN' && attributes[KIND] === undefined) attributes[KIND] = kind;
  return joinMetadata(attributes);
}

/** Metadata is JSON of one's own, which Phoenix takes apart like everything else. */
function joinMetadata(attributes: Attributes): Attributes {
  if (attributes['metadata'] !== undefined) return attributes;
  const fields = Object.entries(attributes).filter(([key]) => key.startsWith('metadata.'));
  if (fields.length > 0) attributes['metadata'] = Object.fromEntries(fields.map(([key, value]) => [key.slice('metadata.'.length), value]));
  return attributes;
}

function eventsOf(events: unknown): SpanEvent[] {
  const list = parseIfStructured(events);
  return (Array.isArray(list) ? list : []).filter(isObject).map((event) => {
    const time = readMoment(event['timestamp']);
    return { name: asString(event['name']) ?? '', attributes: flatAttributes(event['attributes']), ...(time !== undefined && { time }) };
  });
}
