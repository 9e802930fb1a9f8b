import type { Json } from '../dialects/json.ts';

/** A row of a table by the names of its columns, or why it cannot be read. Numbers are 1-based. */
export type Row = { number: number; value: Json; header: Header } | Unreadable;

/** What a table says of itself before its first row. */
export interface Header {
  columns: readonly string[];
  /** What parts its cells, where that had to be guessed: `;`. */
  separator?: string;
}

export interface Unreadable {
  number: number;
  problem: string;
}
