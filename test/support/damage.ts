import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { isObject, type Json } from '../../src/dialects/json.ts';

/** What may happen to an export on its way: each keeps the rest as it was. */
export const DAMAGES = ['attributes deleted', 'attributes retyped', 'values cut at a limit', 'records deleted', 'order lost'] as const;
export type Damage = (typeof DAMAGES)[number];

/** A place that holds an attribute of OTLP, or a field of a document. */
interface Slot {
  remove: () => void;
  set: (value: unknown) => void;
  value: unknown;
}

/** Limits that SDKs and backends are run with, in characters. */
const LIMITS = [128, 256, 512, 1024, 2048, 4096];
const OTHER_TYPES: readonly unknown[] = [null, 7, true, '', '\u0000', 'x', '{', '[]', [], {}, [[1]], { a: { b: [] } }];

/**
 * The values of an export, damaged.
 *
 * @param share of what the damage is about, 0..1
 */
export function damaged(values: readonly unknown[], kind: Damage, share: number, seed: number): unknown[] {
  const generator = xoroshiro128plus(seed);
  const below = (n: number): number => uniformInt(generator, 0, n - 1);
  const isHit = (): boolean => below(10_000) < share * 10_000;
  const copy = structuredClone(values) as unknown[];
  if (kind === 'attributes deleted') for (const slot of slotsOf(copy).filter(isHit)) slot.remove();
  if (kind === 'attributes retyped') for (const slot of slotsOf(copy).filter(isHit)) slot.set(OTHER_TYPES[below(OTHER_TYPES.length)]);
  if (kind === 'values cut at a limit') {
    const limit = LIMITS[below(LIMITS.length)] as number;
    for (const slot of slotsOf(copy)) if (typeof slot.value === 'string' && slot.value.length > limit) slot.set(slot.value.slice(0, limit));
  }
  if (kind === 'records deleted') return withRecords(copy, (records) => records.filter(() => !isHit()));
  if (kind === 'order lost') {
    const shuffled = <T>(list: readonly T[]): T[] => {
      const result = [...list];
      for (let i = result.length - 1; i > 0; i--) {
        const j = below(i + 1);
        [result[i], result[j]] = [result[j] as T, result[i] as T];
      }
      return result;
    };
    for (const list of attributeLists(copy)) list.splice(0, list.length, ...shuffled(list));
    return shuffled(withRecords(copy, shuffled));
  }
  return copy;
}

/** Spans stand in lists; in other exports each value is a record of its own. Log records are lost and mixed up by requests. */
function withRecords(values: unknown[], change: (records: unknown[]) => unknown[]): unknown[] {
  const isRequest = (value: unknown): value is Json => isObject(value) && 'resourceSpans' in value;
  for (const { spans } of objectsIn(values.filter(isRequest))) if (Array.isArray(spans)) spans.splice(0, spans.length, ...change(spans));
  return [...values.filter(isRequest), ...change(values.filter((value) => !isRequest(value)))];
}

function slotsOf(values: unknown[]): Slot[] {
  const lists = attributeLists(values);
  if (lists.length > 0) return lists.flatMap((list) => list.map((entry) => attributeSlot(list, entry)));
  const records = values.filter(isObject);
  return [...records, ...records.flatMap((record) => Object.values(record).filter(isObject))].flatMap((object) =>
    Object.keys(object).map((key) => ({
      value: object[key],
      remove: () => delete object[key],
      set: (value: unknown) => (object[key] = value),
    })),
  );
}

function attributeSlot(list: Json[], entry: Json): Slot {
  const { value } = entry;
  return {
    value: isObject(value) ? value['stringValue'] : undefined,
    remove: () => list.splice(list.indexOf(entry), 1),
    set: (changed) => (entry['value'] = asAnyValue(changed)),
  };
}

function asAnyValue(value: unknown): Json {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return { intValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(asAnyValue) } };
  if (!isObject(value)) return {};
  return { kvlistValue: { values: Object.entries(value).map(([key, inner]) => ({ key, value: asAnyValue(inner) })) } };
}

/** Of spans, their events and log records; a resource's attributes tell nothing of the conversation. */
const attributeLists = (values: unknown[]): Json[][] =>
  objectsIn(values).flatMap((object) => {
    const isRecord = 'spanId' in object || ('name' in object && 'timeUnixNano' in object);
    return isRecord && Array.isArray(object['attributes']) ? [object['attributes'] as Json[]] : [];
  });

function objectsIn(value: unknown): Json[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  return isObject(value) ? [value, ...Object.values(value).flatMap(objectsIn)] : [];
}
