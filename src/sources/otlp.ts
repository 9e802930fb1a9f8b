import { optionalParts, type Attributes, type LogRecord, type Place, type Span, type SpanEvent } from '../dialects/span.ts';
import { readAnyValue, readAttributes } from './any-value.ts';
import { asArray, asNumber, asString, isObject, type Json } from '../dialects/json.ts';

/** What a request or a document of OTLP JSON holds, and what of it could not be read. */
export interface SpanContent {
  spans: Span[];
  logs: LogRecord[];
  /** Sentences, one for each element that was skipped. */
  skipped: string[];
}

/** True for `{resourceSpans}`, `{resourceLogs}` or `{resourceMetrics}`, in either spelling. */
export const isOtlp = (value: Json): boolean => OTLP_KEYS.some((key) => key in value);

const OTLP_KEYS = ['resourceSpans', 'resource_spans', 'resourceLogs', 'resource_logs', 'resourceMetrics', 'resource_metrics'];

/** Reads OTLP JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding), camelCase or snake_case. */
export function readOtlp(request: Json, place: Place): SpanContent {
  const content: SpanContent = { spans: [], logs: [], skipped: [] };
  for (const resourceSpans of listOf(request, 'resourceSpans', 'resource_spans', content)) readResourceSpans(resourceSpans, place, content);
  for (const resourceLogs of listOf(request, 'resourceLogs', 'resource_logs', content)) readResourceLogs(resourceLogs, place, content);
  return content;
}

/** One element of `resourceSpans`. */
export function readResourceSpans(resourceSpans: Json, place: Place, content: SpanContent): void {
  const resource = readAttributes(isObject(resourceSpans['resource']) ? resourceSpans['resource']['attributes'] : undefined);
  const scopes = [
    ...listOf(resourceSpans, 'scopeSpans', 'scope_spans', content),
    ...listOf(resourceSpans, 'instrumentationLibrarySpans', 'instrumentation_library_spans', content),
  ];
  for (const scopeSpans of scopes) {
    const scope = scopeSpans['scope'] ?? scopeSpans['instrumentationLibrary'];
    const scopeName = isObject(scope) ? asString(scope['name']) : undefined;
    for (const span of arrayOf(scopeSpans, 'spans', 'spans', content)) {
      const read = isObject(span) ? readSpan(span, resource, scopeName, place) : 'a span that is not an object';
      if (typeof read === 'string') content.skipped.push(read);
      else content.spans.push(Object.assign(read, { raw: { span, resource: resourceSpans['resource'], scope } }));
    }
  }
}

/** One element of `resourceLogs`. Records outside a span tell nothing here and are left out. */
export function readResourceLogs(resourceLogs: Json, place: Place, content: SpanContent): void {
  for (const scopeLogs of listOf(resourceLogs, 'scopeLogs', 'scope_logs', content)) {
    for (const record of arrayOf(scopeLogs, 'logRecords', 'log_records', content)) {
      const read = isObject(record) ? readLog(record, place) : undefined;
      if (read !== undefined) content.logs.push(read);
      else if (!isObject(record)) content.skipped.push('a log record that is not an object');
    }
  }
}

function arrayOf(parent: Json, camel: string, snake: string, content: SpanContent): unknown[] {
  const list = parent[camel] ?? parent[snake];
  if (list === undefined || list === null) return [];
  if (Array.isArray(list)) return list;
  content.skipped.push(`\`${camel}\` is not an array`);
  return [];
}

function listOf(parent: Json, camel: string, snake: string, content: SpanContent): Json[] {
  const list = arrayOf(parent, camel, snake, content);
  const objects = list.filter(isObject);
  if (objects.length < list.length) content.skipped.push(`an element of \`${camel}\` that is not an object`);
  return objects;
}

function readSpan(span: Json, resource: Attributes, scope: string | undefined, place: Place): Span | string {
  const traceId = readId(span['traceId'] ?? span['trace_id'], 16);
  if (traceId === undefined) return lacking('trace id', span['traceId'] ?? span['trace_id'], 16);
  const spanId = readId(span['spanId'] ?? span['span_id'], 8);
  if (spanId === undefined) return lacking('span id', span['spanId'] ?? span['span_id'], 8);
  const parentSpanId = readId(span['parentSpanId'] ?? span['parent_span_id'], 8);
  const start = readTime(span['startTimeUnixNano'] ?? span['start_time_unix_nano']);
  const end = readTime(span['endTimeUnixNano'] ?? span['end_time_unix_nano']);
  const status = isObject(span['status']) ? span['status'] : {};
  const message = asString(status['message']);
  return {
    traceId,
    spanId,
    name: asString(span['name']) ?? '',
    attributes: readAttributes(span['attributes']),
    events: asArray(span['events']).filter(isObject).map(readEvent),
    status: { code: readStatusCode(status['code']), ...(message !== undefined && { message }) },
    droppedAttributes: asNumber(span['droppedAttributesCount'] ?? span['dropped_attributes_count']) ?? 0,
    resource,
    place,
    ...optionalParts(spanId, { parentSpanId, start, end, scope }),
  };
}

function lacking(name: string, value: unknown, bytes: number): string {
  const isMalformed = typeof value === 'string' && value !== '' && !/^[0A]+=*$/u.test(value);
  return `a span without a ${name}${isMalformed ? ` that is ${bytes} bytes in hex or base64` : ''}`;
}

function readEvent(event: Json): SpanEvent {
  const time = readTime(event['timeUnixNano'] ?? event['time_unix_nano']);
  return { name: asString(event['name']) ?? '', attributes: readAttributes(event['attributes']), ...(time !== undefined && { time }) };
}

function readLog(record: Json, place: Place): LogRecord | undefined {
  const traceId = readId(record['traceId'] ?? record['trace_id'], 16);
  const spanId = readId(record['spanId'] ?? record['span_id'], 8);
  if (traceId === undefined || spanId === undefined) return undefined;
  const attributes = readAttributes(record['attributes']);
  const eventName = asString(record['eventName'] ?? record['event_name']) ?? asString(attributes['event.name']);
  const time =
    readTime(record['timeUnixNano'] ?? record['time_unix_nano']) ??
    readTime(record['observedTimeUnixNano'] ?? record['observed_time_unix_nano']);
  return {
    traceId,
    spanId,
    body: readAnyValue(record['body']),
    attributes,
    place,
    ...(eventName !== undefined && { eventName }),
    ...(time !== undefined && { time }),
  };
}

/** Hex of either case, or base64, as lower-case hex; undefined for missing, malformed and all-zero ids. */
export function readId(value: unknown, bytes: number): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  let hex: string | undefined;
  if (/^[0-9a-f]+$/iu.test(value) && (value.length === 2 * bytes || (bytes === 16 && value.length === 16))) hex = value.toLowerCase();
  else if (/^[A-Za-z0-9+/_-]+={0,2}$/u.test(value)) {
    const decoded = Buffer.from(value, 'base64');
    if (decoded.length === bytes) hex = decoded.toString('hex');
  }
  return hex === undefined || /^0+$/u.test(hex) ? undefined : hex.padStart(2 * bytes, '0');
}

/** Nanoseconds since the epoch, as text or number, in milliseconds with the fraction kept. */
export function readTime(nanos: unknown): number | undefined {
  if (typeof nanos === 'number') return Number.isFinite(nanos) && nanos > 0 ? nanos / 1e6 : undefined;
  if (typeof nanos !== 'string' || !/^\d+$/u.test(nanos)) return undefined;
  const ms = nanos.length <= 6 ? Number(nanos) / 1e6 : Number(nanos.slice(0, -6)) + Number(nanos.slice(-6)) / 1e6;
  return ms > 0 && Number.isFinite(ms) ? ms : undefined;
}

function readStatusCode(code: unknown): number {
  if (code === 'STATUS_CODE_ERROR') return 2;
  return code === 'STATUS_CODE_OK' ? 1 : (asNumber(code) ?? 0);
}
