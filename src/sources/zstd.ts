import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import { through } from './through.ts';

export const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];

/** In Node from 22.15 on; before, a library does it. */
const native = zlib as { createZstdDecompress?: () => Transform };

/** As the zstd tool: a frame may not ask for more than 128 MiB of window, whatever it claims. */
const MAX_WINDOW_LOG = 27;

/** Decompresses a zstd stream of one or more frames; throws at its end if it was damaged or cut short. */
export async function* unzstd(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (native.createZstdDecompress !== undefined) {
    yield* through(chunks, native.createZstdDecompress());
    return;
  }
  let ready: Buffer[] = [];
  const stream = new Decompress((chunk) => ready.push(Buffer.from(chunk)));
  let isFirst = true;
  for await (const chunk of chunks) {
    if (isFirst) checkWindow(chunk);
    isFirst = false;
    for (let at = 0; at < chunk.length; at += SLICE) {
      try {
        stream.push(chunk.subarray(at, at + SLICE));
      } catch (error) {
        yield* ready;
        throw damaged(error as Error);
      }
      yield* ready;
      ready = [];
    }
  }
  try {
    stream.push(new Uint8Array(0), true);
  } catch (error) {
    yield* ready;
    throw damaged(error as Error);
  }
  yield* ready;
}

/** A block of four bytes may stand for 128 KiB: small slices keep what comes out at once small. */
const SLICE = 4 * 1024;

/** One whole zstd frame, as the Collector writes them inside a length-prefixed file; throws above `maxBytes`. */
export function unzstdFrame(frame: Uint8Array, maxBytes: number): Buffer {
  checkWindow(frame);
  const parts: Uint8Array[] = [];
  let size = 0;
  const stream = new Decompress((chunk) => {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`it unfolds to more than ${Math.round(maxBytes / 1e6)} MB`);
    parts.push(chunk);
  });
  for (let at = 0; at < frame.length; at += SLICE) stream.push(frame.subarray(at, at + SLICE));
  stream.push(new Uint8Array(0), true);
  return Buffer.concat(parts);
}

// https://datatracker.ietf.org/doc/html/rfc8878#section-3.1.1.1.2
function checkWindow(frame: Uint8Array): void {
  const [descriptor, window] = [frame[4] ?? 0, frame[5] ?? 0];
  const isSingleSegment = (descriptor & 0x20) !== 0;
  if (!isSingleSegment && 10 + (window >> 3) > MAX_WINDOW_LOG) throw damaged(new Error('it asks for more than 128 MiB of window'));
}

const damaged = (error: Error): Error => Object.assign(error, { code: 'ERR_ZSTD' });
