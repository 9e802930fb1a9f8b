import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { dataOf } from '../support/report-page.mjs';

const root = join(import.meta.dirname, '../..');
const booking = join(root, 'fixtures/booking');
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fanlight-report-'));
});

function report(args: string[], env: Record<string, string> = {}): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(root, 'dist/src/cli/main.js'), ...args],
      { cwd: folder, env: { ...process.env, ...env } },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

describe('fanlight report', () => {
  test('writes report.html, and one line about it', async () => {
    const { code, out, err } = await report(['report', join(booking, 'traces.jsonl')]);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    const { data, runs } = dataOf(readFileSync(join(folder, 'report.html'), 'utf8'));
    expect(data.title).toBe('fanlight report');
    expect(runs).toHaveLength(8);
    const wasted = runs.flatMap(({ calls }) => calls).filter(({ verdict }) => verdict === 'wasted').length;
    expect(wasted).toBeGreaterThan(0);
    expect(err).toMatch(new RegExp(`^report\\.html: 8 runs, 22 tool calls, ${wasted} wasted \\(\\d+ kB\\)\n$`, 'u'));
  });

  test('takes a place and a title', async () => {
    expect(await report(['report', booking, '-o', 'nightly.html', '--title', 'Nightly <run>'])).toMatchObject({ code: 0 });
    expect(dataOf(readFileSync(join(folder, 'nightly.html'), 'utf8')).data.title).toBe('Nightly <run>');
  });

  test('says of problems in the input how many there are, and that the page lists them', async () => {
    writeFileSync(join(folder, 'broken.jsonl'), '{"no":"form"}\n[1]\n');
    const { code, err } = await report(['report', join(booking, 'traces.jsonl'), 'broken.jsonl', '-o', 'broken.html']);
    expect({ code, lines: err.trimEnd().split('\n').slice(1) }).toEqual({
      code: 0,
      lines: ['2 problems in the input; the page lists them'],
    });
    expect(dataOf(readFileSync(join(folder, 'broken.html'), 'utf8')).data.problems).toHaveLength(2);
  });

  test('is the html format of analyze', async () => {
    await report(['report', booking, '-o', 'a.html']);
    const { out } = await report(['analyze', booking, '--format', 'html']);
    expect(out).toBe(readFileSync(join(folder, 'a.html'), 'utf8'));
  });

  test.each([
    [['report'], /Nothing to analyze: .*\nSee fanlight report --help/u],
    [['report', 'nowhere.jsonl', '-o', 'none.html'], /nowhere\.jsonl/u],
    [['report', booking, '--titel', 'x'], /did you mean --title\?/u],
  ])('%s is a usage error that leaves no file', async (args, message) => {
    const { code, err } = await report(args);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(existsSync(join(folder, 'none.html'))).toBe(false);
  });

  test.runIf(process.platform === 'linux')('--open hands the page to the browser', async () => {
    const opener = join(folder, 'xdg-open');
    writeFileSync(opener, `#!/bin/sh\nprintf %s "$1" > "${folder}/opened"\n`);
    chmodSync(opener, 0o755);
    await report(['report', booking, '--open'], { PATH: `${folder}:${process.env['PATH'] ?? ''}` });
    await expect
      .poll(() => existsSync(join(folder, 'opened')) && readFileSync(join(folder, 'opened'), 'utf8'))
      .toBe(`file://${folder}/report.html`);
  });

  test.runIf(process.platform === 'linux')('--open where there is no browser says what to open', async () => {
    const { code, err } = await report(['report', booking, '--open'], { PATH: '/nowhere' });
    expect(code).toBe(0);
    expect(err).toContain(`open file://${folder}/report.html yourself`);
  });
});
