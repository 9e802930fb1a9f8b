import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'fanlight-latency-'));
const booking = join(root, 'fixtures/booking/traces.jsonl');

function latency(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(root, 'dist/src/cli/main.js'), 'latency', ...args],
      { cwd: folder, env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '' } },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

const conversation = `${JSON.stringify({
  messages: [
    { role: 'user', content: 'Read note 1.' },
    { role: 'assistant', content: null, tool_calls: [{ id: 'a', type: 'function', function: { name: 'get_note', arguments: '{}' } }] },
    { role: 'tool', tool_call_id: 'a', content: 'milk' },
    { role: 'assistant', content: 'Milk.' },
  ],
})}\n`;
const log = join(folder, 'log.jsonl');
writeFileSync(log, conversation);

describe('fanlight latency', () => {
  test('the output that its page shows is real', async () => {
    const page = readFileSync(join(root, 'docs/latency.md'), 'utf8');
    const shown = /```\n(?<output>Latency of .*?)```/su.exec(page)?.groups?.['output'] ?? '';
    const lines = shown.split('\n').filter((line) => line.trim() !== '' && line !== '…');
    expect(lines.length).toBeGreaterThan(15);
    const { code, out } = await latency(booking);
    expect(code).toBe(0);
    for (const line of lines) expect(out.split('\n')).toContain(line);
  });

  test('json has what the others show, and what-ifs', async () => {
    const { out } = await latency(booking, '--format', 'json', '--cap', '1', '--alone', 'book_*');
    const report = JSON.parse(out) as { runs: number; cap: number; alone: string[]; scenarios: { scenario: string; saved: number }[] };
    expect(report).toMatchObject({ runs: 8, cap: 1, alone: ['book_*'] });
    const saved = Object.fromEntries(report.scenarios.map((row) => [row.scenario, row.saved]));
    expect(Object.keys(saved)).toEqual(['allSerial', 'actual', 'asBatched', 'independentAtOnce', 'flaggedAlone']);
    expect(saved['allSerial']).toBe(0);
    // One at a time, in the same turns: the model's turns are saved, no tool's time is.
    expect(saved['independentAtOnce']).toBeLessThan(saved['actual']!);
    expect(saved['independentAtOnce']).toBeGreaterThan(0);
  });

  test('runs without times are left out and counted, and named where there are no others', async () => {
    const { code, out } = await latency(booking, log, '-f', 'markdown');
    expect(code).toBe(0);
    expect(out).toContain('> 1 run left out: no times of model calls.');
    expect(await latency(log)).toMatchObject({
      code: 2,
      err: expect.stringContaining('None of the runs has times (1 with no times of model calls)'),
    });
  });

  test.each([
    [['--cap', '0'], '--cap takes a whole number of calls'],
    [['--cap', 'four'], 'not "four"'],
    [['--alone', 'book_apointment'], 'did you mean book_appointment?'],
    [['--format', 'yaml'], 'There is no format "yaml"'],
  ])('%j is an error that says what to do', async (args, message) => {
    expect(await latency(booking, ...args)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(message) });
  });

  test('names from a trace stay text', async () => {
    const hostile = join(folder, 'hostile.jsonl');
    writeFileSync(hostile, readFileSync(booking, 'utf8').replaceAll('get_calendar', String.raw`\u001b[2J|<b>`));
    const pretty = await latency(hostile);
    expect(pretty.out).toContain(String.raw`\u001b[2J`);
    expect(pretty.out).not.toContain('\u001b');
    const markdown = await latency(hostile, '-f', 'markdown');
    expect(markdown.out).toContain(String.raw`\|&lt;b&gt;`);
    expect(markdown.out).not.toContain('<b>');
  });
});
