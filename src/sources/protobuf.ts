import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import type { Json } from '../dialects/json.ts';

/**
 * OTLP protobuf to the same objects that OTLP JSON has, so that both are read one way. Fields:
 * https://github.com/open-telemetry/opentelemetry-proto/tree/main/opentelemetry/proto
 */
export type OtlpSignal = 'traces' | 'logs' | 'other';

type Decode = (reader: BinaryReader) => unknown;
interface Field {
  name: string;
  decode: Decode;
  repeated?: boolean;
}
type Fields = Readonly<Record<number, Field>>;

const text: Decode = (reader) => reader.string();
const bytesAsHex: Decode = (reader) => Buffer.from(reader.bytes()).toString('hex');
const bytesAsBase64: Decode = (reader) => Buffer.from(reader.bytes()).toString('base64');
const fixed64: Decode = (reader) => reader.fixed64().toString();
const message =
  (fields: () => Fields): Decode =>
  (reader) =>
    decodeFields(reader, reader.uint32(), fields());
const one = (name: string, decode: Decode): Field => ({ name, decode });
const many = (name: string, decode: Decode): Field => ({ name, decode, repeated: true });

const anyValue: Fields = {
  1: one('stringValue', text),
  2: one('boolValue', (reader) => reader.bool()),
  3: one('intValue', (reader) => reader.int64().toString()),
  4: one('doubleValue', (reader) => reader.double()),
  5: one(
    'arrayValue',
    message(() => ({
      1: many(
        'values',
        message(() => anyValue),
      ),
    })),
  ),
  6: one(
    'kvlistValue',
    message(() => ({ 1: many('values', keyValue) })),
  ),
  7: one('bytesValue', bytesAsBase64),
};
const keyValue: Decode = message(() => ({
  1: one('key', text),
  2: one(
    'value',
    message(() => anyValue),
  ),
}));
const named: Decode = message(() => ({ 1: one('name', text), 2: one('version', text) }));
const resource: Decode = message(() => ({ 1: many('attributes', keyValue) }));

const span: Fields = {
  1: one('traceId', bytesAsHex),
  2: one('spanId', bytesAsHex),
  4: one('parentSpanId', bytesAsHex),
  5: one('name', text),
  6: one('kind', (reader) => reader.int32()),
  7: one('startTimeUnixNano', fixed64),
  8: one('endTimeUnixNano', fixed64),
  9: many('attributes', keyValue),
  10: one('droppedAttributesCount', (reader) => reader.uint32()),
  11: many(
    'events',
    message(() => ({ 1: one('timeUnixNano', fixed64), 2: one('name', text), 3: many('attributes', keyValue) })),
  ),
  15: one(
    'status',
    message(() => ({ 2: one('message', text), 3: one('code', (reader) => reader.int32()) })),
  ),
};
const log: Fields = {
  1: one('timeUnixNano', fixed64),
  5: one(
    'body',
    message(() => anyValue),
  ),
  6: many('attributes', keyValue),
  9: one('traceId', bytesAsHex),
  10: one('spanId', bytesAsHex),
  11: one('observedTimeUnixNano', fixed64),
  12: one('eventName', text),
};

const request = (signal: string, scopes: string, records: string, record: Fields): Fields => ({
  1: many(
    signal,
    message(() => ({
      1: one('resource', resource),
      2: many(
        scopes,
        message(() => ({
          1: one('scope', named),
          2: many(
            records,
            message(() => record),
          ),
        })),
      ),
    })),
  ),
});
const traces = request('resourceSpans', 'scopeSpans', 'spans', span);
const logs = request('resourceLogs', 'scopeLogs', 'logRecords', log);

/** Decodes one request of traces or logs; throws where the bytes are not such a request. */
export function decodeOtlp(bytes: Uint8Array): Json {
  const signal = signalOf(bytes);
  if (signal === 'other') return { resourceMetrics: [] };
  const reader = new BinaryReader(bytes);
  return decodeFields(reader, bytes.length, signal === 'traces' ? traces : logs);
}

const DEPTH_LIMIT = 200;
let depth = 0;

function decodeFields(reader: BinaryReader, length: number, fields: Fields): Json {
  if (depth > DEPTH_LIMIT) throw new Error('nested too deeply');
  depth += 1;
  try {
    const end = reader.pos + length;
    if (end > reader.len) throw new Error('cut short');
    const result: Json = {};
    while (reader.pos < end) {
      const [number, wireType] = reader.tag();
      const field = fields[number];
      if (field === undefined) reader.skip(wireType, number);
      else if (field.repeated === true) ((result[field.name] ??= []) as unknown[]).push(field.decode(reader));
      else result[field.name] = field.decode(reader);
    }
    if (reader.pos !== end) throw new Error('a field runs over its end');
    return result;
  } finally {
    depth -= 1;
  }
}

/** Tells traces from logs and metrics, which nest alike, by the first record: a span begins with a 16-byte and an 8-byte id. */
function signalOf(bytes: Uint8Array): OtlpSignal {
  const record = [1, 2, 2].reduce<Uint8Array | undefined>((at, number) => at && firstField(at, number), bytes);
  if (record === undefined) return 'other';
  if (firstField(record, 1, WireType.LengthDelimited)?.length === 16 && firstField(record, 2)?.length === 8) return 'traces';
  const reader = new BinaryReader(record);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if ((number === 1 || number === 11) && wireType === WireType.Bit64) return 'logs';
    if (number === 9 && wireType === WireType.LengthDelimited) return 'logs';
    reader.skip(wireType, number);
  }
  return 'other';
}

function firstField(bytes: Uint8Array, wanted: number, type: WireType = WireType.LengthDelimited): Uint8Array | undefined {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number === wanted && wireType === type) return reader.bytes();
    reader.skip(wireType, number);
  }
  return undefined;
}
