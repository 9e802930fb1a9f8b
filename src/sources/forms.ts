import { startsWith, ZSTD } from './bytes.ts';

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
  /** None of these; `reason` says what it looks like. */
  | { reason: string };

/** Tells the form from the first bytes (64 KiB or the whole file). */
export function formOf(head: Buffer): Form {
  if (head.length === 0) return { reason: 'the file is empty' };
  const text = head.toString('utf8').replace(/^\uFEFF/u, '');
  const start = text.trimStart();
  if (start === '') return { reason: 'the file holds only white space' };
  if (/^[[{]/u.test(start)) return formOfJson(start);
  if (isFramed(head)) return 'frames';
  if (head[0] === 0x0a && !isText(head)) return 'message';
  if (isText(head) && /^\s*[[{]/mu.test(text.slice(text.indexOf('\n') + 1)) && text.includes('\n')) return 'lines';
  return { reason: `not trace data: ${describe(head, start)}` };
}

/** A line that opens something and does not close it begins a document; a broken first line among whole ones does not. */
function formOfJson(start: string): Form {
  const lines = start.split('\n', 5).map((line) => line.trim());
  const [first = '', ...others] = lines.filter((line) => line !== '');
  if (isWholeValue(first) || !start.includes('\n')) return 'lines';
  if (others.some((line) => line.startsWith('{') && line.length > 2 && isWholeValue(line) && !/^[[{]$/u.test(first))) return 'lines';
  return /[[{,]$/u.test(first) ? 'document' : 'lines';
}

function isWholeValue(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}

/** A big-endian length, then a protobuf message, a zstd frame or JSON. */
function isFramed(head: Buffer): boolean {
  if (head.length < 8) return false;
  const length = head.readUInt32BE(0);
  const body = head.subarray(4);
  return length > 0 && length < 1 << 30 && (body[0] === 0x0a || body[0] === 0x7b || startsWith(body, ZSTD));
}

const isText = (head: Buffer): boolean => !head.subarray(0, 4096).some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27));

function describe(head: Buffer, start: string): string {
  if (startsWith(head, [0x89, 0x50, 0x4e, 0x47])) return 'a PNG image';
  if (startsWith(head, [0x7f, 0x45, 0x4c, 0x46])) return 'a program';
  if (startsWith(head, [0x50, 0x4b, 3, 4])) return 'a zip archive; unpack it first';
  if (startsWith(head, [0x50, 0x41, 0x52, 0x31])) return 'a Parquet file';
  if (start.startsWith('%PDF')) return 'a PDF';
  if (start.startsWith('<')) return 'HTML or XML';
  return isText(head) ? 'text that is neither JSON nor JSON Lines' : 'binary data that is neither OTLP protobuf nor gzip nor zstd';
}
