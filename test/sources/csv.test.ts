import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { gzipSync } from 'node:zlib';
import { readCsv } from '../../src/sources/csv.ts';
import type { Row } from '../../src/sources/row.ts';
import { chunksOf, fileOf, readAll, readContent } from './support.ts';

const valuesOf = async (content: string): Promise<unknown[]> => (await readContent(content)).documents.map(({ value }) => value);

test('a row is a document by the names of the first line; empty cells are left out', async () => {
  const { documents, problems } = await readContent('\uFEFFid,messages,note\r\nm1,"[{""role"":""user""}]",\r\nm2,[],"a, b"\r\n');
  expect(documents).toEqual([
    { value: { id: 'm1', messages: '[{"role":"user"}]' }, line: 2 },
    { value: { id: 'm2', messages: '[]', note: 'a, b' }, line: 3 },
  ]);
  expect(problems).toEqual([]);
});

test.each([
  ['semicolons', 'id;messages\n1;a,b\n'],
  ['tabs', 'id\tmessages\n1\ta,b\n'],
])('%s part cells too', async (_, content) => {
  expect(await valuesOf(content)).toEqual([{ id: '1', messages: 'a,b' }]);
});

test('a quoted cell keeps its line breaks, empty lines and all', async () => {
  const { documents } = await readContent('id,messages\n1,"one\n\n\ntwo"\n2,three\n');
  expect(documents).toEqual([
    { value: { id: '1', messages: 'one\n\n\ntwo' }, line: 2 },
    { value: { id: '2', messages: 'three' }, line: 6 },
  ]);
});

test('columns that nobody knows are read from a file that ends in .csv, plain or compressed', async () => {
  const content = 'ship,port\nGull,Leith\n';
  expect((await readContent(content)).reasons).toHaveLength(1);
  for (const [bytes, name] of [
    [content, 'log.csv'],
    [gzipSync(content), 'log.CSV.gz'],
  ] as const) {
    expect((await readAll(fileOf(bytes, name))).documents).toEqual([{ value: { ship: 'Gull', port: 'Leith' }, line: 2 }]);
  }
});

test('a row that is broken costs only itself, and is told with its line', async () => {
  const { documents, problems } = await readContent(
    'id,messages\n1,fine\n2,"misplaced"quote\n3,too,many\n4,fine\n5,"never closed\n6,fine\n7,"fine"\n8,"still\nfine"\n',
  );
  expect(documents.map(({ value }) => (value as { id: string }).id)).toEqual(['1', '4', '6', '7', '8']);
  expect(problems.map(({ line }) => line)).toEqual([3, 4, 6]);
  expect(problems[1]?.reason).toBe('the row has 3 cells parted by commas, the first line names 2 columns: skipped');
});

test('a column may have any name', async () => {
  const [row] = await valuesOf('__proto__,messages,constructor\na,b,c\n');
  expect(Object.entries(row as object)).toEqual([
    ['__proto__', 'a'],
    ['messages', 'b'],
    ['constructor', 'c'],
  ]);
});

async function rowsOf(content: string, cuts: readonly number[] = []): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const some of readCsv(chunksOf(Buffer.from(content), cuts), 1000)) rows.push(...some);
  return rows;
}

const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', ' ', 'é'), minLength: 1, maxLength: 8 });
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

test('what is written by the rules is read as it was, however it is cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1 }), fc.array(fc.nat(200)), async (table, cuts) => {
      const content = ['a,b', ...table.map((row) => row.map(quoted).join(','))].join('\n');
      const rows = await rowsOf(content, cuts);
      expect(rows.map((row) => ('value' in row ? [row.value['a'], row.value['b']] : row.problem))).toEqual(table);
    }),
  );
});

test('of any lines, each is read or told once, and a whole row after them is read', async () => {
  const line = fc.string({ unit: fc.constantFrom('a', '"', '""', ',', ' '), minLength: 1, maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(fc.array(line), async (lines) => {
      const rows = await rowsOf(['a,b', ...lines, 'x,y'].join('\n'));
      const numbers = rows.map(({ number }) => number);
      expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
      const isInCell = rows.some((row) => 'value' in row && JSON.stringify(row.value).includes(String.raw`\nx,y`));
      if (!isInCell) expect(rows.at(-1)).toMatchObject({ number: lines.length + 2, value: { a: 'x', b: 'y' } });
    }),
  );
});
