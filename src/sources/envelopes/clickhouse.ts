import { asArray, asNumber, asString, isObject, parseIfStructured, type Json } from '../../dialects/json.ts';
import type { Attributes, Place, SpanEvent } from '../../dialects/span.ts';
import type { SpanContent } from '../otlp.ts';
import { decoded } from './clickhouse-text.ts';
import type { SpanEnvelope } from './envelope.ts';
import { addSpan, flatAttributes, idOf, statusOf } from './span-of.ts';
import { readMoment, timesOf } from './times.ts';

/**
 * Rows of the tables `otel_traces` and `otel_logs`, which the Collector's ClickHouse exporter makes:
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/clickhouseexporter/internal/sqltemplates
 */
export const clickHouse: SpanEnvelope = {
  id: 'clickhouse',

  detect: (row) => 'TraceId' in row && 'SpanId' in row && (isSpan(row) || isLog(row)),

  read: (row, place) => {
    const content: SpanContent = { spans: [], logs: [], skipped: [] };
    if (isSpan(row)) readSpan(row, place, content);
    else readLog(row, place, content);
    return content;
  },
};

const isSpan = (row: Json): boolean => 'SpanAttributes' in row || 'SpanName' in row;
const isLog = (row: Json): boolean => 'LogAttributes' in row || 'Body' in row;

function readSpan(row: Json, place: Place, content: SpanContent): void {
  const attributes = mapOf(row['SpanAttributes']);
  if (attributes === undefined) {
    content.skipped.push('a span whose column `SpanAttributes` is no map (export as JSONEachRow or Parquet)');
    return;
  }
  const service = asString(row['ServiceName']);
  const nanoseconds = asNumber(row['Duration']);
  addSpan(
    content,
    {
      traceId: row['TraceId'],
      spanId: row['SpanId'],
      parentSpanId: row['ParentSpanId'],
      name: row['SpanName'],
      ...timesOf(readMoment(row['Timestamp']), nanoseconds === undefined ? undefined : nanoseconds / 1e6),
      attributes,
      events: eventsOf(row),
      status: statusOf(row['StatusCode'], row['StatusMessage']),
      scope: row['ScopeName'],
      resource: { ...mapOf(row['ResourceAttributes']), ...(service !== undefined && { 'service.name': service }) },
    },
    place,
  );
}

/** Records outside a span tell nothing here and are left out. */
function readLog(row: Json, place: Place, content: SpanContent): void {
  const [traceId, spanId] = [idOf(row['TraceId'], 16), idOf(row['SpanId'], 8)];
  if (traceId === undefined || spanId === undefined) return;
  const attributes = mapOf(row['LogAttributes']) ?? {};
  const eventName = asString(row['EventName']) ?? asString(attributes['event.name']);
  const time = readMoment(row['Timestamp']);
  content.logs.push({
    traceId,
    spanId,
    body: parseIfStructured(row['Body']),
    attributes,
    place,
    ...(eventName !== undefined && { eventName }),
    ...(time !== undefined && { time }),
  });
}

/** A map, or the nested object of a JSON column; a row without one has no attributes. Undefined for anything else. */
function mapOf(value: unknown): Attributes | undefined {
  const map = decoded(value);
  if (map === undefined || map === null) return {};
  return isObject(map) ? flatAttributes(map) : undefined;
}

/** A column a field, each holding a list, or one column with all of it. */
function eventsOf(row: Json): SpanEvent[] {
  const nested = row['Events'];
  const column = (name: string): unknown[] => asArray(row[`Events.${name}`] ?? (isObject(nested) ? nested[name] : undefined));
  const [names, times, attributes] = [column('Name'), column('Timestamp'), column('Attributes')];
  return names.map((name, i) => {
    const time = readMoment(times[i]);
    return { name: asString(name) ?? '', attributes: mapOf(attributes[i]) ?? {}, ...(time !== undefined && { time }) };
  });
}
