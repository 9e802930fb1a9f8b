import { describe, expect, test } from 'vitest';
import type { Finding } from '../../analyzers/finding.ts';
import { analyzeRun } from '../../src/analysis/analyze-run.ts';
import { loadFixture, outcomeOf } from '../support/notation.ts';
import { timedRun } from '../support/timed-run.ts';

async function findingOf(rule: string, fixture: string): Promise<Finding | undefined> {
  const { reports } = await outcomeOf(loadFixture(new URL(`../../fixtures/${rule}/${fixture}.yaml`, import.meta.url)));
  return reports.flatMap(({ findings }) => findings).find((finding) => finding.rule === rule);
}

describe('straggler costs what the batch would have been shorter', () => {
  test('down to its slowest sibling', async () => {
    expect(await findingOf('straggler', 'slower-than-itself')).toMatchObject({
      severity: 'info',
      confidence: 0.8,
      cost: { ms: 970, criticalMs: 970 },
      evidence: [
        { kind: 'timed', value: 'read_parcel took 1.20 s, the slowest call beside it 230 ms' },
        { kind: 'timed', value: 'read_parcel took 210 ms in the median of its 3 other calls of the run' },
      ],
    });
  });

  test('but no further than what its tool usually takes', () => {
    const run = timedRun([
      { at: [0, 100], calls: [{ id: 'a', name: 'slow', at: [100, 900] }] },
      {
        at: [900, 1000],
        calls: [
          { id: 'b', name: 'slow', at: [1000, 3000] },
          { id: 'c', name: 'quick', at: [1000, 1100] },
        ],
      },
      { at: [3000, 3100] },
    ]);
    const [finding] = analyzeRun(run, { rules: ['straggler'] }).report.findings;
    expect(finding).toMatchObject({ calls: ['b', 'c'], confidence: 0.65, cost: { ms: 2000 - 800 } });
  });
});

describe('rate-limited costs what was waited', () => {
  test('from the refusal to the attempt that went through, where its turn did nothing else', async () => {
    const finding = await findingOf('rate-limited', 'one-of-a-batch');
    expect(finding).toMatchObject({ severity: 'warning', cost: { ms: 510, criticalMs: 510 }, evidence: [{ kind: 'answered' }] });
    expect(finding?.message).toBe('read_parcel was refused by a rate limit; it went through when issued again 510 ms later');
  });

  test('not the time of a turn that other calls needed as well', () => {
    const refused = { content: { error: '429 Too Many Requests' }, error: true };
    const run = timedRun([
      {
        at: [0, 100],
        calls: [
          { id: 'a', name: 'read', arguments: { n: 1 }, at: [100, 140], result: refused },
          { id: 'b', name: 'read', arguments: { n: 2 }, at: [100, 300] },
        ],
      },
      {
        at: [300, 400],
        calls: [
          { id: 'c', name: 'read', arguments: { n: 1 }, at: [400, 600] },
          { id: 'd', name: 'read', arguments: { n: 3 }, at: [400, 600] },
        ],
      },
      { at: [600, 700] },
    ]);
    const [finding] = analyzeRun(run, { rules: ['rate-limited'] }).report.findings;
    expect(finding).toMatchObject({ calls: ['a', 'c'], cost: { ms: 300, criticalMs: 0 } });
  });

  test('until the model could be asked again', async () => {
    expect(await findingOf('rate-limited', 'model-refused')).toMatchObject({ cost: { ms: 1700, criticalMs: 1700 } });
  });

  test('what a batch would have been shorter with a slot for each', async () => {
    expect(await findingOf('rate-limited', 'waited-for-a-slot')).toMatchObject({ severity: 'info', cost: { ms: 400, criticalMs: 400 } });
  });
});
