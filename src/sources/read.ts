import type { Readable } from 'node:stream';
import type { Backend } from './backends/backend.ts';
import { readBytes } from './bytes.ts';
import { readCsv } from './csv.ts';
import { readDocuments } from './documents.ts';
import { formOf } from './forms.ts';
import { readFrames, type Frame } from './frames.ts';
import { expandInputs } from './inputs.ts';
import { splitLines } from './lines.ts';
import { onDisk } from './on-disk.ts';
import { isParquetFile, readParquet } from './parquet.ts';
import { excerptOf, ProblemLog, type Problem } from './problem.ts';
import { RecordReader, type SourceRecord } from './records.ts';
import type { Row } from './row.ts';

export type { SourceRecord } from './records.ts';

export interface Progress {
  source: string;
  /** Of all files so far, compressed bytes as they lie on disk. */
  bytesRead: number;
  /** Undefined when standard input is among the sources. */
  totalBytes: number | undefined;
  files: number;
  filesDone: number;
}

export interface ReadOptions {
  onProblem: (problem: Problem) => void;
  onProgress?: (progress: Progress) => void;
  /** Longest line or message that is read; 64 MiB by default. */
  maxLineBytes?: number;
  stdin?: Readable;
  /** Running backends to pull traces from, beside the files. */
  backends?: readonly Backend[];
  /** How many traces a backend has given so far. */
  onPulled?: (traces: number) => void;
}

export const MAX_LINE_BYTES = 64 * 1024 * 1024;
const HEAD_BYTES = 256 * 1024;

/**
 * Reads files, folders, globs and standard input (`-`): OTLP as JSON Lines, JSON documents or protobuf,
 * spans and conversations in other forms as JSON, Parquet or CSV; plain, gzip or zstd, told by content. Never throws for what is in a file: what
 * cannot be read is reported to `onProblem`, everything else is delivered.
 */
export async function* readRecords(inputs: readonly string[], options: ReadOptions): AsyncGenerator<SourceRecord[]> {
  const problems = new ProblemLog(options.onProblem);
  const files = await expandInputs(inputs, problems);
  const sizes = files.map((file) => file.size);
  const progress: Progress = {
    source: '',
    bytesRead: 0,
    totalBytes: sizes.includes(undefined) ? undefined : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0),
    files: files.length,
    filesDone: 0,
  };
  let bytesBefore = 0;
  for (const { path, size } of files) {
    progress.source = path;
    const bytes = readBytes(path, options.stdin ?? process.stdin, (count) => {
      progress.bytesRead += count;
      options.onProgress?.(progress);
    });
    // Bytes that break off end like any others, so that every form gives what it has; the reason is told after.
    let failure: Failure | undefined;
    const untilFailure = quietly(bytes, (error) => {
      failure = error;
    });
    try {
      yield* readSource(untilFailure, options.maxLineBytes ?? MAX_LINE_BYTES, path, problems, () => failure);
    } catch (error) {
      failure ??= error as Failure;
    }
    if (failure !== undefined) problems.addWhole({ source: path, reason: reasonOf(failure) });
    problems.finish();
    progress.filesDone += 1;
    // Of some files, not every byte is read, or not as a stream.
    bytesBefore += size ?? 0;
    progress.bytesRead = Math.max(progress.bytesRead, bytesBefore);
    options.onProgress?.(progress);
  }
  problems.finish();
}

type Failure = Error & { code?: string };

async function* quietly(bytes: AsyncIterable<Buffer>, onFailure: (error: Failure) => void): AsyncGenerator<Buffer> {
  try {
    yield* bytes;
  } catch (error) {
    onFailure(error as Failure);
  }
}

function reasonOf({ code, message }: Failure): string {
  if (code === 'Z_BUF_ERROR' || /unexpected (?:end of file|EOF)/iu.test(message)) {
    return 'the compressed data breaks off; what came before it was read';
  }
  if (code?.startsWith('Z_') === true || code?.includes('ZSTD') === true)
    return `the compressed data is damaged (${message}); what came before it was read`;
  if (code === 'ENOENT') return 'no such file or folder';
  if (code === 'EACCES' || code === 'EPERM') return 'cannot be read: permission denied';
  if (message.startsWith('the Parquet file ')) return message;
  return `cannot be read: ${excerptOf(message, 200).slice(1, -1)}`;
}

async function* readSource(
  bytes: AsyncGenerator<Buffer>,
  maxBytes: number,
  source: string,
  problems: ProblemLog,
  failure: () => Failure | undefined,
): AsyncGenerator<SourceRecord[]> {
  const { head, all } = await peek(bytes);
  const form = formOf(head, source);
  const read = new RecordReader(source, problems, () => failure() !== undefined);
  if (typeof form === 'object') {
    if (failure() === undefined) problems.add({ source, reason: form.reason });
    await bytes.return(undefined);
  } else if (form === 'lines') {
    for await (const lines of splitLines(all, maxBytes)) yield lines.flatMap((line) => read.line(line));
  } else if (form === 'document') {
    for await (const parts of readDocuments(all)) yield parts.flatMap((part) => read.part(part));
  } else if (form === 'csv') {
    for await (const rows of orNone(readCsv(all, maxBytes))) yield rows.flatMap((row) => read.row(row));
  } else if (form === 'parquet') {
    const isInPlace = source !== '-' && (await isParquetFile(source));
    if (isInPlace) await bytes.return(undefined);
    const table = isInPlace ? readParquet(source) : onDisk(all, readParquet);
    for await (const rows of orNone(table)) yield rows.flatMap((row) => read.row(row));
  } else if (form === 'frames') {
    for await (const frame of readFrames(all, maxBytes)) yield read.message(frame);
  } else {
    yield read.message(await wholeMessage(all, maxBytes));
  }
}

/** The rows of a table, and a word where it has none. */
async function* orNone(table: AsyncIterable<Row[]>): AsyncGenerator<Row[]> {
  let isEmpty = true;
  for await (const rows of table) {
    if (rows.length > 0) isEmpty = false;
    yield rows;
  }
  if (isEmpty) yield [{ number: 1, problem: 'the table names its columns and has no rows' }];
}

async function wholeMessage(bytes: AsyncIterable<Buffer>, maxBytes: number): Promise<Partial<Frame>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    chunks.push(chunk);
    size += chunk.length;
    if (size <= maxBytes) continue;
    const problem = `a message of more than ${Math.round(maxBytes / 1e6)} MB, only its beginning is read; raise --max-line-bytes`;
    return { bytes: Buffer.concat(chunks, maxBytes), problem };
  }
  return { bytes: Buffer.concat(chunks) };
}

/** The first bytes, to tell the form by, and the whole stream again. */
async function peek(bytes: AsyncGenerator<Buffer>): Promise<{ head: Buffer; all: AsyncGenerator<Buffer> }> {
  const taken: Buffer[] = [];
  let size = 0;
  while (size < HEAD_BYTES) {
    const next = await bytes.next();
    if (next.done === true) break;
    taken.push(next.value);
    size += next.value.length;
  }
  async function* all(): AsyncGenerator<Buffer> {
    try {
      yield* taken;
      yield* bytes;
    } finally {
      await bytes.return(undefined);
    }
  }
  return { head: Buffer.concat(taken).subarray(0, HEAD_BYTES), all: all() };
}
