import { createReadStream } from 'node:fs';
import { PassThrough, pipeline, type Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { Decompress } from 'fzstd';

const GZIP = [0x1f, 0x8b];
export const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];

export const startsWith = (bytes: Uint8Array, magic: readonly number[]): boolean => magic.every((byte, i) => bytes[i] === byte);

/**
 * The bytes of a file or of standard input, decompressed by what they are, not by their name. Where the
 * compressed data breaks off, everything before is delivered and then an error is thrown.
 */
export async function* readBytes(path: string, stdin: Readable, onBytes: (count: number) => void): AsyncGenerator<Buffer> {
  const source = path === '-' ? stdin : createReadStream(path, { highWaterMark: 1 << 20 });
  const chunks = counted(source, onBytes);
  const first = await chunks.next();
  if (first.done === true) return;
  const all = chained(first.value, chunks);
  if (startsWith(first.value, GZIP)) yield* gunzip(all);
  else if (startsWith(first.value, ZSTD)) yield* unzstd(all);
  else yield* all;
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

async function* gunzip(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* through(chunks, zlib.createGunzip());
}

/** Node has zstd from 22.15 on; before, a library does it. */
async function* unzstd(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const create = (zlib as { createZstdDecompress?: () => NodeJS.ReadWriteStream }).createZstdDecompress;
  if (create !== undefined) {
    yield* through(chunks, create());
    return;
  }
  let ready: Buffer[] = [];
  const stream = new Decompress((chunk) => ready.push(Buffer.from(chunk)));
  for await (const chunk of chunks) {
    stream.push(chunk);
    yield* ready;
    ready = [];
  }
  stream.push(new Uint8Array(0), true);
  yield* ready;
}

async function* through(chunks: AsyncIterable<Buffer>, transform: NodeJS.ReadWriteStream): AsyncGenerator<Buffer> {
  const out = new PassThrough({ highWaterMark: 1 << 20 });
  let failure: Error | undefined;
  // The error is held back until what came before it is read: a truncated archive still tells its beginning.
  transform.on('data', (chunk: Buffer) => {
    if (!out.write(chunk)) {
      transform.pause();
      out.once('drain', () => transform.resume());
    }
  });
  transform.on('end', () => out.end());
  pipeline(chunks, transform as unknown as NodeJS.WritableStream, (error) => {
    if (error) {
      failure = error;
      out.end();
    }
  });
  yield* out as AsyncIterable<Buffer>;
  if (failure !== undefined) throw failure;
}

/** One whole zstd frame, as the Collector writes them inside a length-prefixed file. */
export function unzstdFrame(frame: Uint8Array): Uint8Array {
  const decompress = (zlib as { zstdDecompressSync?: (data: Uint8Array) => Buffer }).zstdDecompressSync;
  if (decompress !== undefined) return decompress(frame);
  const parts: Uint8Array[] = [];
  const stream = new Decompress((chunk) => parts.push(chunk));
  stream.push(frame, true);
  return Buffer.concat(parts);
}
