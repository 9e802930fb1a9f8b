import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const SCENARIOS = 200;
const script = new URL('../support/scenarios.mjs', import.meta.url).pathname;

interface Seen {
  i: number;
  way: string;
  kind: string;
  major: number;
  api: string;
  outcome: { value?: unknown; error?: unknown };
  rejections: string[];
}

async function run(mode: string): Promise<Seen[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, mode, String(SCENARIOS)], { maxBuffer: 1e8 });
  return stdout
    .replaceAll(/127\.0\.0\.1:\d+/gu, 'server')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Seen);
}

/** What the app sees: results, errors, headers, chunk sequences, unhandled rejections. */
test(`${SCENARIOS} generated scenarios come out as with the bare client, in every mode`, { timeout: 120_000 }, async () => {
  const modes = ['off', 'full', 'delta', 'fingerprint'];
  const [bare, ...traced] = await Promise.all(['bare', ...modes].map(run));
  expect(bare).toHaveLength(SCENARIOS);
  // The scenarios reach what they are about.
  expect(bare?.filter(({ outcome }) => outcome.error !== undefined).length).toBeGreaterThan(30);
  expect(bare?.some(({ rejections }) => rejections.length > 0)).toBe(true);
  expect(new Set(bare?.map(({ major }) => major)).size).toBe(4);
  for (const [m, mode] of modes.entries()) {
    for (const [i, seen] of (traced[m] ?? []).entries())
      expect(seen, `${mode}: ${seen.way} of ${seen.kind}, openai ${seen.major}`).toEqual(bare?.[i]);
  }
});
