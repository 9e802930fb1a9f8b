import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { LogRecord, Span } from '../../src/dialects/span.ts';
import type { Problem } from '../../src/sources/problem.ts';
import { readRecords, type ReadOptions } from '../../src/sources/read.ts';

export const TRACE = '0af7651916cd43dd8448eb211c80319c';
export const idOf = (n: number): string => (n + 1).toString(16).padStart(16, '0');

type Json = Record<string, unknown>;

/** A span as OTLP JSON writes it. */
export const spanJson = (n: number, more: Json = {}): Json => ({
  traceId: TRACE,
  spanId: idOf(n),
  name: `span ${n}`,
  startTimeUnixNano: '1700000000000000000',
  ...more,
});

/** A request of `count` spans. */
export const request = (count: number, more: Json = {}): { resourceSpans: Json[] } => ({
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'ferry' } }] },
      scopeSpans: [{ scope: { name: 'demo' }, spans: Array.from({ length: count }, (_, n) => spanJson(n, more)) }],
    },
  ],
});

const folder = mkdtempSync(join(tmpdir(), 'fanlight-sources-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let serial = 0;

/** A file of its own in a folder that is removed afterwards. */
export function fileOf(content: string | Uint8Array, name = 'input'): string {
  serial += 1;
  const path = join(folder, `${serial}-${name}`);
  writeFileSync(path, content);
  return path;
}

export interface Everything {
  spans: Span[];
  logs: LogRecord[];
  documents: { value: unknown; line: number | undefined }[];
  problems: Problem[];
  reasons: string[];
}

export async function readAll(inputs: string | string[], options: Partial<ReadOptions> = {}): Promise<Everything> {
  const all: Everything = { spans: [], logs: [], documents: [], problems: [], reasons: [] };
  const onProblem = (problem: Problem): void => {
    all.problems.push(problem);
    all.reasons.push(problem.reason);
  };
  for await (const records of readRecords([inputs].flat(), { ...options, onProblem })) {
    for (const record of records) {
      if (record.kind === 'span') all.spans.push(record.span);
      else if (record.kind === 'log') all.logs.push(record.log);
      else all.documents.push({ value: record.value, line: record.place.line });
    }
  }
  return all;
}

export const readContent = (content: string | Uint8Array, options: Partial<ReadOptions> = {}): Promise<Everything> =>
  readAll(fileOf(content), options);

/** The same bytes in chunks that end at the given places. */
export async function* chunksOf(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b);
  let from = 0;
  for (const to of [...places, bytes.length]) {
    if (to > from) yield bytes.subarray(from, to);
    from = to;
  }
}

export const framed = (body: Uint8Array): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
};

/** A zstd frame that stores its bytes uncompressed (RFC 8878, raw blocks): Node 20 cannot write any other. */
export function storedZstd(bytes: Uint8Array): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(bytes.length);
  const blocks: Buffer[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += 100_000) {
    const body = bytes.subarray(at, at + 100_000);
    const header = Buffer.alloc(3);
    header.writeUIntLE(body.length * 8 + (at + 100_000 >= bytes.length ? 1 : 0), 0, 3);
    blocks.push(header, Buffer.from(body));
  }
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0]), size, ...blocks]);
}
