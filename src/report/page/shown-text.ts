import type { Piece, Shown } from '../page-data.ts';
import { safe } from '../safe.ts';

/** Offsets of a value that is to be marked. */
export type Range = readonly [start: number, end: number];

/** Characters kept around a marked value that lies beyond the cut. */
const AROUND = 80;
/** Leaving out less than this is not worth a mark. */
const WORTH = 40;

/** A text with its marks, cut to about `limit` characters; what is marked is never cut away. */
export function shownText(text: string, marks: readonly Range[], limit: number): Shown {
  const kept = keptRanges(text, marks, limit);
  const pieces: Piece[] = [];
  let at = 0;
  for (const [start, end] of kept) {
    if (start > at) pieces.push({ left: start - at });
    pieces.push(...markedPieces(text, start, end, marks));
    at = end;
  }
  if (at < text.length) pieces.push({ left: text.length - at });
  const [only] = pieces;
  return pieces.length === 0 ? '' : pieces.length === 1 && typeof only === 'string' ? only : pieces;
}

function keptRanges(text: string, marks: readonly Range[], limit: number): Range[] {
  const wanted: Range[] = [[0, limit], ...marks.map(([start, end]): Range => [start - AROUND, end + AROUND])];
  const kept: [number, number][] = [];
  for (const [from, to] of wanted.toSorted((a, b) => a[0] - b[0])) {
    const [start, end] = [whole(text, Math.max(0, from)), whole(text, Math.min(text.length, to))];
    const last = kept.at(-1);
    if (last !== undefined && start <= last[1] + WORTH) last[1] = Math.max(last[1], end);
    else if (end > start) kept.push([start, end]);
  }
  const last = kept.at(-1);
  if (last !== undefined && text.length - last[1] <= WORTH) last[1] = text.length;
  return kept;
}

/** An offset that does not fall within a surrogate pair. */
const whole = (text: string, at: number): number => (/[\udc00-\udfff]/u.test(text.charAt(at)) && at > 0 ? at - 1 : at);

function markedPieces(text: string, start: number, end: number, marks: readonly Range[]): Piece[] {
  const pieces: Piece[] = [];
  let at = start;
  for (const [from, to] of marks.toSorted((a, b) => a[0] - b[0])) {
    if (from < at || to > end) continue;
    if (from > at) pieces.push(safeLines(text.slice(at, from)));
    pieces.push({ mark: safeLines(text.slice(from, to)) });
    at = to;
  }
  if (at < end) pieces.push(safeLines(text.slice(at, end)));
  return pieces;
}

const safeLines = (text: string): string => text.split('\n').map(safe).join('\n');

/**
 * The longest length to which texts may be cut so that together they stay within `budget`: short ones stay whole,
 * and what they leave over goes to the long ones.
 */
export function fairLimit(lengths: readonly number[], budget: number, least: number): number {
  let left = budget;
  const sorted = lengths.toSorted((a, b) => a - b);
  for (const [i, length] of sorted.entries()) {
    const share = left / (sorted.length - i);
    if (length > share) return Math.max(least, Math.floor(share));
    left -= length;
  }
  return Math.max(least, budget);
}
