import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const RUNS = 100_000;

test('memory stays bounded over 100,000 runs of which one in a hundred never ends', async () => {
  const worker = join(import.meta.dirname, 'memory-worker.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', worker, String(RUNS)]);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, number>);
  const end = lines.pop();
  const heaps = lines.map(({ heapMB = NaN }) => heapMB);
  console.log(
    lines
      .map(
        ({ runs, heapMB }) =>
          `${String(runs).padStart(7)} runs  ${heapMB?.toFixed(1).padStart(6)} MB ${'#'.repeat(Math.round(heapMB ?? 0))}`,
      )
      .join('\n'),
  );
  console.log(`spans made ${end?.['made']}, sent ${end?.['sent']}`);
  expect(end?.['sent']).toBe(end?.['made']);
  // The second half needs no more than the first did.
  expect(Math.max(...heaps.slice(5))).toBeLessThan(1.3 * Math.max(...heaps.slice(1, 5)));
});
