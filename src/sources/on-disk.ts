import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Puts bytes into a file for as long as they are read: what is read from its end cannot be read as it comes. */
export async function* onDisk<T>(bytes: AsyncIterable<Buffer>, read: (path: string) => AsyncIterable<T>): AsyncGenerator<T> {
  const folder = await mkdtemp(join(tmpdir(), 'fanlight-input-'));
  try {
    const path = join(folder, 'input');
    await pipeline(bytes, createWriteStream(path));
    yield* read(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
