import type { Json } from '../dialects/json.ts';
import { CsvRecords, type CsvRecord } from './csv-records.ts';
import { splitLines } from './lines.ts';
import { loadOptional } from './optional-package.ts';
import type { Header, Row, Unreadable } from './row.ts';
import { separatorName } from './table-words.ts';

/** Columns by which a table of traces or conversations is known. */
const TELLING = /^(?:trace_?id|root_span_id|context\.trace_id|run_type|messages|conversations)$/iu;
const DELIMITERS = [',', ';', '\t'];

/** True for text whose first line names such columns. */
export function isCsv(start: string): boolean {
  const [header = ''] = start.split(/\r?\n/u, 1);
  return DELIMITERS.some((delimiter) => {
    const names = header.split(delimiter).map((name) => name.trim().replaceAll(/^"|"$/gu, ''));
    return names.length > 1 && names.some((name) => TELLING.test(name));
  });
}

/** The rows of a table by the names in its first line, empty cells left out. A broken row costs only itself. */
export async function* readCsv(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Row[]> {
  const table = new Table(await load());
  const records = new CsvRecords(maxBytes, (text) => table.isWhole(text));
  for await (const lines of splitLines(chunks, maxBytes)) yield table.rows(lines.flatMap((line) => records.add(line)));
  yield table.rows(records.finish());
}

type Parse = (text: string, delimiter: string) => string[][];

const load = (): Promise<Parse> =>
  loadOptional('CSV', ['csv-parse'], async () => {
    const { parse } = await import('csv-parse/sync');
    const options = { record_delimiter: ['\r\n', '\n'], relax_column_count: true, skip_empty_lines: true };
    return (text, delimiter) => parse(text, { ...options, delimiter });
  });

class Table {
  readonly #parse: Parse;
  #delimiter: string | undefined;
  #header: Header | undefined;

  constructor(parse: Parse) {
    this.#parse = parse;
  }

  rows(records: readonly (CsvRecord | Unreadable)[]): Row[] {
    const [first, ...others] = records;
    if (first === undefined) return [];
    const header = this.#header;
    if (header !== undefined) return this.#cells(records).map((row) => rowOf(row, header));
    if ('problem' in first) return [first, ...this.rows(others)];
    const columns = this.#tryParse(first.text)?.[0] ?? [];
    this.#header = { columns, ...(this.#delimiter !== undefined && { separator: this.#delimiter }) };
    return this.rows(others);
  }

  isWhole(text: string): boolean {
    return this.#tryParse(text)?.length === 1;
  }

  #tryParse(text: string): string[][] | undefined {
    this.#delimiter ??= DELIMITERS.toSorted((a, b) => text.split(b).length - text.split(a).length)[0] as string;
    try {
      return this.#parse(text, this.#delimiter);
    } catch {
      return undefined;
    }
  }

  /** All records at once where all are well-formed, else each by itself. */
  #cells(records: readonly (CsvRecord | Unreadable)[]): (Unreadable | { number: number; cells: string[] })[] {
    const whole = records.filter((record) => 'text' in record);
    const rows = this.#tryParse(whole.map(({ text }) => text).join('\n'));
    if (rows?.length === whole.length) {
      const cells = new Map(whole.map((record, i) => [record as CsvRecord | Unreadable, rows[i] ?? []]));
      return records.map((record) => ('problem' in record ? record : { number: record.number, cells: cells.get(record) ?? [] }));
    }
    if (records.length > 1) return records.flatMap((record) => this.#cells([record]));
    // White space alone is no row.
    return whole
      .filter(({ text }) => text.trim() !== '')
      .map(({ number }) => ({
        number,
        problem: `a quote stands where none may (cells are parted by ${separatorName(this.#delimiter)}): skipped`,
      }));
  }
}

function rowOf(row: Unreadable | { number: number; cells: string[] }, header: Header): Row {
  if ('problem' in row) return row;
  const { number, cells } = row;
  const { columns, separator } = header;
  if (cells.length !== columns.length) {
    const problem = `the row has ${cells.length} cells parted by ${separatorName(separator)}, the first line names ${columns.length} columns: skipped`;
    return { number, problem };
  }
  // No prototype: a column may be called `__proto__`.
  const value = Object.create(null) as Json;
  for (const [i, name] of columns.entries()) if (cells[i] !== '') value[name] = cells[i];
  return { number, value, header };
}
