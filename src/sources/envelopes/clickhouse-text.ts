import { parseIfStructured, type Json } from '../../dialects/json.ts';

/** A value as it is, decoded where it is text: JSON, or a map as ClickHouse writes it into CSV, `{'key':'value'}`. */
export function decoded(value: unknown): unknown {
  const json = parseIfStructured(value);
  return typeof json === 'string' && /^\s*\{'/u.test(json) ? (readMap(json.trim()) ?? json) : json;
}

function readMap(text: string): Json | undefined {
  const map = Object.create(null) as Json;
  let key: string | undefined;
  for (let at = 1; text[at] === "'";) {
    const end = closingQuote(text, at);
    if (end === undefined) return undefined;
    const word = unquoted(text.slice(at + 1, end));
    if (key === undefined) key = word;
    else {
      map[key] = word;
      key = undefined;
    }
    const next = text[end + 1];
    if (next === '}') return key === undefined && end + 2 === text.length ? map : undefined;
    if (next !== (key === undefined ? ',' : ':')) return undefined;
    at = end + 2;
  }
  return undefined;
}

function closingQuote(text: string, from: number): number | undefined {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === "'") return at;
  }
  return undefined;
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', '0': '\0' };

/** https://clickhouse.com/docs/sql-reference/syntax#string */
const unquoted = (text: string): string => text.replaceAll(/\\(?<c>.)/gsu, (_, c: string) => ESCAPES[c] ?? c);
