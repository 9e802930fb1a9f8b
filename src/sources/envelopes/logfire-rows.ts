import { asArray, asString, isObject, objectOf, parseIfStructured, type Json } from '../../dialects/json.ts';
import type { SpanEvent } from '../../dialects/span.ts';
import type { SpanContent } from '../otlp.ts';
import type { SpanEnvelope } from './envelope.ts';
import { addSpan, statusOf } from './span-of.ts';
import { readMoment } from './times.ts';

/**
 * Rows of Logfire's table `records`, one a line, as cells of a table, or as its query API answers (`{columns, rows}`):
 * https://logfire.pydantic.dev/docs/reference/sql/#records-columns
 */
export const logfireRows: SpanEnvelope = {
  id: 'logfire-rows',

  detect: (value) => rowsOf(value).some(isRow),

  read: (value, place) => {
    const content: SpanContent = { spans: [], logs: [], skipped: [] };
    for (const row of rowsOf(value)) if (isRow(row)) addRow(content, row, place);
    return content;
  },
};

const rowsOf = (value: Json): unknown[] => (Array.isArray(value['columns']) ? asArray(value['rows']) : [value]);

const isRow = (row: unknown): row is Json =>
  isObject(row) && ['trace_id', 'span_id', 'span_name', 'start_timestamp'].every((key) => asString(row[key]) !== undefined);

function addRow(content: SpanContent, row: Json, place: Parameters<typeof addSpan>[2]): void {
  const [start, end] = [readMoment(row['start_timestamp']), readMoment(row['end_timestamp'])];
  addSpan(
    content,
    {
      traceId: row['trace_id'],
      spanId: row['span_id'],
      parentSpanId: row['parent_span_id'],
      name: row['span_name'],
      ...(start !== undefined && { start }),
      ...(end !== undefined && { end }),
      // The two stand in columns of their own, and tell the dialect who wrote the span.
      attributes: { 'logfire.msg': row['message'], 'logfire.span_type': row['kind'], ...objectOf(row['attributes']) },
      events: asArray(parseIfStructured(row['otel_events'])).filter(isObject).map(readEvent),
      status: statusOf(row['otel_status_code'], row['otel_status_message']),
      scope: row['otel_scope_name'],
      resource: { 'service.name': row['service_name'], ...objectOf(row['otel_resource_attributes']) },
    },
    place,
  );
}

const readEvent = (event: Json): SpanEvent => ({ name: asString(event['event_name']) ?? '', attributes: objectOf(event['attributes']) });
