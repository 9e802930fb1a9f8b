import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'fanlight-cli-'));
const booking = join(root, 'fixtures/booking/traces.jsonl');

interface Ran {
  code: number;
  out: string;
  err: string;
}

function fanlight(args: string[], { input, env = {} }: { input?: string; env?: Record<string, string> } = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [join(root, 'dist/src/cli/main.js'), ...args],
      { cwd: folder, env: { ...process.env, FORCE_COLOR: '', NO_COLOR: '', ...env } },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
    child.stdin?.end(input ?? '');
  });
}

const conversation = (answer: string, tool = 'get_note'): string =>
  JSON.stringify({
    id: 'c1',
    messages: [
      { role: 'user', content: 'Read note 1 twice.' },
      {
        role: 'assistant',
        content: null,
        tool_calls: ['a', 'b'].map((id) => ({ id, type: 'function', function: { name: tool, arguments: '{"note":1}' } })),
      },
      ...['a', 'b'].map((id) => ({ role: 'tool', tool_call_id: id, content: `{"text":"${answer}"}` })),
      { role: 'assistant', content: `It says ${answer}.` },
    ],
  });

describe('-o', () => {
  test('a report over its own input reads it first', async () => {
    const file = join(folder, 'over.jsonl');
    writeFileSync(file, `${conversation('milk')}\n`);
    expect(await fanlight(['analyze', file, '--format', 'ndjson', '-o', file])).toMatchObject({ code: 0 });
    expect(readFileSync(file, 'utf8')).toContain('"summary"');
  });

  test('a run that fails leaves the report before it, and nothing else', async () => {
    mkdirSync(join(folder, 'reports'));
    const file = join(folder, 'reports', 'kept.json');
    writeFileSync(file, 'the report before');
    expect(await fanlight(['analyze', 'nowhere.jsonl', '-o', file])).toMatchObject({ code: 2 });
    expect(readFileSync(file, 'utf8')).toBe('the report before');
    expect(readdirSync(join(folder, 'reports'))).toEqual(['kept.json']);
  });

  test('a device or a pipe is written as it is, a link stays a link', async () => {
    const command = `"${process.execPath}" "${join(root, 'dist/src/cli/main.js')}" analyze "${booking}" --format ndjson -o /dev/stdout | cat`;
    expect(execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8' })).toContain('"summary"');
    const [file, link] = [join(folder, 'linked.json'), join(folder, 'link.json')];
    writeFileSync(file, '');
    symlinkSync(file, link);
    expect(await fanlight(['analyze', booking, '--format', 'json', '-o', link])).toMatchObject({ code: 0 });
    expect(readlinkSync(link)).toBe(file);
    expect(readFileSync(file, 'utf8')).toContain('"summary"');
  });

  test.each([
    ['nowhere/report.json', /there is no folder .*nowhere/u],
    ['.', /it is a folder/u],
  ])('%s cannot be written', async (path, message) => {
    const { code, err } = await fanlight(['analyze', booking, '-o', path]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(err).not.toContain('bug');
  });
});

describe('fanlight analyze', () => {
  test('prints the calendar-and-booking mistake of the bundled traces', async () => {
    const { code, out } = await fanlight(['analyze', booking]);
    expect(code).toBe(0);
    expect(out).toMatch(/book_appointment\s+.*wasted \(superseded\)\s+← should have waited for get_calendar/u);
    expect(out).toContain('"slot-8841" came from result $.slots[0].slot_id of get_calendar');
    expect(out).toContain('Summary');
  });

  test('is without colour in a pipe, with colour when asked, never with NO_COLOR', async () => {
    const escape = '\u001b[';
    expect((await fanlight(['analyze', booking])).out).not.toContain(escape);
    expect((await fanlight(['analyze', booking], { env: { FORCE_COLOR: '1' } })).out).toContain(escape);
    expect((await fanlight(['analyze', booking], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).out).not.toContain(escape);
  });

  test('--format json is a valid report, ndjson its lines', async () => {
    const { out } = await fanlight(['analyze', booking, '--format', 'json']);
    const report: unknown = JSON.parse(out);
    const schema = (name: string): object => JSON.parse(readFileSync(join(root, 'schemas', name), 'utf8')) as object;
    const ajv = new Ajv2020({ strict: false });
    expect(ajv.validate(schema('report.schema.json'), report), ajv.errorsText()).toBe(true);
    const lines = (await fanlight(['analyze', booking, '--format', 'ndjson'])).out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(lines.slice(0, -1)).toEqual((report as { runs: object[] }).runs);
    for (const line of lines.slice(0, -1)) expect(ajv.validate(schema('run.schema.json'), line)).toBe(true);
    expect(lines.at(-1)).toEqual({ summary: (report as { summary: object }).summary, problems: [] });
  });

  test('reads standard input and writes to a file', async () => {
    const { code } = await fanlight(['analyze', '-', '-f', 'json', '-o', 'out.json'], { input: conversation('milk') });
    expect(code).toBe(0);
    expect(JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8'))).toMatchObject({
      summary: { wastedCalls: 1, wastedByKind: { duplicate: 1 } },
    });
  });

  test('where nothing could be judged, no rate looks like a pass, and --fail-on says so', async () => {
    const { messages } = JSON.parse(conversation('milk')) as { messages: object[] };
    const input = JSON.stringify({ messages: messages.slice(0, 2) });
    const { code, out, err } = await fanlight(['analyze', '-', '--fail-on', 'warning'], { input });
    expect(code).toBe(0);
    for (const row of ['wasted calls', 'in parallel batches', 'dependent calls']) expect(out).toMatch(new RegExp(`${row} +–`, 'u'));
    expect(out).not.toContain('0.0 %');
    expect(err).toContain('nothing was judged. Of 2 tool calls every verdict is unknown');
    expect(err).toContain('docs/dialects.md');
    expect((await fanlight(['analyze', '-'], { input })).err).toBe('');
    expect((await fanlight(['analyze', '-', '--fail-on', 'error'], { input: conversation('milk') })).err).toBe('');
  });

  test('--fail-on decides the exit code', async () => {
    const input = conversation('milk');
    expect((await fanlight(['analyze', '-', '--fail-on', 'warning'], { input })).code).toBe(1);
    expect((await fanlight(['analyze', '-', '--fail-on', 'error'], { input })).code).toBe(0);
    expect((await fanlight(['analyze', '-', '--fail-on', 'warning', '--rule', 'dependent-parallel'], { input })).code).toBe(0);
  });

  test('a config narrows a rule', async () => {
    writeFileSync(join(folder, 'narrow.json'), JSON.stringify({ rules: { 'wasted-call': { ignoreTools: ['get_*'] } } }));
    const { code } = await fanlight(['analyze', '-', '--config', 'narrow.json', '--fail-on', 'info'], { input: conversation('milk') });
    expect(code).toBe(0);
  });

  test('broken lines are reported with their number and cost nothing else', async () => {
    const { code, out } = await fanlight(['analyze', '-'], { input: `${conversation('milk')}\n{"messages": [\n[1]\n` });
    expect(code).toBe(0);
    expect(out).toContain('-:2  not valid JSON');
    expect(out).toContain('-:3  a JSON number where an object should be');
    expect(out).toContain('duplicate');
  });

  test('trace text reaches neither terminal nor Markdown as control characters or markup', async () => {
    const hostile = 'x\\u001b[31m\\u0007<img src=x onerror=alert(1)>\\u202e';
    const input = conversation(hostile, 'a\u001b]0;b<b>');
    for (const format of ['pretty', 'markdown']) {
      const { out } = await fanlight(['analyze', '-', '-f', format], { input });
      expect(out).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/u);
      if (format === 'markdown') expect(out).not.toContain('<img');
    }
  });
});

describe('wrong calls say what to do', () => {
  test.each([
    [['analyze'], 'name a file, a folder or a glob'],
    [['analyse', 'x'], 'did you mean fanlight analyze?'],
    [['analyze', 'x', '--formt', 'json'], 'did you mean --format?'],
    [['analyze', 'x', '--format', 'jsn'], 'did you mean json?'],
    [['analyze', 'x', '--rule', 'wasted'], 'Known: dependent-parallel, wasted-call'],
    [['analyze', 'x', '--fail-on', 'warn'], 'did you mean warning?'],
    [['analyze', 'nowhere.jsonl'], 'no such file or folder'],
    [['analyze', join(root, 'package.json')], 'in no form that is known'],
    [['explain', 'wasted-cal'], 'did you mean wasted-call?'],
    [[], 'fanlight analyze traces/'],
  ])('%j', async (args, message) => {
    const { code, out, err } = await fanlight(args);
    expect(code).toBe(2);
    expect(out + err).toContain(message);
    expect(err).not.toContain('    at ');
  });

  test('help has an example', async () => {
    for (const args of [['--help'], ['analyze', '--help'], ['explain', '-h']]) {
      const { code, out } = await fanlight(args);
      expect(code).toBe(0);
      expect(out).toMatch(/Examples?:\n/u);
    }
  });
});
