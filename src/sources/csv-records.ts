import type { Line } from './lines.ts';
import type { Unreadable } from './row.ts';

/** The text of one record, which may go over several lines, and the line it begins on. */
export interface CsvRecord {
  number: number;
  text: string;
}

/**
 * Puts the lines of CSV together to records: a quoted cell may hold line breaks. Where that comes to nothing, the
 * first of the lines is what is broken, and the others are tried again without it.
 */
export class CsvRecords {
  readonly #maxBytes: number;
  readonly #isWhole: (text: string) => boolean;
  #open: CsvRecord[] = [];
  #bytes = 0;
  #isInQuotes = false;

  /** `isWhole` tells whether lines that seem to be one record are one. */
  constructor(maxBytes: number, isWhole: (text: string) => boolean) {
    this.#maxBytes = maxBytes;
    this.#isWhole = isWhole;
  }

  add({ number, text, bytes }: Pick<Line, 'number' | 'text' | 'bytes'>): (CsvRecord | Unreadable)[] {
    if (text === undefined) {
      const problem = `the line is ${Math.round(bytes / 1e6)} MB long, more than is read at once; raise --max-line-bytes to read it`;
      return [...this.finish(), { number, problem }];
    }
    this.#open.push({ number, text });
    this.#bytes += bytes;
    if (text.split('"').length % 2 === 0) this.#isInQuotes = !this.#isInQuotes;
    return this.#isInQuotes && this.#bytes <= this.#maxBytes ? [] : this.#close();
  }

  /** What is left at the end of the input. */
  finish(): (CsvRecord | Unreadable)[] {
    const records: (CsvRecord | Unreadable)[] = [];
    while (this.#open.length > 0) records.push(...this.#close());
    return records;
  }

  #close(): (CsvRecord | Unreadable)[] {
    const [lines, isClosed] = [this.#open, !this.#isInQuotes];
    this.#open = [];
    this.#bytes = 0;
    this.#isInQuotes = false;
    const [first, ...others] = lines;
    if (first === undefined) return [];
    let text = lines.map((line, i) => '\n'.repeat(i === 0 ? 0 : line.number - (lines[i - 1]?.number ?? 0)) + line.text).join('');
    // Of CRLF, the line kept its half.
    text = text.replace(/\r$/u, '');
    if (isClosed && (others.length === 0 || this.#isWhole(text))) return [{ number: first.number, text }];
    const problem = 'a quote in this row is not closed, or stands where none may: skipped';
    return [{ number: first.number, problem }, ...others.flatMap((line) => this.add({ ...line, bytes: line.text.length }))];
  }
}
