import { expect, test } from 'vitest';
import type { Finding } from '../../analyzers/finding.ts';
import { evidenceText } from '../../src/report/words.ts';
import { loadFixture, outcomeOf } from '../support/notation.ts';

async function missed(name: string): Promise<{ finding: Finding; said: string[] }> {
  const { reports } = await outcomeOf(loadFixture(new URL(`../../fixtures/missed-parallelism/${name}.yaml`, import.meta.url)));
  const [report] = reports;
  const finding = report?.findings.find(({ rule }) => rule === 'missed-parallelism');
  if (report === undefined || finding === undefined) throw new Error(`${name}.yaml has no finding`);
  return { finding, said: finding.evidence.map((evidence) => evidenceText(evidence, report)) };
}

test('one batch saves the later model call with its whole input, and the shorter of the two tools', async () => {
  const { finding, said } = await missed('with-times');
  expect(finding.cost).toEqual({ tokens: 650, ms: 150 + 200, criticalMs: 150 + 200, usd: (650 * 2) / 1e6 });
  expect(finding.spanIds).toHaveLength(2);
  expect(said).toEqual(['"ZX-4410" came from the user\'s message (turn 1) and became argument $.parcel_no of get_insurance_rate (turn 2)']);
});

test('without times there are no milliseconds, without recorded tokens they are estimated', async () => {
  const { finding } = await missed('every-item-of-a-list');
  expect(Object.keys(finding.cost)).toEqual(['tokens']);
  const [user, boats, ask] = [
    'How much do my boats cost me in a year?',
    '{"boats":[{"boat_id":"BT-301"},{"boat_id":"BT-302"},{"boat_id":"BT-303"}]}',
    'get_boat{"boat_id":"BT-301"}',
  ];
  // The two turns saved would have sent all of this once more each, and more.
  expect(finding.cost.tokens).toBeGreaterThan((2 * [user, boats, ask].join('').length) / 4);
});
