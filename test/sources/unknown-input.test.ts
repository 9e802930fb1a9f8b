import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { readTraces } from '../../src/sources/read-traces.ts';
import { fileOf } from './support.ts';

async function problemsOf(...files: string[]): Promise<{ line?: number; reason: string }[]> {
  const problems: { line?: number; reason: string }[] = [];
  const onProblem = ({ line, reason }: { line?: number; reason: string }): void => {
    problems.push({ reason, ...(line !== undefined && { line }) });
  };
  for await (const run of readTraces(files, { onProblem })) expect(run).toBeUndefined();
  return problems;
}

test('a table that nobody knows is told once, with its columns and what parts them', async () => {
  const reason = 'no table that is known: columns ship, port, parted by semicolons; see docs/dialects.md';
  expect(await problemsOf(fileOf('ship;port\nGull;Leith\nTern;\n', 'log.csv'))).toEqual([{ reason }]);
  const columnData = [
    { name: 'ship', data: ['Gull', 'Tern'], type: 'STRING' as const },
    { name: 'port', data: [null, 'Oban'], type: 'STRING' as const },
  ];
  expect(await problemsOf(fileOf(Buffer.from(parquetWriteBuffer({ columnData }))))).toEqual([
    { reason: 'no table that is known: columns ship, port; see docs/dialects.md' },
  ]);
});

test('of two such tables each is told', async () => {
  const files = ['ship,port\nGull,Leith\n', 'ship,port\nTern,Oban\n'].map((content) => fileOf(content, 'log.csv'));
  expect(await problemsOf(...files)).toHaveLength(2);
});

test('of many columns some are named; with one, what may part them', async () => {
  const names = Array.from({ length: 30 }, (_, i) => `c${i}`);
  const [wide] = await problemsOf(fileOf(`${names.join(',')}\n${names.join(',')}\n`, 'wide.csv'));
  expect(wide?.reason).toContain('c11 and 18 more');
  const [single] = await problemsOf(fileOf('ship|port\nGull|Leith\n', 'log.csv'));
  expect(single?.reason).toContain('its only column is ship|port, parted by commas; cells are parted by commas, semicolons or tabs');
});

test('a quote or a cell too many names what parts the cells', async () => {
  const problems = await problemsOf(fileOf('trace_id\tnote\n1\t{"a":1}\n2\tb\tc\n'));
  expect(problems.map(({ line, reason }) => [line, reason])).toEqual([
    [2, expect.stringContaining('parted by tabs')],
    [3, expect.stringContaining('parted by tabs')],
  ]);
});

test.each([
  ['a table that ends with its first line', 'id,messages\n', 'the table names its columns and has no rows'],
  ['an empty page', '{"data":[],"meta":{"page":1}}', 'an empty page: `data` holds no element'],
])('%s', async (_, content, reason) => {
  const problems = await problemsOf(fileOf(content));
  expect(problems).toEqual([{ line: 1, reason: expect.stringContaining(reason) as string }]);
});
