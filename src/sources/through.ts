import type { Transform } from 'node:stream';

export const startsWith = (bytes: Uint8Array, magic: readonly number[]): boolean => magic.every((byte, i) => bytes[i] === byte);

/** Small enough that even a gzip bomb (1:1000) unfolds to a few megabytes at a time. */
const SLICE = 16 * 1024;

/**
 * Pushes bytes through a decompressor, slice by slice. A pipeline would drop what a stream still holds when it
 * fails; here everything that came out of a slice is handed on before the next goes in, and an error comes last.
 */
export async function* through(chunks: AsyncIterable<Buffer>, transform: Transform): AsyncGenerator<Buffer> {
  let ready: Buffer[] = [];
  const failures: Error[] = [];
  transform.on('data', (chunk: Buffer) => ready.push(chunk));
  let proceed = (): void => {};
  transform.on('error', (error) => {
    failures.push(error);
  });
  // A write that fails is never called back: closing is what tells.
  transform.on('close', () => proceed());
  try {
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length && failures.length === 0; at += SLICE) {
        await new Promise<void>((resolve) => {
          proceed = resolve;
          transform.write(chunk.subarray(at, at + SLICE), () => resolve());
        });
        yield* ready;
        ready = [];
      }
      if (failures.length > 0) break;
    }
    // Ended apart from the last write: told of both at once, zlib drops the last slice of a truncated file.
    if (failures.length === 0) {
      await new Promise<void>((resolve) => {
        proceed = resolve;
        transform.end();
      });
    }
    yield* ready;
  } finally {
    transform.destroy();
  }
  if (failures[0] !== undefined) throw failures[0];
}
