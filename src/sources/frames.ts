import { startsWith } from './through.ts';
import { unzstdFrame, ZSTD } from './zstd.ts';

export interface Frame {
  /** 1-based. */
  number: number;
  /** The message; undefined where it could not be had at all, and `problem` says why. */
  bytes?: Uint8Array;
  problem?: string;
}

/** Messages behind 4-byte big-endian lengths, each plain or a zstd frame. One that is bad costs only itself. */
export async function* readFrames(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Frame> {
  const held = new ByteQueue();
  let number = 0;
  let length: number | undefined;
  let toSkip = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    for (;;) {
      toSkip -= held.take(Math.min(toSkip, held.size)).length;
      if (length === undefined && held.size >= 4 && toSkip === 0) {
        length = held.take(4).readUInt32BE(0);
        number += 1;
        if (length > maxBytes) {
          yield { number, problem: `a message of ${Math.round(length / 1e6)} MB, more than is read at once: skipped` };
          toSkip = length;
          length = undefined;
          continue;
        }
      }
      if (length === undefined || held.size < length) break;
      yield unfold(number, held.take(length), maxBytes);
      length = undefined;
    }
  }
  if (length === undefined && held.size === 0 && toSkip === 0) return;
  const rest = held.take(held.size);
  const problem = `the file breaks off in message ${number}`;
  // What is there of a plain message still holds its first spans.
  if (length === undefined || startsWith(rest, ZSTD)) yield { number, problem };
  else yield { number, bytes: rest, problem };
}

function unfold(number: number, body: Buffer, maxBytes: number): Frame {
  if (!startsWith(body, ZSTD)) return { number, bytes: body };
  try {
    return { number, bytes: unzstdFrame(body, maxBytes) };
  } catch (error) {
    return { number, problem: `the zstd data of a message is damaged: ${(error as Error).message}` };
  }
}

/** Bytes in the order they came; joined only when taken, so that a long message is copied once. */
class ByteQueue {
  size = 0;
  #parts: Buffer[] = [];

  push(bytes: Buffer): void {
    if (bytes.length > 0) this.#parts.push(bytes);
    this.size += bytes.length;
  }

  /** At most `size` bytes. */
  take(count: number): Buffer {
    const taken: Buffer[] = [];
    let missing = count;
    let used = 0;
    while (missing > 0) {
      const part = this.#parts[used] as Buffer;
      taken.push(part.subarray(0, missing));
      if (part.length > missing) this.#parts[used] = part.subarray(missing);
      else used += 1;
      missing -= Math.min(part.length, missing);
    }
    this.#parts.splice(0, used);
    this.size -= count;
    return taken.length === 1 ? (taken[0] as Buffer) : Buffer.concat(taken);
  }
}
