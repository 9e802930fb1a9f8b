export interface Line {
  /** 1-based. */
  number: number;
  /** Undefined for a line longer than the limit; `bytes` then tells how long. */
  text: string | undefined;
  bytes: number;
}

const NEWLINE = 0x0a;

/** Splits bytes into lines, a chunk's worth at a time, never holding more than one line of the allowed length. */
export async function* splitLines(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Line[]> {
  let number = 0;
  let held: Buffer[] = [];
  let heldBytes = 0;
  const take = (last: Buffer): Line => {
    number += 1;
    const bytes = heldBytes + last.length;
    const text = bytes > maxBytes ? undefined : (held.length === 0 ? last : Buffer.concat([...held, last])).toString('utf8');
    held = [];
    heldBytes = 0;
    return { number, text: number === 1 ? text?.replace(/^\uFEFF/u, '') : text, bytes };
  };
  for await (const chunk of chunks) {
    const lines: Line[] = [];
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      lines.push(take(chunk.subarray(from, at)));
      from = at + 1;
    }
    if (from < chunk.length) {
      const rest = chunk.subarray(from);
      heldBytes += rest.length;
      if (heldBytes <= maxBytes) held.push(rest);
      else held = [];
    }
    if (lines.length > 0) yield lines;
  }
  if (heldBytes > 0) yield [take(Buffer.alloc(0))];
}
