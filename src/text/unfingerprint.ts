import { byteOf, CAPITAL, CAPITALS, CELLS, FROM_DIGIT, JSON_LEAF, KIND, PLURAL, publicHash } from './fingerprint.ts';
import { VOCABULARY } from './vocabulary.ts';

/**
 * Fingerprints as pseudonyms: made-up words, numbers and dates of the same shape, equal where the values were equal,
 * which tokenize to themselves. Words of the public list come back as they were.
 */
function unfingerprintText(text: string): string {
  const structured = structureOf(text);
  if (structured !== undefined) return JSON.stringify(structured);
  let read = '';
  let previous: number | undefined;
  for (let i = 0; i < text.length;) {
    const first = byteOf(text.charCodeAt(i));
    if (first === undefined) {
      read += text.charAt(i++);
      previous = undefined;
      continue;
    }
    const kind = first & 15;
    const length = CELLS[kind] ?? 0;
    const bytes = Array.from({ length }, (_, k) => byteOf(text.charCodeAt(i + 1 + k)) ?? 0);
    // A time right after a date is the time of that day.
    if (previous === KIND.date && kind === KIND.time) read += 'T';
    read += pseudonym(first, kind, bytes, text.slice(i + 1, i + 1 + length));
    previous = kind;
    i += 1 + length;
  }
  return read;
}

/** Any JSON value of a fingerprint trace. */
export function unfingerprint(value: unknown): unknown {
  if (typeof value === 'string') return leafOf(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(unfingerprint);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [unfingerprintText(key), unfingerprint(inner)]));
}

function leafOf(text: string): unknown {
  if (byteOf(text.charCodeAt(0)) !== KIND.json) return unfingerprintText(text);
  switch (byteOf(text.charCodeAt(1))) {
    case JSON_LEAF.number:
      return numberOf(text.slice(2));
    case JSON_LEAF.negative:
      return -numberOf(text.slice(2));
    case JSON_LEAF.true:
      return true;
    case JSON_LEAF.false:
      return false;
    default:
      return null;
  }
}

/** Numbers like 1e21 have letters: their pseudonyms are none, and count by their digits. */
function numberOf(text: string): number {
  const read = unfingerprintText(text);
  return Number(read.replaceAll(/[^\d.]/gu, '') || 0);
}

function structureOf(text: string): unknown {
  if (!/^[[{]/u.test(text)) return undefined;
  try {
    return unfingerprint(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Letters that no ending, month or hour is spelt with: what they spell is its own stem. */
const LETTERS = 'bcdfghjkqrvwxz';

let known: Map<string, string> | undefined;

function pseudonym(first: number, kind: number, bytes: readonly number[], cells: string): string {
  switch (kind) {
    case KIND.word:
      return cased(`${letters(bytes.slice(1), pseudoLength(bytes[0] ?? 0))}${(first & PLURAL) === 0 ? '' : 's'}`, first);
    case KIND.known:
      known ??= new Map([...VOCABULARY].map((word) => [publicHash(word), word]));
      return cased(known.get(cells) ?? letters(bytes, 7), first);
    case KIND.identifier:
      return cased(identifier(bytes.slice(1), Math.min(bytes[0] ?? 0, 14), (first & FROM_DIGIT) !== 0), first);
    case KIND.number:
      return largeNumber(bytes[0] ?? 0, bytes[1] ?? 0, bytes.slice(2));
    case KIND.smallNumber:
      return String(((bytes[1] ?? 0) << 8) | (bytes[2] ?? 0)).padStart(bytes[0] ?? 0, '0');
    case KIND.date: {
      const day = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
      return `2000-${two(Math.floor(day / 31) + 1)}-${two((day % 31) + 1)}`;
    }
    case KIND.time: {
      const minute = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
      return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
    }
    case KIND.ideograph:
      return String.fromCharCode(0x4e00 + ((((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)) % 20_000));
    default:
      return '';
  }
}

const two = (n: number): string => String(n).padStart(2, '0');

/** How much a word proves goes by its length; within one class more letters keep two words from meeting. */
const pseudoLength = (length: number): number => (length <= 2 ? length : length <= 4 ? 4 : length <= 7 ? 7 : 11);

function* digitsOf(bytes: readonly number[], base: number): Generator<number> {
  for (let rest = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n); ; rest /= BigInt(base)) {
    yield Number(rest % BigInt(base));
  }
}

function letters(bytes: readonly number[], length: number): string {
  const digits = digitsOf(bytes, LETTERS.length);
  return Array.from({ length }, () => LETTERS.charAt(digits.next().value as number)).join('');
}

/** Letters and digits; the second character is of the other sort, so that it is neither a word nor a number. */
function identifier(bytes: readonly number[], length: number, fromDigit: boolean): string {
  const digits = digitsOf(bytes, 140);
  return Array.from({ length: Math.max(length, 2) }, (_, i) => {
    const n = digits.next().value as number;
    const isDigit = i < 2 ? (i === 0) === fromDigit : n % 2 === 0;
    return isDigit ? String(n % 10) : LETTERS.charAt(n % 14);
  }).join('');
}

function largeNumber(wholeLength: number, decimalLength: number, bytes: readonly number[]): string {
  const digits = digitsOf(bytes, 10);
  const some = (length: number): string => Array.from({ length: Math.min(length, 19) }, () => digits.next().value as number).join('');
  // Four digits that begin with 1 or 2 could be a year.
  const whole = wholeLength === 4 ? String(3 + ((digits.next().value as number) % 7)) + some(3) : some(wholeLength).replace(/^0/u, '7');
  if (decimalLength === 0) return whole;
  return `${whole}.${some(decimalLength).replace(/0$/u, '5')}`;
}

function cased(word: string, first: number): string {
  if ((first & CAPITALS) !== 0) return word.toUpperCase();
  return (first & CAPITAL) === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1);
}
