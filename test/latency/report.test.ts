import fc from 'fast-check';
import { expect, test } from 'vitest';
import { analyzeRun } from '../../src/analysis/analyze-run.ts';
import { latencyReportOf } from '../../src/analysis/latency/report.ts';
import { emptyLatencyTally, latencyTallyOf, mergeLatencyTally, type LatencyTally } from '../../src/analysis/latency/tally.ts';
import type { Run } from '../../src/model/run.ts';
import { balanceText } from '../../src/report/latency/blocks.ts';
import { tenthsOf, toTenths } from '../../src/report/latency/percentages.ts';
import { timedRun } from '../support/timed-run.ts';

/** A look-up in each of two turns, the second one slow now and then. */
const runOf = (ms: number): Run =>
  timedRun([
    {
      at: [0, 100],
      calls: [
        { id: 'a', name: 'read_a', at: [100, 200] },
        { id: 'b', name: 'read_b', at: [100, 100 + ms] },
      ],
    },
    { at: [100 + ms, 200 + ms], calls: [{ id: 'c', name: 'read_a', at: [200 + ms, 300 + ms] }] },
    { at: [300 + ms, 400 + ms], text: ['Done.'] },
  ]);
const tallyOf = (run: Run): LatencyTally => latencyTallyOf(analyzeRun(run), () => []);
const merged = (tallies: readonly LatencyTally[]): LatencyTally =>
  tallies.reduce((into, from) => (mergeLatencyTally(into, from), into), emptyLatencyTally());

const TIMES = [150, 160, 170, 180, 190, 1500];
const untimed = timedRun([{ calls: [{ id: 'x' }] }]);

test('partitions merge into the report of the whole', () => {
  const tallies = [...TIMES.map((ms) => tallyOf(runOf(ms))), tallyOf(untimed)];
  const whole = latencyReportOf(merged(tallies), { cap: 2, alone: ['read_b'] });
  expect(latencyReportOf(merged([merged(tallies.slice(0, 3)), merged(tallies.slice(3))]), { cap: 2, alone: ['read_b'] })).toEqual(whole);
  expect(whole).toMatchObject({ runs: 6, leftOut: [{ reason: 'no times of model calls', runs: 1 }], cap: 2, alone: ['read_b'] });
});

test('figures over runs: quantiles with intervals, what was got and where the rest went', () => {
  const report = latencyReportOf(merged(TIMES.map((ms) => tallyOf(runOf(ms)))));
  const of = (scenario: string) => report.scenarios.find((row) => row.scenario === scenario);
  expect(of('actual')).toMatchObject({ p50: { ms: 570 }, p95: { ms: 1900 } });
  const [low, high] = of('actual')?.p50.interval ?? [];
  expect(low).toBeLessThanOrEqual(570);
  expect(high).toBeGreaterThanOrEqual(570);
  // The slow `read_b` at its median, 170: the batch of its run is as long as that.
  expect(of('asBatched')?.p95.ms).toBe(570);
  expect(report.balance.lost.find(({ to }) => to === 'stragglers')?.ms).toBeCloseTo(1330 + 10 + 20, 6);
  expect(report.where.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
  expect(report.tools.find(({ tool }) => tool === 'read_b')).toMatchObject({ calls: 6, floors: 6, p50Ms: 170 });
  expect(report.slowest).toMatchObject({ ms: 1900 });
  expect(balanceText(report.balance)).toMatch(
    /^You got \d+\.\d % of a possible \d+\.\d %, measured .*; the rest went to .*stragglers \d+\.\d %.*\.$/u,
  );
});

test('per tool: refusals, and what was waited for a slot', () => {
  const run = timedRun([
    {
      at: [0, 100],
      calls: [
        { id: 'a', name: 'read_a', at: [100, 200], result: { content: { error: 'rate limit exceeded' }, error: true } },
        { id: 'b', name: 'read_b', at: [200, 300], waits: { slotMs: 100, barrierMs: 0 } },
      ],
    },
    { at: [300, 400] },
  ]);
  const { tools } = latencyReportOf(tallyOf(run));
  expect(tools.find(({ tool }) => tool === 'read_a')).toMatchObject({ refused: 1, queueMs: 0, pathMs: 0 });
  expect(tools.find(({ tool }) => tool === 'read_b')).toMatchObject({ refused: 0, queueMs: 100, pathMs: 100, floors: 1 });
});

test('percentages shown add up to the sum shown', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -0.5, max: 0.5, noNaN: true }),
      fc.array(fc.double({ min: -0.5, max: 0.5, noNaN: true }), { minLength: 1, maxLength: 8 }),
      (got, lost) => {
        const left = toTenths(got + lost.reduce((a, b) => a + b, 0)) - toTenths(got);
        const tenths = tenthsOf(lost, left);
        expect(tenths.reduce((a, b) => a + b, 0)).toBe(left + 0);
        tenths.forEach((one, i) => expect(Math.abs(one - 1000 * lost[i]!)).toBeLessThanOrEqual(1 + 1e-6));
      },
    ),
  );
});

test('speculative calls are judged by what they won and cost', () => {
  const run = timedRun([
    {
      at: [0, 1000],
      calls: [
        { id: 'now', name: 'read_shelf', at: [1000, 1100], result: { content: { shelf: 'R-8812' }, error: false } },
        // Began 400 ms before the model had spoken, and is used in the next turn.
        { id: 'head', name: 'read_depot', at: [600, 1100], speculative: true, result: { content: { depot: 'Q-40417' }, error: false } },
        // Used two turns later, where nothing else would have been called.
        { id: 'ahead', name: 'read_gate', at: [1000, 1100], speculative: true, result: { content: { gate: 'G-99120' }, error: false } },
        // Never used, and 200 ms longer than all others.
        { id: 'vain', name: 'read_tide', at: [1000, 1300], speculative: true, result: { content: { tide: 'T-31887 neap' }, error: false } },
      ],
    },
    { at: [1300, 1400], text: ['It lies on shelf R-8812 of depot Q-40417.'], calls: [] },
    { at: [1400, 1500], userTurn: 0, text: ['Hm.'] },
    { at: [1500, 1600], userTurn: 0, text: ['Leave by gate G-99120.'] },
  ]);
  const { speculation } = latencyReportOf(tallyOf(run));
  const of = (tool: string) => speculation.find((row) => row.tool === tool);
  expect(of('read_depot')).toMatchObject({ calls: 1, won: 1, lost: 0, savedMs: 400 });
  // Its 100 ms, and a turn of the run's mean length: (1000 + 100 + 100 + 100) / 4.
  expect(of('read_gate')).toMatchObject({ won: 1, savedMs: 100 + 325 });
  expect(of('read_tide')).toMatchObject({ won: 0, lost: 1, savedMs: 0, heldUpMs: 200 });
  expect(of('read_tide')?.lostTokens).toBeGreaterThan(0);
  expect(of('read_shelf')).toBeUndefined();
});
