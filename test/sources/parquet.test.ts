import * as fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { createReadStream, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { gzipSync } from 'node:zlib';
import { readParquet } from '../../src/sources/parquet.ts';
import { fileOf, readAll, storedZstd } from './support.ts';

type Columns = Parameters<typeof parquetWriteBuffer>[0]['columnData'];
const bytesOf = (columnData: Columns, rowGroupSize = 1000): Buffer => Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize }));

const tides = bytesOf([
  { name: 'port', data: ['Leith', null, 'Oban'], type: 'STRING' },
  { name: 'height', data: [5.4, 2.5, null], type: 'DOUBLE' },
  { name: 'seen', data: [3n, 9_007_199_254_740_993n, 0n], type: 'INT64' },
  { name: 'at', data: [new Date(1_700_000_000_123), new Date(0), new Date(1)], type: 'TIMESTAMP' },
  { name: 'isHigh', data: [true, false, null], type: 'BOOLEAN' },
]);
const rows = [
  { port: 'Leith', height: 5.4, seen: 3, at: '2023-11-14T22:13:20.123Z', isHigh: true },
  { height: 2.5, seen: '9007199254740993', at: '1970-01-01T00:00:00.000Z', isHigh: false },
  { port: 'Oban', seen: 0, at: '1970-01-01T00:00:00.001Z' },
].map((value, i) => ({ value, line: i + 1 }));

describe('a row is a document, values as JSON would have them, columns without one left out', () => {
  test('a file, whatever its name', async () => {
    expect(await readAll(fileOf(tides, 'tides.bin'))).toMatchObject({ documents: rows, problems: [] });
  });

  test('standard input, gzip and zstd, by way of a file that is gone afterwards', async () => {
    const before = readdirSync(tmpdir());
    expect((await readAll('-', { stdin: createReadStream(fileOf(tides)) })).documents).toEqual(rows);
    expect((await readAll(fileOf(gzipSync(tides)))).documents).toEqual(rows);
    expect((await readAll(fileOf(storedZstd(tides)))).documents).toEqual(rows);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('fanlight-input-') && !before.includes(name))).toEqual([]);
  });
});

test('a long row group is decoded in parts', async () => {
  const text = 'x'.repeat(1_000_000);
  // Each text differs, or they would be one entry of a dictionary.
  const path = fileOf(bytesOf([{ name: 'text', data: Array.from({ length: 200 }, (_, i) => `${i} ${text}`), type: 'STRING' }]));
  const sizes: number[] = [];
  for await (const some of readParquet(path)) sizes.push(some.length);
  expect(sizes.length).toBeGreaterThan(2);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(200);
});

test('a row group that is damaged costs only itself', async () => {
  const bytes = bytesOf([{ name: 'port', data: Array.from({ length: 30 }, (_, i) => `port ${i}`), type: 'STRING' }], 10);
  // The length of the first page, which says how much there is to unfold.
  bytes.fill(0xff, 4, 16);
  const { documents, problems } = await readAll(fileOf(bytes));
  expect(documents).toHaveLength(20);
  expect(problems).toMatchObject([{ line: 1, reason: expect.stringMatching(/^the rows 1 to 10 cannot be decoded/u) }]);
});

test('a file that breaks off is told', async () => {
  const { documents, reasons } = await readAll(fileOf(tides.subarray(0, tides.length - 10)));
  expect(documents).toEqual([]);
  expect(reasons).toEqual([expect.stringMatching(/^the Parquet file breaks off or is damaged/u)]);
});

test('a file that was cut anywhere is told, and ends no process', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(tides.length - 1), fc.nat(40), async (at, length) => {
      const bytes = Buffer.concat([tides.subarray(0, at), tides.subarray(at + length + 1)]);
      const { problems } = await readAll(fileOf(bytes));
      expect(problems.length).toBeGreaterThan(0);
    }),
    { numRuns: 40, seed: 7 },
  );
});
