import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRecords, type Progress } from '../../src/sources/read.ts';
import { fileOf, readAll, readContent, request } from './support.ts';

const line = `${JSON.stringify(request(1))}\n`;

describe('inputs', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'fanlight-folder-'));
    for (const name of [
      'trace-10.jsonl',
      'trace-2.jsonl',
      'a/plain',
      'a/b/c.json.gz',
      'a/case.expected.json',
      'a/notes.md',
      'app.log',
      'x.tar.gz',
      '.hidden.json',
      '.git/x.json',
      'node_modules/p/x.json',
    ]) {
      mkdirSync(join(folder, name, '..'), { recursive: true });
      writeFileSync(join(folder, name), line);
    }
    symlinkSync('..', join(folder, 'a/loop'));
    symlinkSync('/nowhere/at/all', join(folder, 'dangling.json'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const namesOf = (spans: { place: { source: string } }[]): string[] => spans.map((span) => relative(folder, span.place.source));

  test('a folder: trace files only, in natural order, each once', async () => {
    const { spans } = await readAll(folder);
    expect(namesOf(spans)).toEqual(['a/b/c.json.gz', 'a/plain', 'trace-2.jsonl', 'trace-10.jsonl']);
  });

  test('a glob, and a file named explicitly whatever its ending', async () => {
    expect(namesOf((await readAll(`${folder}/*.jsonl`)).spans)).toEqual(['trace-2.jsonl', 'trace-10.jsonl']);
    expect(namesOf((await readAll([`${folder}/app.log`, `${folder}/a/../app.log`])).spans)).toEqual(['app.log']);
  });

  test('what does not exist is a problem', async () => {
    const { problems } = await readAll([join(folder, 'none.json'), join(folder, 'none-*.json'), join(folder, 'trace-2.jsonl')]);
    expect(problems.map((problem) => problem.reason)).toEqual(['no such file or folder', 'no file matches this pattern']);
  });
});

test('standard input, byte by byte', async () => {
  const { spans } = await readAll('-', { stdin: Readable.from([...Buffer.from(line)].map((byte) => Buffer.from([byte]))) });
  expect(spans).toMatchObject([{ place: { source: '-', line: 1 } }]);
});

test('progress counts bytes and files', async () => {
  const seen: Progress[] = [];
  await readAll([fileOf(line), fileOf(line)], { onProgress: (progress) => seen.push({ ...progress }) });
  expect(seen.at(-1)).toMatchObject({ bytesRead: 2 * line.length, totalBytes: 2 * line.length, files: 2, filesDone: 2 });
});

test('reading may stop early', async () => {
  const records = readRecords([fileOf(line.repeat(50_000))], { onProblem: () => {} });
  await records.next();
  expect(await records.return(undefined)).toEqual({ done: true, value: undefined });
});

describe('the wrong kind of file is one problem that says what it is', () => {
  test.each([
    ['nothing', '', 'the file is empty'],
    ['white space', ' \n\n', 'the file holds only white space'],
    ['PNG', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]), 'not trace data: a PNG image'],
    ['ELF', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0]), 'not trace data: a program'],
    ['CSV', 'a,b\n1,2\n', 'not trace data: text that is neither JSON nor JSON Lines nor CSV with a column that is known'],
    ['HTML', '<html>\n<script>\n{\n}\n</script>', 'not trace data: HTML or XML'],
    ['UTF-16', Buffer.from(`\uFEFF${line}`, 'utf16le'), 'UTF-16 text; convert it to UTF-8 first'],
    [
      'binary',
      Buffer.from([1, 2, 3, 200, 0, 255, 9, 8, 7, 6]),
      'not trace data: binary data that is neither OTLP protobuf nor gzip nor zstd',
    ],
  ])('%s', async (_name, content, reason) => {
    expect((await readContent(content)).reasons).toEqual([reason]);
  });
});

describe('hostile content', () => {
  test('a line over the limit is passed over with its number and size', async () => {
    const { spans, problems } = await readContent(`${line}{"x":"${'y'.repeat(3_000_000)}"}\n${line}`, { maxLineBytes: 1_000_000 });
    expect(spans).toHaveLength(2);
    expect(problems).toMatchObject([{ line: 2, reason: expect.stringContaining('3 MB') as string }]);
  });

  test.each([
    ['opened only', '['.repeat(6_000_000)],
    ['closed again', `{"messages":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['objects', '{"a":'.repeat(2_000_000)],
    ['over lines', '[\n'.repeat(100_000)],
  ])('bottomless JSON, %s', async (_name, content) => {
    const { spans, documents, problems } = await readContent(content);
    expect([spans, documents]).toEqual([[], []]);
    expect(problems[0]?.reason).toContain('nested more than 500 levels');
  });

  test('brackets in strings are no nesting', async () => {
    const { documents } = await readContent(`{"text":"${'[\\"'.repeat(2_000_000)}"}\n`);
    expect(documents).toHaveLength(1);
  });

  test('values that are no objects', async () => {
    const { reasons } = await readContent('5\n{"a":1}\nnull\n[1,{"b":2}]\n"x"\n');
    expect(reasons).toEqual([
      'a JSON number where an object should be',
      'a JSON null where an object should be',
      'a JSON number where an object should be',
      'a JSON string where an object should be',
    ]);
  });

  test('a flood of problems is told in twenty-one', async () => {
    const { spans, reasons } = await readContent(line + 'broken\n'.repeat(100) + line);
    expect(spans).toHaveLength(2);
    expect(reasons).toHaveLength(21);
    expect(reasons.at(-1)).toBe('and 80 more problems like these');
  });

  test('excerpts are short and show control characters', async () => {
    const { reasons } = await readContent(`${line}\u001b[31m\u202e${'secret '.repeat(50)}\n`);
    expect(reasons[0]).toMatch(/^[ -~…]{1,100}$/u);
    expect(reasons[0]).toContain('\\u001b');
  });
});
