import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CHECKS, readUnknowns, truthTable } from '../../scripts/truth-table.mjs';

const folder = join(import.meta.dirname, '../../fixtures/interop');

test('what the recordings of every writer hold is read right, or unknown for a reason', async () => {
  const unknowns = readUnknowns(join(folder, 'unknown'));
  const rows = await truthTable(folder, { unknowns });
  const failed = rows.flatMap(({ writer, file, cells }) =>
    CHECKS.flatMap((check) => {
      const { state, what } = cells[check];
      return state === 'right' || state === 'unknown' ? [] : [`${writer}/${file} ${check} ${state}: ${what}`];
    }),
  );
  expect(failed).toEqual([]);
  expect(rows.length).toBeGreaterThan(100);
});
