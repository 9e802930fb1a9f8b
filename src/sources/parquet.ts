import { open } from 'node:fs/promises';
import type { AsyncBuffer, FileMetaData } from 'hyparquet';
import type { Json } from '../dialects/json.ts';
import { loadOptional } from './optional-package.ts';
import type { Row } from './row.ts';
import { startsWith } from './through.ts';

/** https://parquet.apache.org/docs/file-format/ */
export const PARQUET = [0x50, 0x41, 0x52, 0x31];

/** Rows that are decoded at once come of no more bytes than this, and are no more. Less would decode nested columns again and again. */
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_ROWS = 50_000;

/**
 * The rows of a Parquet file, some at a time: no more than a part of a row group is held. Where rows cannot be
 * decoded, those before them and the other row groups are delivered all the same.
 *
 * @param path a file on disk, not compressed as a whole: Parquet is read from its end
 */
export async function* readParquet(path: string): AsyncGenerator<Row[]> {
  const { hyparquet, compressors } = await load();
  const disk = await hyparquet.asyncBufferFromFile(path);
  const file: AsyncBuffer = { ...disk, slice: (from, to) => quiet(Promise.resolve(disk.slice(from, to))) };
  const metadata = await hyparquet.parquetMetadataAsync(file).catch((error: unknown) => {
    throw new Error(`the Parquet file breaks off or is damaged (${(error as Error).message})`, { cause: error });
  });
  for (const { start, end, step } of groupsOf(metadata)) {
    for (let rowStart = start; rowStart < end; rowStart += step) {
      const rowEnd = Math.min(end, rowStart + step);
      try {
        const rows = await hyparquet.parquetReadObjects({
          file,
          metadata,
          rowStart,
          rowEnd,
          compressors,
          parsers: PARSERS,
          useOffsetIndex: true,
        });
        if (rows.every((row) => Object.keys(row).length === 0)) throw new Error('its columns hold fewer rows than it says');
        const header = { columns: Object.keys(rows[0] ?? {}) };
        yield rows.map((row, i) => ({ number: rowStart + i + 1, value: plainRow(row), header }));
      } catch (error) {
        yield [
          { number: rowStart + 1, problem: `the rows ${rowStart + 1} to ${end} cannot be decoded (${(error as Error).message}): skipped` },
        ];
        break;
      }
    }
  }
}

// Types are told from what is loaded.
const load = () =>
  loadOptional('Parquet', ['hyparquet', 'hyparquet-compressors'], async () => {
    const [hyparquet, { compressors }] = await Promise.all([import('hyparquet'), import('hyparquet-compressors')]);
    return { hyparquet, compressors };
  });

/**
 * A promise whose failure, and that of all that follows from it, nobody has to wait for: where the description of a file
 * is damaged, the decoder gives up before it listens to what it asked for, and that would end the process.
 */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  const then = promise.then.bind(promise) as Promise<T>['then'];
  // oxlint-disable-next-line unicorn/no-thenable -- it is the promise that it was
  return Object.assign(promise, { then: ((done, failed) => quiet(then(done, failed))) as Promise<T>['then'] });
}

/** True for a file whose own bytes are Parquet, so that it can be read where it lies. */
export async function isParquetFile(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 4 && startsWith(buffer, PARQUET);
  } finally {
    await file.close();
  }
}

/** The row groups, which are of any size, and how many rows of each to decode at once. */
function groupsOf({ row_groups: groups, num_rows: promised }: FileMetaData): { start: number; end: number; step: number }[] {
  let start = 0;
  const ranges = groups.map((group) => {
    const [from, parts] = [start, Math.max(1, Math.ceil(Number(group.total_byte_size) / MOST_BYTES))];
    start += Number(group.num_rows);
    return { start: from, end: start, step: Math.min(MOST_ROWS, Math.max(1, Math.ceil((start - from) / parts))) };
  });
  if (start === Number(promised)) return ranges;
  throw new Error(`the Parquet file is damaged: it says that it holds ${promised} rows, and its parts hold ${start}`);
}

/** A time as JSON would write it, but to the last digit that there is. */
const timeText = (value: bigint, perMs: bigint): string | undefined => {
  const date = new Date(Number(value / perMs));
  if (Number.isNaN(date.getTime())) return undefined;
  const rest = value % perMs;
  return date.toISOString().replace('Z', rest <= 0n ? 'Z' : `${String(rest).padStart(String(perMs).length - 1, '0')}Z`);
};

const PARSERS = {
  timestampFromMilliseconds: (value: bigint) => timeText(BigInt(value), 1n),
  timestampFromMicroseconds: (value: bigint) => timeText(BigInt(value), 1000n),
  timestampFromNanoseconds: (value: bigint) => timeText(BigInt(value), 1_000_000n),
};

const plainRow = (row: Json): Json => plain(row) as Json;

/** As JSON would have it: no columns without a value, no numbers of other kinds. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  // No prototype: a column may be called `__proto__`.
  const object = Object.create(null) as Json;
  for (const [key, inner] of Object.entries(value)) {
    const there = plain(inner);
    if (there !== undefined) object[key] = there;
  }
  return object;
}
