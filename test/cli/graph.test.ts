import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { learnedGraphSchema } from '../../src/analysis/learned/graph-schema.ts';
import type { Report } from '../../src/analysis/report.ts';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'fanlight-graph-'));

interface Ran {
  code: number;
  out: string;
  err: string;
}

function fanlight(args: string[], input = ''): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [join(root, 'dist/src/cli/main.js'), ...args], { cwd: folder }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
    child.stdin?.end(input);
  });
}

const call = (id: string, name: string, args: object): object => ({
  id,
  type: 'function',
  function: { name, arguments: JSON.stringify(args) },
});

/** Finds a loom and inspects it: one after the other, or both at once on a guess. */
function looms(n: number, isGuess: boolean): string {
  const berth = `B-${7000 + n}`;
  const calls = [call('a', 'find_looms', { order: 'Ferreira' }), call('b', 'inspect_loom', { at: isGuess ? 'B-31337' : berth })];
  const results = [
    { role: 'tool', tool_call_id: 'a', content: JSON.stringify({ looms: [{ berth }] }) },
    { role: 'tool', tool_call_id: 'b', content: JSON.stringify({ tension: 41 + n }) },
  ];
  const steps = isGuess
    ? [{ role: 'assistant', content: null, tool_calls: calls }, ...results]
    : calls.flatMap((one, i) => [{ role: 'assistant', content: null, tool_calls: [one] }, results[i]]);
  const messages = [
    { role: 'user', content: 'How is the loom of the Ferreira order?' },
    ...steps,
    { role: 'assistant', content: `It is at ${berth}, tension ${41 + n}.` },
  ];
  return JSON.stringify({ id: `loom-${n}`, messages });
}

const traces = join(folder, 'traces.jsonl');
writeFileSync(traces, `${Array.from({ length: 30 }, (_, n) => looms(n, n === 29)).join('\n')}\n`);

async function dependentIn(args: string[]): Promise<unknown[]> {
  const { out } = await fanlight(['analyze', traces, '--format', 'json', ...args]);
  return (JSON.parse(out) as Report).runs.flatMap(({ id, findings }) =>
    findings.flatMap(({ rule, message }) => (rule === 'dependent-parallel' ? [[id, message]] : [])),
  );
}

test('graph tells what feeds what', async () => {
  const { code, out } = await fanlight(['graph', traces]);
  expect(code).toBe(0);
  expect(out).toContain('0.83  29/30  find_looms looms[*].berth → inspect_loom at');
  expect(out).toContain('else 1 from nowhere; loom-29 b sent "B-31337"');
});

test('what it writes as JSON is what --learned takes, and --learn learns the same', async () => {
  const file = join(folder, 'learned.json');
  expect(await fanlight(['graph', traces, '--format', 'json', '-o', file])).toMatchObject({ code: 0 });
  expect(learnedGraphSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).runs).toBe(30);
  const found = [
    [
      'loom-29',
      'inspect_loom was issued beside find_looms, whose result it needed: it guessed at "B-31337"; 29 of 30 calls took that from find_looms $.looms[*].berth',
    ],
  ];
  expect(await dependentIn([])).toEqual([]);
  expect(await dependentIn(['--learned', file])).toEqual(found);
  expect(await dependentIn(['--learn'])).toEqual(found);
});

test('--min-support and --min-confidence leave out the rest', async () => {
  for (const option of ['--min-support=30', '--min-confidence=0.9']) {
    expect((await fanlight(['graph', traces, option])).out).toContain('0 learned dependencies');
  }
});

test('what cannot be read is told beside the graph', async () => {
  const file = join(folder, 'half.jsonl');
  writeFileSync(file, `${looms(1, false)}\n{"broken\n`);
  const { code, out, err } = await fanlight(['graph', file, '--format', 'mermaid', '--min-support', '1']);
  expect([code, out.split('\n')[0]]).toEqual([0, 'flowchart LR']);
  expect(err).toContain('half.jsonl:2');
});

test.each([
  [['graph'], 'name a file'],
  [['graph', traces, '--format', 'dott'], 'did you mean dot?'],
  [['graph', traces, '--min-support', '0'], '--min-support takes a whole number from 1 up, not "0"'],
  [['graph', traces, '--min-confidence', '2'], '--min-confidence takes a number from 0 to 1, not "2"'],
  [['analyze', '-', '--learn'], 'standard input can be read once'],
  [['analyze', traces, '--learn', '--learned', 'x.json'], 'Either --learn or --learned'],
  [['analyze', traces, '--learned', 'nowhere.json'], 'nowhere.json cannot be read: there is no such file'],
  [['analyze', traces, '--learned', traces], 'cannot be read'],
])('%j is a usage error', async (args, message) => {
  const { code, err } = await fanlight(args);
  expect(code).toBe(2);
  expect(err).toContain(message);
});

test('a file that is something else is told with the place', async () => {
  const file = join(folder, 'else.json');
  writeFileSync(file, '{"graphVersion": 2}');
  expect((await fanlight(['analyze', traces, '--learned', file])).err).toContain(
    'else.json is not what fanlight graph --format json writes: graphVersion',
  );
});
