import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** What a request carries; `undefined` where it is no OTLP at all. */
export type OtlpSignal = 'traces' | 'logs' | 'metrics' | 'empty' | undefined;

/**
 * Tells traces from logs and metrics, which nest alike (1: resource, 2: scopes, 2: records), by the first record
 * that only one of them could have. Bytes that break off are read as far as they go.
 */
export function signalOf(bytes: Uint8Array): OtlpSignal {
  let isEmpty = true;
  for (const resource of fieldsOf(bytes, 1)) {
    for (const scope of fieldsOf(resource, 2)) {
      for (const record of fieldsOf(scope, 2)) {
        isEmpty = false;
        const signal = signalOfRecord(record);
        if (signal !== undefined) return signal;
      }
    }
  }
  return isEmpty && isWellFormed(bytes) ? 'empty' : undefined;
}

const key = (field: number, type: WireType): number => field * 8 + type;
const LOG = new Set([key(1, WireType.Bit64), key(11, WireType.Bit64), key(2, WireType.Varint), key(7, WireType.Varint)]);
const SPAN = new Set([key(7, WireType.Bit64), key(8, WireType.Bit64), key(6, WireType.Varint), key(16, WireType.Bit32)]);
const METRIC_DATA = new Set([5, 7, 9, 10, 11].map((field) => key(field, WireType.LengthDelimited)));

function signalOfRecord(record: Uint8Array): OtlpSignal {
  const sizes = new Map<number, number>();
  const reader = new BinaryReader(record);
  try {
    while (reader.pos < reader.len) {
      const [field, type] = reader.tag();
      const seen = key(field, type);
      if (LOG.has(seen)) return 'logs';
      if (SPAN.has(seen)) return 'traces';
      const length = reader.skip(type, field).length;
      if (!sizes.has(seen)) sizes.set(seen, length);
    }
  } catch {
    // Damaged or cut short: judged by what there is.
  }
  // No times: the ids of a span (with their one-byte length), or a metric's name and data, or the ids of a log record.
  if (sizes.get(key(1, WireType.LengthDelimited)) === 17 && sizes.get(key(2, WireType.LengthDelimited)) === 9) return 'traces';
  if (sizes.get(key(9, WireType.LengthDelimited)) === 17 && sizes.get(key(10, WireType.LengthDelimited)) === 9) return 'logs';
  if (sizes.has(key(1, WireType.LengthDelimited)) && [...METRIC_DATA].some((data) => sizes.has(data))) return 'metrics';
  return undefined;
}

/** The values of a repeated message field; the last may be cut short. */
function* fieldsOf(bytes: Uint8Array, wanted: number): Generator<Uint8Array> {
  const reader = new BinaryReader(bytes);
  try {
    while (reader.pos < reader.len) {
      const [field, type] = reader.tag();
      if (field !== wanted || type !== WireType.LengthDelimited) {
        reader.skip(type, field);
        continue;
      }
      const length = reader.uint32();
      yield bytes.subarray(reader.pos, reader.pos + length);
      reader.pos += length;
    }
  } catch {
    // The rest cannot be read.
  }
}

function isWellFormed(bytes: Uint8Array): boolean {
  const reader = new BinaryReader(bytes);
  try {
    while (reader.pos < reader.len) {
      const [field, type] = reader.tag();
      if (field !== 1 || type !== WireType.LengthDelimited) return false;
      reader.skip(type, field);
    }
    return true;
  } catch {
    return false;
  }
}
