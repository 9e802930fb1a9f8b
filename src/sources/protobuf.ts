import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import type { Json } from '../dialects/json.ts';
import { signalOf } from './signal.ts';

/**
 * OTLP protobuf to the same objects that OTLP JSON has, so that both are read one way. Fields:
 * https://github.com/open-telemetry/opentelemetry-proto/tree/main/opentelemetry/proto
 */
interface Field {
  name: string;
  wire: WireType;
  repeated?: boolean;
  decode(reader: BinaryReader, state: State): unknown;
}
/** A function, since values nest in values. */
type Fields = () => Readonly<Record<number, Field>>;

interface State {
  depth: number;
  /** The bytes end before the message does. */
  isCut: boolean;
  /** Sentences, one for each record that had to be left out. */
  damaged: string[];
}

const text = (name: string): Field => ({ name, wire: WireType.LengthDelimited, decode: (reader) => reader.string() });
const bytes = (name: string, encoding: 'hex' | 'base64'): Field => ({
  name,
  wire: WireType.LengthDelimited,
  decode: (reader) => Buffer.from(reader.bytes()).toString(encoding),
});
const fixed64 = (name: string): Field => ({ name, wire: WireType.Bit64, decode: (reader) => reader.fixed64().toString() });
const uint32 = (name: string): Field => ({ name, wire: WireType.Varint, decode: (reader) => reader.uint32() });
const one = (name: string, fields: Fields): Field => ({
  name,
  wire: WireType.LengthDelimited,
  decode: (reader, state) => decodeMessage(reader, fields, state),
});
const many = (name: string, fields: Fields): Field => ({ ...one(name, fields), repeated: true });

/** Messages that hold others: what is there of them is read even if the bytes end too early. */
const holders = (name: string, fields: Fields): Field => ({
  name,
  wire: WireType.LengthDelimited,
  repeated: true,
  decode(reader, state) {
    const length = reader.uint32();
    if (reader.pos + length > reader.len) state.isCut = true;
    return decodeFields(reader, Math.min(reader.pos + length, reader.len), fields, state, true);
  },
});

/** Spans and log records: one that is damaged costs only itself. */
const records = (name: string, fields: Fields): Field => ({
  name,
  wire: WireType.LengthDelimited,
  repeated: true,
  decode(reader, state) {
    const end = reader.uint32() + reader.pos;
    if (end > reader.len) throw new Error('cut short');
    try {
      return decodeFields(reader, end, fields, state);
    } catch (error) {
      state.damaged.push(`one of \`${name}\` cannot be decoded (${(error as Error).message})`);
      reader.pos = end;
      return undefined;
    }
  },
});

const anyValue: Fields = () => ANY_VALUE;
const keyValue: Fields = () => KEY_VALUE;
const KEY_VALUE = { 1: text('key'), 2: one('value', anyValue) };
const LIST = { 1: many('values', anyValue) };
const MAP = { 1: many('values', keyValue) };
const ANY_VALUE: Readonly<Record<number, Field>> = {
  1: text('stringValue'),
  2: { name: 'boolValue', wire: WireType.Varint, decode: (reader) => reader.bool() },
  3: { name: 'intValue', wire: WireType.Varint, decode: (reader) => reader.int64().toString() },
  4: { name: 'doubleValue', wire: WireType.Bit64, decode: (reader) => reader.double() },
  5: one('arrayValue', () => LIST),
  6: one('kvlistValue', () => MAP),
  7: bytes('bytesValue', 'base64'),
};
const ATTRIBUTES = { 1: many('attributes', keyValue) };
const NAMED = { 1: text('name'), 2: text('version') };
const EVENT = { 1: fixed64('timeUnixNano'), 2: text('name'), 3: many('attributes', keyValue) };
const STATUS = { 2: text('message'), 3: uint32('code') };
const SPAN = {
  1: bytes('traceId', 'hex'),
  2: bytes('spanId', 'hex'),
  4: bytes('parentSpanId', 'hex'),
  5: text('name'),
  6: uint32('kind'),
  7: fixed64('startTimeUnixNano'),
  8: fixed64('endTimeUnixNano'),
  9: many('attributes', keyValue),
  10: uint32('droppedAttributesCount'),
  11: many('events', () => EVENT),
  15: one('status', () => STATUS),
};
const LOG = {
  1: fixed64('timeUnixNano'),
  5: one('body', anyValue),
  6: many('attributes', keyValue),
  9: bytes('traceId', 'hex'),
  10: bytes('spanId', 'hex'),
  11: fixed64('observedTimeUnixNano'),
  12: text('eventName'),
};

const request = (signal: string, scopes: string, name: string, record: Readonly<Record<number, Field>>): Fields => {
  const scope = { 1: one('scope', () => NAMED), 2: records(name, () => record) };
  const resource = { 1: one('resource', () => ATTRIBUTES), 2: holders(scopes, () => scope) };
  const top = { 1: holders(signal, () => resource) };
  return () => top;
};
const TRACES = request('resourceSpans', 'scopeSpans', 'spans', SPAN);
const LOGS = request('resourceLogs', 'scopeLogs', 'logRecords', LOG);

/** Decodes one request of traces or logs; `problems` says what of it could not be. Throws where the bytes are no OTLP. */
export function decodeOtlp(data: Uint8Array): { request: Json; problems: string[] } {
  const signal = signalOf(data);
  if (signal === undefined) throw new Error('no span, log record or metric in it');
  if (signal === 'metrics' || signal === 'empty') return { request: {}, problems: [] };
  const state: State = { depth: 0, isCut: false, damaged: [] };
  const decoded = decodeFields(new BinaryReader(data), data.length, signal === 'traces' ? TRACES : LOGS, state, true);
  return { request: decoded, problems: state.isCut ? [...state.damaged, 'the message breaks off before its end'] : state.damaged };
}

/** Values nested deeper come out empty. */
const DEPTH_LIMIT = 250;

function decodeMessage(reader: BinaryReader, fields: Fields, state: State): Json {
  const end = reader.uint32() + reader.pos;
  if (end > reader.len) throw new Error('cut short');
  if (state.depth < DEPTH_LIMIT) return decodeFields(reader, end, fields, state);
  reader.pos = end;
  return {};
}

function decodeFields(reader: BinaryReader, end: number, fields: Fields, state: State, isLenient = false): Json {
  const result: Json = {};
  const known = fields();
  state.depth += 1;
  try {
    while (reader.pos < end) {
      const [number, wire] = reader.tag();
      const field = known[number];
      if (field === undefined || field.wire !== wire) reader.skip(wire, number);
      else if (field.repeated === true) {
        const value = field.decode(reader, state);
        if (value !== undefined) ((result[field.name] ??= []) as unknown[]).push(value);
      } else result[field.name] = field.decode(reader, state);
    }
    if (reader.pos !== end) throw new Error('a field runs over its end');
  } catch (error) {
    if (!isLenient) throw error;
    state.isCut = true;
    reader.pos = end;
  } finally {
    state.depth -= 1;
  }
  return result;
}
