import { constants } from 'node:buffer';

export interface Line {
  /** 1-based. */
  number: number;
  /** Undefined for a line longer than the limit; `bytes` then tells how long. */
  text: string | undefined;
  bytes: number;
  /** True for a last line without a line break. */
  isOpen: boolean;
}

const NEWLINE = 0x0a;

/**
 * Splits bytes into lines, a chunk's worth at a time, never holding more than one line of the allowed length.
 * Empty lines are counted and left out.
 */
export async function* splitLines(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Line[]> {
  // Whatever was asked for, a string cannot be longer.
  const limit = Math.min(maxBytes, constants.MAX_STRING_LENGTH);
  let number = 0;
  let held: Buffer[] = [];
  let heldBytes = 0;
  const take = (last: Buffer, isOpen: boolean): Line => {
    const bytes = heldBytes + last.length;
    const text = bytes > limit ? undefined : (held.length === 0 ? last : Buffer.concat([...held, last])).toString('utf8');
    held = [];
    heldBytes = 0;
    return { number, text: number === 1 ? text?.replace(/^\uFEFF/u, '') : text, bytes, isOpen };
  };
  for await (const chunk of chunks) {
    const lines: Line[] = [];
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      number += 1;
      if (at > from || heldBytes > 0) lines.push(take(chunk.subarray(from, at), false));
      from = at + 1;
    }
    if (from < chunk.length) {
      const rest = chunk.subarray(from);
      heldBytes += rest.length;
      if (heldBytes <= limit) held.push(rest);
      else held = [];
    }
    if (lines.length > 0) yield lines;
  }
  number += 1;
  if (heldBytes > 0) yield [take(Buffer.alloc(0), true)];
}
