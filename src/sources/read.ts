import type { Readable } from 'node:stream';
import { isObject, type Json } from '../dialects/json.ts';
import type { LogRecord, Place, Span } from '../dialects/span.ts';
import { readBytes } from './bytes.ts';
import { readDocuments } from './documents.ts';
import { formOf } from './forms.ts';
import { readFrames } from './frames.ts';
import { expandInputs } from './inputs.ts';
import { splitLines, type Line } from './lines.ts';
import { isOtlp, readOtlp, readResourceLogs, readResourceSpans, type OtlpContent } from './otlp.ts';
import { excerptOf, ProblemLog, type Problem } from './problem.ts';
import { decodeOtlp } from './protobuf.ts';

/** What a source holds, one element at a time. */
export type SourceRecord =
  | { kind: 'span'; span: Span }
  | { kind: 'log'; log: LogRecord }
  /** Any other JSON object: a conversation, a record of another dialect. */
  | { kind: 'document'; value: Json; place: Place };

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
}

const MAX_LINE_BYTES = 64 * 1024 * 1024;
const HEAD_BYTES = 64 * 1024;

/**
 * Reads files, folders, globs and standard input (`-`): OTLP as JSON Lines, JSON documents or protobuf, and
 * JSON Lines of conversations; plain, gzip or zstd, told by content. Never throws for what is in a file: what
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
  for (const { path } of files) {
    progress.source = path;
    const bytes = readBytes(path, options.stdin ?? process.stdin, (count) => {
      progress.bytesRead += count;
      options.onProgress?.(progress);
    });
    try {
      yield* readSource(path, bytes, options.maxLineBytes ?? MAX_LINE_BYTES, problems);
    } catch (error) {
      problems.add(problemOf(path, error as Error & { line?: number; code?: string }));
    }
    progress.filesDone += 1;
  }
  problems.finish();
}

function problemOf(source: string, error: Error & { line?: number; code?: string }): Problem {
  const at = error.line === undefined ? {} : { line: error.line };
  if (error.code === 'Z_BUF_ERROR' || /unexpected (?:end of file|EOF)/iu.test(error.message)) {
    return { source, ...at, reason: 'the compressed data breaks off; what came before it was read' };
  }
  if (error.code?.startsWith('Z_') === true || error.code === 'ERR_ZSTD')
    return { source, ...at, reason: `the compressed data is damaged (${error.message}); what came before it was read` };
  return { source, ...at, reason: excerptOf(error.message, 200).slice(1, -1) };
}

async function* readSource(
  source: string,
  bytes: AsyncGenerator<Buffer>,
  maxBytes: number,
  problems: ProblemLog,
): AsyncGenerator<SourceRecord[]> {
  const { head, all, failure } = await peek(bytes);
  const form = formOf(head);
  if (typeof form === 'object') {
    problems.add(failure === undefined ? { source, reason: form.reason } : problemOf(source, failure));
    return;
  }
  switch (form) {
    case 'lines':
      for await (const lines of splitLines(all, maxBytes)) yield lines.flatMap((line) => readLine(source, line, problems));
      return;
    case 'document':
      for await (const elements of readDocuments(all)) {
        yield elements.flatMap(({ kind, value, line }) => {
          const place = { source, line };
          if (kind === 'object') return readObject(value, place, problems);
          const content: OtlpContent = { spans: [], logs: [], skipped: [] };
          if (kind === 'resourceSpans') readResourceSpans(value, place, content);
          else readResourceLogs(value, place, content);
          return toRecords(content, place, problems);
        });
      }
      return;
    case 'frames': {
      let nth = 0;
      for await (const frame of readFrames(all, maxBytes)) {
        nth += 1;
        yield readMessage(frame, { source, line: nth }, problems);
      }
      return;
    }
    case 'message': {
      const chunks: Buffer[] = [];
      for await (const chunk of all) chunks.push(chunk);
      yield readMessage(Buffer.concat(chunks), { source }, problems);
    }
  }
}

function readLine(source: string, line: Line, problems: ProblemLog): SourceRecord[] {
  const place = { source, line: line.number };
  if (line.text === undefined) {
    problems.add({
      ...place,
      reason: `the line is ${Math.round(line.bytes / 1e6)} MB long, more than is read at once; raise --max-line-bytes to read it`,
    });
    return [];
  }
  if (line.text.trim() === '') return [];
  let value: unknown;
  try {
    value = JSON.parse(line.text);
  } catch {
    problems.add({ ...place, reason: `not valid JSON: ${excerptOf(line.text.trim())}` });
    return [];
  }
  return (Array.isArray(value) ? value : [value]).flatMap((item) => readObject(item, place, problems));
}

function readObject(value: unknown, place: Place, problems: ProblemLog): SourceRecord[] {
  if (!isObject(value)) {
    problems.add({ ...place, reason: `a JSON ${value === null ? 'null' : typeof value} where an object should be` });
    return [];
  }
  if (!isOtlp(value)) return [{ kind: 'document', value, place }];
  return toRecords(readOtlp(value, place), place, problems);
}

function readMessage(bytes: Uint8Array, place: Place, problems: ProblemLog): SourceRecord[] {
  if (bytes[0] === 0x7b || bytes[0] === 0x5b)
    return readLine(place.source, { number: place.line ?? 1, text: Buffer.from(bytes).toString('utf8'), bytes: bytes.length }, problems);
  try {
    return toRecords(readOtlp(decodeOtlp(bytes), place), place, problems);
  } catch (error) {
    problems.add({ ...place, reason: `not an OTLP protobuf message: ${(error as Error).message}` });
    return [];
  }
}

function toRecords({ spans, logs, skipped }: OtlpContent, place: Place, problems: ProblemLog): SourceRecord[] {
  for (const reason of skipped) problems.add({ ...place, reason: `${reason}: skipped` });
  return [...spans.map((span): SourceRecord => ({ kind: 'span', span })), ...logs.map((log): SourceRecord => ({ kind: 'log', log }))];
}

/** The first bytes, to tell the form by, and the whole stream again. An error in the head waits until the head is read. */
async function peek(bytes: AsyncGenerator<Buffer>): Promise<{ head: Buffer; all: AsyncGenerator<Buffer>; failure: Error | undefined }> {
  const taken: Buffer[] = [];
  let size = 0;
  let failure: Error | undefined;
  try {
    while (size < HEAD_BYTES) {
      const next = await bytes.next();
      if (next.done === true) break;
      taken.push(next.value);
      size += next.value.length;
    }
  } catch (error) {
    failure = error as Error;
  }
  async function* all(): AsyncGenerator<Buffer> {
    yield* taken;
    if (failure !== undefined) throw failure;
    yield* bytes;
  }
  return { head: Buffer.concat(taken).subarray(0, HEAD_BYTES), all: all(), failure };
}
