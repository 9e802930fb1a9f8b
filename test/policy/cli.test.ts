import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadPolicy } from '../../src/runtime/policy.ts';

const main = join(import.meta.dirname, '../../dist/src/cli/main.js');
const traces = join(import.meta.dirname, '../../fixtures/booking/traces.jsonl');
const folder = mkdtempSync(join(tmpdir(), 'fanlight-policy-'));
const policy = (...args: string[]) =>
  execFileSync(process.execPath, [main, 'policy', ...args], { cwd: folder, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });

test('reads traces, says what to change and why, and saves what the runtime takes', async () => {
  const said = policy(traces, '--save', 'policy.json');
  expect(said).toMatch(/: runs alone\n/u);
  expect(said).toMatch(/2 of 2 parallel calls should have waited for \w+ \(2\); 1 went through on a guess/u);
  expect(said).toMatch(/^wasted parallel calls +26\.7 % /mu);
  const saved = await loadPolicy(join(folder, 'policy.json'));
  expect(Object.values(saved.tools ?? {})).toEqual([expect.objectContaining({ parallelizable: false, effect: 'write' })]);
  expect(JSON.parse(policy(traces, '-f', 'policy'))).toEqual(JSON.parse(readFileSync(join(folder, 'policy.json'), 'utf8')));
  expect(policy(traces, '-f', 'prompt')).toContain('in a turn of its own, never beside another call');
  expect(policy(traces, '-f', 'code')).toContain('  parallelizable: false,\n');
  expect(policy(traces, '-f', 'markdown')).toMatch(/^\| wasted parallel calls \| 26\.7 % \|/mu);
});

test('says what is wrong', () => {
  writeFileSync(join(folder, 'empty.jsonl'), '{"hello":1}\n');
  for (const [args, message] of [
    [[], /Nothing to analyze/u],
    [['empty.jsonl'], /No run to learn from/u],
    [[traces, '-f', 'polcy'], /did you mean policy/u],
  ] as const) {
    const { status, stderr } = spawnSync(process.execPath, [main, 'policy', ...args], { cwd: folder, encoding: 'utf8' });
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
  }
});
