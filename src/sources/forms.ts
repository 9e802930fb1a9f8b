import { isCsv } from './csv.ts';
import { PARQUET } from './parquet.ts';
import { startsWith } from './through.ts';
import { JsonElements } from './json-elements.ts';
import { ZSTD } from './zstd.ts';

/** How a file holds its data. */
export type Form =
  /** One JSON value a line. */
  | 'lines'
  /** JSON over several lines: pretty-printed, one or more values. */
  | 'document'
  /** Length-prefixed messages, as the Collector's file exporter writes protobuf and zstd. */
  | 'frames'
  /** One protobuf message. */
  | 'message'
  /** Rows of cells, the first naming the columns. */
  | 'csv'
  /** Columns, read from the end of the file. */
  | 'parquet'
  /** None of these; `reason` says what it looks like. */
  | { reason: string };

const CSV_NAME = /\.csv(?:\.gz|\.zst)?$/iu;

/** Tells the form from the first bytes (64 KiB or more, or the whole file); the name counts only where they do not tell. */
export function formOf(head: Buffer, name = ''): Form {
  if (head.length === 0) return { reason: 'the file is empty' };
  if (startsWith(head, PARQUET)) return 'parquet';
  if (startsWith(head, [0xff, 0xfe]) || startsWith(head, [0xfe, 0xff])) return { reason: 'UTF-16 text; convert it to UTF-8 first' };
  const text = head.toString('utf8').replace(/^\uFEFF/u, '');
  const start = text.trimStart();
  if (start === '') return { reason: 'the file holds only white space' };
  if (/^[[{]/u.test(start)) return formOfJson(start);
  if (isMessage(head)) return 'message';
  if (isFramed(head)) return 'frames';
  // A broken first line is no reason to leave the others.
  if (isText(head) && start.split('\n', 50).slice(1).some(isWholeObject)) return 'lines';
  if (isText(head) && (isCsv(start) || CSV_NAME.test(name))) return 'csv';
  return { reason: `not trace data: ${describe(head, start)}` };
}

/** Lines that read as one value so far are a document; so are lines that read as none, unless they are whole on their own. */
function formOfJson(start: string): Form {
  const lines = start.split('\n', 1000);
  if (lines.length === 1 || isWholeObject(lines[0] as string) || lines.slice(1).every((line) => line.trim() === '')) return 'lines';
  const json = new JsonElements();
  for (const [i, line] of lines.entries()) {
    json.write(`${line}\n`);
    if (json.error !== undefined) return i === 0 || isWholeObject(line) || areMostlyWhole(lines.slice(1)) ? 'lines' : 'document';
  }
  return 'document';
}

function areMostlyWhole(lines: string[]): boolean {
  const filled = lines.filter((line) => line.trim() !== '');
  return filled.filter(isWholeObject).length >= filled.length / 2;
}

function isWholeObject(line: string): boolean {
  if (!/^\s*[[{]/u.test(line)) return false;
  try {
    return typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}

/** Field 1, `resource_spans` or the like, and in it field 1 (a resource), 2 (scopes) or 3 (a schema URL). */
function isMessage(head: Buffer): boolean {
  if (head[0] !== 0x0a || isText(head)) return false;
  let at = 1;
  while ((head[at] ?? 0) >= 0x80 && at < 5) at += 1;
  const inner = head[at + 1];
  return inner === undefined || inner === 0x0a || inner === 0x12 || inner === 0x1a;
}

/** A big-endian length, then a protobuf message, a zstd frame or JSON. */
function isFramed(head: Buffer): boolean {
  const length = head.length < 5 ? 0 : head.readUInt32BE(0);
  const body = head.subarray(4);
  return length > 0 && length < 1 << 30 && (body[0] === 0x7b || startsWith(body, ZSTD) || isMessage(body));
}

const isText = (head: Buffer): boolean => !head.subarray(0, 4096).some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27));

function describe(head: Buffer, start: string): string {
  if (startsWith(head, [0x89, 0x50, 0x4e, 0x47])) return 'a PNG image';
  if (startsWith(head, [0x7f, 0x45, 0x4c, 0x46])) return 'a program';
  if (startsWith(head, [0x50, 0x4b, 3, 4])) return 'a zip archive; unpack it first';
  if (start.startsWith('%PDF')) return 'a PDF';
  if (start.startsWith('<')) return 'HTML or XML';
  return isText(head)
    ? 'text that is neither JSON nor JSON Lines nor CSV with a column that is known'
    : 'binary data that is neither OTLP protobuf nor gzip nor zstd';
}
