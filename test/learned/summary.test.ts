import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyzeRun } from '../../src/analysis/analyze-run.ts';
import { learnFrom } from '../../src/analysis/learned/observe.ts';
import { emptySummary, KEPT, keyOf, mergeSummary, type LearnedSummary } from '../../src/analysis/learned/summary.ts';
import { wilsonLower } from '../../src/analysis/learned/wilson.ts';
import { readValues } from '../../src/sources/read-traces.ts';
import { SimulatedRun } from '../support/simulated-runs.ts';
import { Dice, simulateTools } from '../support/simulated-tools.ts';

const name = fc.constantFrom('a', 'b', '__proto__', 'constructor', '["user"]', '');
const n = fc.nat({ max: 50 });
const example = fc.record({ run: name, call: name, value: name });
const summary: fc.Arbitrary<LearnedSummary> = fc.record({
  runs: n,
  tools: fc.dictionary(
    name.map((tool) => keyOf(tool)),
    fc.record({ calls: n, effects: fc.record({ read: n, write: n, unknown: n }) }),
  ),
  arguments: fc.dictionary(
    fc.tuple(name, name).map((parts) => keyOf(...parts)),
    fc.dictionary(
      fc.oneof(
        fc.constantFrom('user', 'nothing').map((kind) => keyOf(kind)),
        fc.tuple(name, name).map((parts) => keyOf(keyOf(...parts))),
      ),
      fc.record({ calls: n, runs: n, examples: fc.array(example, { maxLength: 3 }) }),
    ),
  ),
  pairs: fc.dictionary(
    fc.tuple(name, name).map((parts) => keyOf(...parts)),
    fc.record({ batches: n, safe: n }),
  ),
});

function merged(...parts: readonly LearnedSummary[]): LearnedSummary {
  const sum = emptySummary();
  for (const part of parts) mergeSummary(sum, part);
  return sum;
}

describe('summaries merge', () => {
  test('in any order, grouped in any way, written down in between', () => {
    fc.assert(
      fc.property(summary, summary, summary, (a, b, c) => {
        const whole = merged(a, b, c);
        expect(merged(c, a, b)).toEqual(whole);
        expect(merged(merged(a, b), c)).toEqual(whole);
        expect(merged(a, merged(b, c))).toEqual(whole);
        expect(merged(JSON.parse(JSON.stringify(merged(a, b))) as LearnedSummary, c)).toEqual(whole);
        expect(merged(emptySummary(), a)).toEqual(merged(a));
      }),
    );
  });

  test('without changing what they are made of', () => {
    fc.assert(
      fc.property(summary, summary, (a, b) => {
        const [before, after] = [structuredClone(b), merged(a, b)];
        mergeSummary(after, a);
        expect(b).toEqual(before);
      }),
    );
  });

  test('runs learned from apart are runs learned from together, and examples stay few', () => {
    const dice = new Dice(7);
    const tools = simulateTools(dice);
    const parts = Array.from({ length: 40 }, (_, i) => new SimulatedRun(dice).conversation(`run-${i}`, tools))
      .flatMap((conversation) => readValues([conversation], ({ reason }) => expect.fail(reason)))
      .map((run) => learnFrom(analyzeRun(run)));
    const whole = merged(...parts);
    expect(whole.runs).toBe(40);
    expect(merged(merged(...parts.slice(25)), merged(...parts.slice(0, 25)))).toEqual(whole);
    const counts = Object.values(whole.arguments).flatMap((origins) => Object.values(origins));
    expect(counts.some(({ calls }) => calls > KEPT)).toBe(true);
    for (const { examples } of counts) expect(examples.length).toBeLessThanOrEqual(KEPT);
  });
});

test.each([
  [0, 0, 0],
  [0, 10, 0],
  [10, 10, 0.7225],
  [94, 95, 0.9428],
  [500, 1000, 0.4691],
])('%i of %i is at least %f', (part, whole, least) => {
  expect(wilsonLower(part, whole)).toBeCloseTo(least, 4);
});
