import { asArray, isObject, type Json } from '../dialects/json.ts';
import type { Attributes } from '../dialects/span.ts';

/** A list of key-value pairs, or (some writers) a plain object. */
export function readAttributes(list: unknown): Attributes {
  return isObject(list) ? readMap(list, 0) : readPairs(asArray(list), 0);
}

/** AnyValue in all its shapes: https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/common/v1/common.proto */
export function readAnyValue(value: unknown): unknown {
  return readValue(value, 0);
}

/** Deeper values come out as null: no trace needs them, and a stack that overflows costs the whole file. */
const DEPTH_LIMIT = 100;

function readValue(value: unknown, depth: number): unknown {
  if (!isObject(value)) return value === undefined ? null : plain(value, depth);
  if (depth > DEPTH_LIMIT) return null;
  if (typeof value['stringValue'] === 'string') return value['stringValue'];
  for (const key of Object.keys(value)) {
    const inner = value[key];
    // Some writers name every shape and leave all but one empty.
    if (inner === null || inner === undefined) continue;
    switch (key) {
      case 'stringValue':
      case 'string_value':
      case 'boolValue':
      case 'bool_value':
      case 'bytesValue':
      case 'bytes_value':
        return plain(inner, depth);
      case 'intValue':
      case 'int_value':
        return readInt(inner);
      case 'doubleValue':
      case 'double_value':
        return typeof inner === 'string' ? Number(inner) : plain(inner, depth);
      case 'arrayValue':
      case 'array_value':
        return isObject(inner) ? asArray(inner['values']).map((item) => readValue(item, depth + 1)) : [];
      case 'kvlistValue':
      case 'kvlist_value':
        return isObject(inner) ? readPairs(asArray(inner['values']), depth + 1) : emptyMap();
      default:
    }
  }
  return null;
}

/** 64-bit integers beyond what a number holds exactly stay strings. */
function readInt(value: unknown): unknown {
  if (typeof value !== 'string') return plain(value, 0);
  const number = Number(value);
  return value.trim() !== '' && Number.isSafeInteger(number) ? number : value;
}

// No prototype: a key may be called `__proto__`.
const emptyMap = (): Json => Object.create(null) as Json;

function readPairs(entries: unknown[], depth: number): Json {
  const object = emptyMap();
  for (const entry of entries)
    if (isObject(entry) && typeof entry['key'] === 'string') object[entry['key']] = readValue(entry['value'], depth);
  return object;
}

function readMap(map: Json, depth: number): Json {
  const object = emptyMap();
  for (const key of Object.keys(map)) {
    const value = map[key];
    object[key] = isObject(value) && isAnyValue(value) ? readValue(value, depth + 1) : plain(value, depth + 1);
  }
  return object;
}

const isAnyValue = (value: Json): boolean => {
  const [key, ...others] = Object.keys(value);
  return others.length === 0 && key !== undefined && /^(?:string|int|double|bool|bytes|array|kvlist)_?value$/iu.test(key);
};

/** A value that is not wrapped, as it is, but no deeper than the others. */
function plain(value: unknown, depth: number): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (depth > DEPTH_LIMIT) return null;
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1));
  const object = emptyMap();
  for (const [key, inner] of Object.entries(value)) object[key] = plain(inner, depth + 1);
  return object;
}
