import type { Json } from '../dialects/json.ts';

/** A row of a table by the names of its columns, or why it cannot be read. Numbers are 1-based. */
export type Row = { number: number; value: Json } | Unreadable;

export interface Unreadable {
  number: number;
  problem: string;
}
