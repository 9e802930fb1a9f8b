import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { startsWith, through } from './through.ts';
import { unzstd, ZSTD } from './zstd.ts';

const GZIP = [0x1f, 0x8b];

/**
 * The bytes of a file or of standard input, decompressed by what they are, not by their name. Where the
 * compressed data breaks off, everything before is delivered and then an error is thrown.
 */
export async function* readBytes(path: string, stdin: Readable, onBytes: (count: number) => void): AsyncGenerator<Buffer> {
  const source = path === '-' ? stdin : createReadStream(path, { highWaterMark: 1 << 20 });
  const chunks = counted(source, onBytes);
  try {
    const first = await chunks.next();
    if (first.done === true) return;
    const all = chained(first.value, chunks);
    if (startsWith(first.value, GZIP)) yield* through(all, createGunzip({ chunkSize: 1 << 18 }));
    else if (startsWith(first.value, ZSTD)) yield* unzstd(all);
    else yield* all;
  } finally {
    // Also when the reader loses interest early: the file is closed, not left to the garbage collector.
    await chunks.return(undefined);
  }
}

async function* counted(source: Readable, onBytes: (count: number) => void): AsyncGenerator<Buffer> {
  let head: Buffer | undefined;
  for await (const chunk of source as AsyncIterable<Buffer | string>) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    onBytes(bytes.length);
    // A pipe may deliver a first byte alone: enough is gathered to know what it is.
    if (head !== undefined && head.length < 8) head = Buffer.concat([head, bytes]);
    else {
      if (head !== undefined) yield head;
      head = bytes;
    }
  }
  if (head !== undefined && head.length > 0) yield head;
}

async function* chained(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}
