import { expect, test } from 'vitest';
import { loadFixture, outcomeOf } from '../support/notation.ts';

test('a value that two siblings offered is credited to both, with less confidence than one of its own', async () => {
  const shared = await outcomeOf(loadFixture(new URL('../../fixtures/wasted-call/shared-by-siblings.yaml', import.meta.url)));
  const own = await outcomeOf(loadFixture(new URL('../../fixtures/wasted-call/used-much-later.yaml', import.meta.url)));
  const confidences = (reports: typeof shared.reports): number[] =>
    reports.flatMap((report) => report.calls.filter((call) => call.turn === 0).map((call) => call.confidence));
  expect(Math.max(...confidences(shared.reports))).toBeLessThan(Math.min(...confidences(own.reports)));
});
