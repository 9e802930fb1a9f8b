import { expect, test } from 'vitest';
import { loadFixture, outcomeOf } from '../support/notation.ts';

test('a value that two siblings offered is credited to both, with less confidence than one of its own', async () => {
  const shared = await outcomeOf(loadFixture(new URL('../../fixtures/wasted-call/shared-by-siblings.yaml', import.meta.url)));
  const own = await outcomeOf(loadFixture(new URL('../../fixtures/wasted-call/values-in-another-dress.yaml', import.meta.url)));
  const confidences = (reports: typeof shared.reports): number[] =>
    reports.flatMap((report) => report.calls.map((call) => call.confidence));
  expect(Math.max(...confidences(shared.reports))).toBeLessThan(Math.min(...confidences(own.reports)));
});
