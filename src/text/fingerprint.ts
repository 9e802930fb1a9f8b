import { createHash, createHmac, randomBytes } from 'node:crypto';
import { tokenize } from './tokens.ts';
import { VOCABULARY } from './vocabulary.ts';

/**
 * Text without its words: every word, number, date and identifier becomes a keyed hash of its normal form, written
 * as Braille cells, one a byte, so that no piece of it reads as text. What stays is the shape: punctuation, the kind
 * and length of each token, capitals, and the words of a fixed public list (`the`, `not`, `error`). Equal values have
 * equal hashes, in whatever dress. `unfingerprint.ts` turns it into pseudonyms that the rules work on as on any text.
 */

/** What the first cell of a token says. */
export const KIND = { word: 1, known: 2, identifier: 3, number: 4, smallNumber: 5, date: 6, time: 7, ideograph: 8, json: 9 } as const;
/** Flags of the first cell, beside the kind. */
export const CAPITAL = 16;
export const CAPITALS = 32;
export const PLURAL = 64;
export const FROM_DIGIT = 64;
/** Cells that follow the first, by kind. */
export const CELLS: Readonly<Record<number, number>> = {
  [KIND.word]: 7,
  [KIND.known]: 4,
  [KIND.identifier]: 8,
  [KIND.number]: 10,
  [KIND.smallNumber]: 3,
  [KIND.date]: 2,
  [KIND.time]: 2,
  [KIND.ideograph]: 2,
  [KIND.json]: 1,
};
/** A JSON leaf that is no string: a number follows, or the leaf is whole. */
export const JSON_LEAF = { number: 1, negative: 2, true: 3, false: 4, null: 5 } as const;

const FIRST_CELL = 0x2800;
const cells = (...bytes: number[]): string => String.fromCharCode(...bytes.map((byte) => FIRST_CELL + (byte & 255)));
/** Number of a cell, or undefined for any other character. */
export function byteOf(character: number): number | undefined {
  return character >= FIRST_CELL && character <= FIRST_CELL + 255 ? character - FIRST_CELL : undefined;
}

/** A word of the public list, by a hash that needs no key. */
export function publicHash(word: string): string {
  const known = publicHashes.get(word);
  if (known !== undefined) return known;
  const hashed = cells(...createHash('sha256').update(word).digest().subarray(0, 4));
  publicHashes.set(word, hashed);
  return hashed;
}

/** No more of them than the list has words. */
const publicHashes = new Map<string, string>();

/** The key of one recorder, with what it hashed already. */
export interface FingerprintKey {
  secret: Buffer;
  hashed: Map<string, string>;
  orders: Map<string, number[]>;
  /** Tokens as they are written, by the word as it stood. */
  written: Map<string, { norm: string; cells: string }>;
}

/** @param secret any text; random, and so different in every process, if left out */
export const fingerprintKey = (secret?: string): FingerprintKey => ({
  secret: secret === undefined ? randomBytes(32) : Buffer.from(secret),
  hashed: new Map(),
  orders: new Map(),
  written: new Map(),
});

const HASHED_KEPT = 50_000;
const CAMEL = /^[a-z]+(?:[A-Z][a-z]+)+$/u;

export function fingerprintText(text: string, key: FingerprintKey): string {
  const structured = jsonOf(text);
  if (structured !== undefined) return JSON.stringify(fingerprintValue(structured, key));
  if (CAMEL.test(text)) return pieces(text, key);
  let written = '';
  let end = 0;
  for (const token of tokenize(text)) {
    // A date with its time, and a date that reads two ways, are several normal forms of one place.
    if (token.start < end) {
      if (token.norm.startsWith('#')) written += tokenCells(token.norm, '', key);
      continue;
    }
    written += gap(text.slice(end, token.start));
    const raw = text.slice(token.start, token.end);
    written += /[a-z](?:Error|Exception)$/u.test(raw) ? pieces(raw, key) : tokenCells(token.norm, raw, key);
    end = token.end;
  }
  return written + gap(text.slice(end));
}

/** Any JSON value; its strings and keys are fingerprints, its numbers and constants too. */
export function fingerprintValue(value: unknown, key: FingerprintKey): unknown {
  if (typeof value === 'string') return fingerprintText(value, key);
  if (typeof value === 'number') {
    const sign = value < 0 ? JSON_LEAF.negative : JSON_LEAF.number;
    const digits = String(Math.abs(value));
    return cells(KIND.json, sign) + tokenCells(tokenize(digits)[0]?.norm ?? digits, digits, key);
  }
  if (typeof value === 'boolean') return cells(KIND.json, value ? JSON_LEAF.true : JSON_LEAF.false);
  if (value === null || value === undefined) return cells(KIND.json, JSON_LEAF.null);
  if (Array.isArray(value)) return value.map((item) => fingerprintValue(item, key));
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [pieces(name, key), fingerprintValue(inner, key)]));
}

function jsonOf(text: string): unknown {
  if (!/^\s*[[{]/u.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A key or a camel-case name, word by word: `slotId`, `slot_id` and `slot id` share their words. */
function pieces(name: string, key: FingerprintKey): string {
  let written = '';
  for (const part of name.split(/(?<=[\p{Ll}\d])(?=\p{Lu})/u)) {
    let end = 0;
    for (const token of tokenize(part)) {
      if (token.start < end) continue;
      written += gap(part.slice(end, token.start)) + tokenCells(token.norm, part.slice(token.start, token.end), key);
      end = token.end;
    }
    written += gap(part.slice(end));
  }
  return written;
}

/** What stands between tokens has no letters or digits; signs that could be told again are made plain. */
const gap = (text: string): string => text.replaceAll(/[^\x00-\x7f]/gu, '·').replaceAll(/([^\s])\1{3,}/gu, '$1$1$1');

/** Words repeat: most are looked up. */
function tokenCells(norm: string, raw: string, key: FingerprintKey): string {
  const word = raw === '' ? norm : raw;
  const known = key.written.get(word);
  if (known !== undefined && known.norm === norm) return known.cells;
  const cells = makeCells(norm, raw, key);
  if (key.written.size < HASHED_KEPT) key.written.set(word, { norm, cells });
  return cells;
}

function makeCells(norm: string, raw: string, key: FingerprintKey): string {
  if (norm.startsWith('@')) return order(KIND.date, 'date', 372, dayNumber(norm), key);
  if (norm.startsWith('#')) return order(KIND.time, 'time', 1440, minuteNumber(norm), key);
  const lower = raw.toLowerCase();
  const capitals = raw === lower ? 0 : raw.length > 1 && raw === raw.toUpperCase() ? CAPITALS : CAPITAL;
  if (VOCABULARY.has(lower)) return cells(KIND.known | capitals) + publicHash(lower);
  if (/^\d+(?:\.\d+)?$/u.test(norm)) return numberCells(norm, key);
  if (/\p{Nd}/u.test(norm)) {
    const fromDigit = /^\p{Nd}/u.test(norm) ? FROM_DIGIT : 0;
    return cells(KIND.identifier | capitals | fromDigit, Math.min(norm.length, 255)) + hash(norm, 7, key);
  }
  if (VOCABULARY.has(norm)) return cells(KIND.known | capitals) + publicHash(norm);
  if (/^[^\x00-\x7f]$/u.test(norm)) return cells(KIND.ideograph) + hash(norm, 2, key);
  const plural = lower === `${norm}s` ? PLURAL : 0;
  return cells(KIND.word | capitals | plural, Math.min(norm.length, 255)) + hash(norm, 6, key);
}

/** Small numbers are few: an order of their own keeps two of them from meeting. 0 and 1 are what they are. */
function numberCells(norm: string, key: FingerprintKey): string {
  const [whole = '', decimals = ''] = norm.split('.');
  const digits = cells(whole.length, decimals.length);
  if (decimals !== '' || whole.length > 4 || (whole.length > 1 && whole.startsWith('0'))) {
    return cells(KIND.number) + digits + hash(norm, 8, key);
  }
  const n = Number(norm);
  if (/^(?:19|20)\d\d$/u.test(norm)) return smallNumber(4, 1900, 200, n, key);
  if (whole.length === 4) return cells(KIND.number) + digits + hash(norm, 8, key);
  if (n < 2) return cells(KIND.smallNumber, 1, 0, n);
  return whole.length === 1
    ? smallNumber(1, 2, 8, n, key)
    : smallNumber(whole.length, 10 ** (whole.length - 1), 9 * 10 ** (whole.length - 1), n, key);
}

function smallNumber(length: number, from: number, count: number, n: number, key: FingerprintKey): string {
  const other = from + (orderOf(`${from}`, count, key)[n - from] as number);
  return cells(KIND.smallNumber, length, other >> 8, other);
}

function order(kind: number, name: string, count: number, n: number, key: FingerprintKey): string {
  const other = orderOf(name, count, key)[n] as number;
  return cells(kind, other >> 8, other);
}

const dayNumber = (norm: string): number => (Number(norm.slice(1, 3)) - 1) * 31 + Number(norm.slice(4, 6)) - 1;
const minuteNumber = (norm: string): number => (Number(norm.slice(1, 3)) % 24) * 60 + (Number(norm.slice(4, 6)) % 60);

/** The numbers below `count` in an order that only the key knows. */
function orderOf(name: string, count: number, key: FingerprintKey): number[] {
  const known = key.orders.get(name);
  if (known !== undefined) return known;
  const ranked = Array.from({ length: count }, (_, i) => ({ i, rank: hash(`${name}/${i}`, 8, key) })).toSorted((a, b) =>
    a.rank < b.rank ? -1 : 1,
  );
  const places: number[] = [];
  ranked.forEach(({ i }, place) => (places[i] = place));
  key.orders.set(name, places);
  return places;
}

function hash(norm: string, length: number, key: FingerprintKey): string {
  let known = key.hashed.get(norm);
  if (known === undefined) {
    known = cells(...createHmac('sha256', key.secret).update(norm).digest().subarray(0, 8));
    if (key.hashed.size < HASHED_KEPT) key.hashed.set(norm, known);
  }
  return known.slice(0, length);
}
