import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chunksOf, readAll, readContent, request, storedZstd } from './support.ts';

const lines = (count: number): string =>
  Array.from({ length: count }, (_, n) => `${JSON.stringify(request(1, { name: `span ${n}` }))}\n`).join('');
/** Names no compressor can shorten, so that the file spans many slices. */
const noisy = (count: number): string =>
  Array.from({ length: count }, () => `${JSON.stringify(request(1, { name: randomBytes(200).toString('base64') }))}\n`).join('');
const BREAKS_OFF = 'the compressed data breaks off; what came before it was read';

// Written with the zstd 1.5 command line tool: zstd -19 --check two-requests.jsonl
const ZSTD_FIXTURE = join(import.meta.dirname, '../../fixtures/sources/two-requests.jsonl.zst');

describe('gzip', () => {
  test('told by content, whatever the name; several members', async () => {
    const { spans, reasons } = await readContent(Buffer.concat([gzipSync(lines(3)), gzipSync(lines(2))]));
    expect([spans.length, reasons]).toEqual([5, []]);
  });

  test('through standard input in chunks of any size', async () => {
    const bytes = Buffer.concat([gzipSync(lines(3)), gzipSync(lines(2))]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length)), async (cuts) => {
        const { spans, reasons } = await readAll('-', { stdin: Readable.from(chunksOf(bytes, cuts)) });
        expect([spans.length, reasons]).toEqual([5, []]);
      }),
      { numRuns: 50 },
    );
  });

  test('cut short: all whole lines before the cut, one problem', async () => {
    const bytes = gzipSync(noisy(2000));
    const whole = await readContent(bytes);
    expect(whole.spans).toHaveLength(2000);
    for (const part of [0.999, 0.5, 0.1]) {
      const { spans, reasons } = await readContent(bytes.subarray(0, Math.floor(bytes.length * part)));
      expect(spans.length).toBeGreaterThan(2000 * part - 60);
      expect(reasons).toEqual([BREAKS_OFF]);
    }
  });

  test('damaged in the middle: what came before, one problem', async () => {
    const bytes = gzipSync(noisy(2000));
    const middle = Math.floor(bytes.length / 2);
    bytes.fill(0xff, middle, middle + 200);
    const { spans, reasons } = await readContent(bytes);
    expect(spans.length).toBeGreaterThan(500);
    expect(reasons.some((reason) => reason.startsWith('the compressed data is damaged'))).toBe(true);
  });

  test('one document on one line, cut short, gives its first spans', async () => {
    const { spans, reasons } = await readContent(gzipSync(JSON.stringify(request(500))).subarray(0, -600));
    expect(spans.length).toBeGreaterThan(100);
    expect(reasons).toEqual([BREAKS_OFF]);
  });
});

describe('zstd', () => {
  test('as the command line tool writes it', async () => {
    const { spans, reasons } = await readAll(ZSTD_FIXTURE);
    expect(spans.map((span) => span.spanId)).toEqual(['0000000000000001', '0000000000000002']);
    expect(reasons).toEqual([]);
  });

  test('several frames', async () => {
    const { spans, reasons } = await readContent(Buffer.concat([storedZstd(Buffer.from(lines(3))), storedZstd(Buffer.from(lines(2)))]));
    expect([spans.length, reasons]).toEqual([5, []]);
  });

  test('cut short: what came before, one problem', async () => {
    const { spans, reasons } = await readContent(storedZstd(Buffer.from(noisy(2000))).subarray(0, -200_000));
    expect(spans.length).toBeGreaterThan(1000);
    expect(reasons).toEqual([BREAKS_OFF]);
  });

  test('a frame that asks for gigabytes of memory is refused', async () => {
    const { reasons } = await readContent(Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa0, ...Buffer.alloc(30)]));
    expect(reasons).toHaveLength(1);
  });
});
