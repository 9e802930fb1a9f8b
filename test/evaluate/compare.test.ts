import * as reference from 'simple-statistics';
import { expect, test } from 'vitest';
import { clustersOf, compare } from '../../src/evaluate/compare.ts';
import { METRICS } from '../../src/evaluate/metrics.ts';
import { intervalsOf } from '../../src/statistics/bootstrap.ts';
import { holm } from '../../src/statistics/holm.ts';
import { statisticOf } from '../../src/evaluate/statistic.ts';
import { chance, metrics, result, simulate } from './results.ts';

const RESAMPLES = 1000;
const rowsOf = (a: Parameters<typeof compare>[0], b: Parameters<typeof compare>[0], seed = 1) =>
  compare(a, b, { seed, resamples: RESAMPLES }).rows;

test('two runs of the same agent: no difference shown, at least 93 times in 100, in every metric at once', () => {
  let quiet = 0;
  for (let i = 0; i < 100; i++) {
    const rows = rowsOf(simulate(1000 + i), simulate(2000 + i), i).filter(({ verdict }) => verdict !== 'not measured');
    if (rows.every(({ verdict }) => verdict === 'no difference shown')) quiet += 1;
  }
  console.log(`A/A, 300 pairs: no difference shown in any metric ${quiet} times in 100`);
  expect(quiet).toBeGreaterThanOrEqual(93);
});

test('a rise of 3 points in waste over 300 pairs is found at least 80 times in 100', () => {
  const found = new Map([0.003, 0.01].map((waste) => [waste, 0]));
  for (const waste of found.keys())
    for (let i = 0; i < 100; i++) {
      const rows = rowsOf(simulate(3000 + i, { waste }), simulate(4000 + i, { waste: waste + 0.03 }), i);
      if (rows.find(({ metric }) => metric === 'wastedParallelRate')?.verdict === 'worse') found.set(waste, (found.get(waste) ?? 0) + 1);
    }
  console.log(
    `planted 3 points, 300 pairs: ${[...found].map(([waste, n]) => `${(100 * waste).toFixed(1)} % -> ${(100 * waste + 3).toFixed(1)} %: ${n} in 100`).join('; ')}`,
  );
  expect(found.get(0.003)).toBeGreaterThanOrEqual(80);
  expect(found.get(0.01)).toBeGreaterThanOrEqual(80);
});

test('values are those of a statistics library; weights count as that many runs', () => {
  const random = chance(7);
  const latencies = Array.from({ length: 101 }, () => Math.round(5000 * random.uniform()));
  const results = latencies.map((latencyMs, i) => result(`t${i}`, { metrics: metrics({ latencyMs }), correct: i % 3 > 0 }));
  const [p50, p95, , correct] = METRICS.map(({ measure }) => statisticOf(measure, [...clustersOf(results).values()]));
  const once = new Int32Array(101).fill(1);
  expect(p50!(once)).toBe(reference.quantile(latencies, 0.5));
  expect(p95!(once)).toBe(reference.quantile(latencies, 0.95));
  expect(correct!(once)).toBeCloseTo(reference.mean(results.map((one) => Number(one.correct))), 12);

  const weighted = results.map((one, i) => ({ ...one, weight: (i % 4) + 1 }));
  const repeated = results.flatMap((one, i) => Array.from({ length: (i % 4) + 1 }, (_, k) => ({ ...one, example: `${one.example} ${k}` })));
  const valueOf = (list: typeof results, metric: (typeof METRICS)[number]) => {
    const clusters = [...clustersOf(list).values()];
    return statisticOf(metric.measure, clusters)(new Int32Array(clusters.length).fill(1));
  };
  for (const metric of METRICS) {
    const [a, b] = [valueOf(weighted, metric), valueOf(repeated, metric)];
    if (a === undefined || b === undefined) expect([metric.id, a]).toEqual([metric.id, b]);
    else expect(a).toBeCloseTo(b, 9);
  }
});

test('an interval of a mean is as wide as theory says', () => {
  const random = chance(11);
  const values = Array.from({ length: 200 }, () => 1000 + 300 * random.normal());
  const clusters = [
    ...clustersOf(
      values.map((latencyMs, i) => result(`t${i}`, { metrics: metrics({ tokens: { input: latencyMs, output: 0 } }) })),
    ).values(),
  ];
  const tokens = METRICS.find(({ id }) => id === 'tokensPerTask')!;
  const [[low, high] = [0, 0]] = intervalsOf([statisticOf(tokens.measure, clusters)], clusters.length, { resamples: 8000 });
  const half = (1.96 * reference.sampleStandardDeviation(values)) / Math.sqrt(values.length);
  expect((high - low) / 2 / half).toBeGreaterThan(0.93);
  expect((high - low) / 2 / half).toBeLessThan(1.07);
});

test('trials of one example count as one example', () => {
  const once = simulate(1, { tasks: 40 });
  const thrice = once.flatMap((one) => [0, 1, 2].map((trial) => ({ ...one, trial })));
  const narrow = (list: typeof once) =>
    compare(
      list,
      list.map((one) => ({ ...one, metrics: metrics({ latencyMs: 2 * (one.metrics?.latencyMs ?? 0) }) })),
      { resamples: 500 },
    );
  expect(narrow(thrice).rows[0]!.interval).toEqual(narrow(once).rows[0]!.interval);
});

test('Holm, by hand', () => {
  expect(holm([0.01, 0.04, 0.03, 0.005], 0.05)).toEqual([true, false, false, true]);
  expect(holm([], 0.05)).toEqual([]);
});

test('verdicts in words: worse, better, too few runs, not measured; and the same each time', () => {
  const base = simulate(1);
  const worse = base.map((one) => ({
    ...one,
    metrics: { ...one.metrics!, latencyMs: 1.5 * one.metrics!.latencyMs!, tokens: { input: 100, output: 1 } },
  }));
  const byMetric = Object.fromEntries(compare(base, worse).rows.map((row) => [row.metric, row.verdict]));
  expect(byMetric).toMatchObject({
    latencyP50Ms: 'worse',
    tokensPerTask: 'better',
    wastedRate: 'no difference shown',
    usdPerTask: 'not measured',
  });
  expect(compare(base, worse)).toEqual(compare(base, worse));

  const few = compare(base.slice(0, 12), simulate(2).slice(0, 12)).rows.find(({ metric }) => metric === 'latencyP95Ms');
  expect(few?.verdict).toBe('too few runs');
  expect(few?.moreNeeded).toBeGreaterThan(0);
  expect(compare(base.slice(0, 3), worse.slice(0, 3)).rows[0]).toMatchObject({ verdict: 'too few runs', moreNeeded: 7 });
});

test('only examples of both sides are compared; with none in common the sides are drawn apart', () => {
  const [a, b] = [simulate(1, { tasks: 30 }), simulate(2, { tasks: 40 })];
  expect(compare(a, b)).toMatchObject({ paired: true, examples: { baseline: 30, candidate: 30 }, leftOut: { baseline: 0, candidate: 10 } });
  const others = b.map((one) => ({ ...one, example: `other ${one.example}` }));
  expect(compare(a, others)).toMatchObject({ paired: false, examples: { baseline: 30, candidate: 40 } });
});
