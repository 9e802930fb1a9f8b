// How often a comparison says what is so, on runs of the booking suite: of the same agent twice (A/A), and with a planted
// rise of three points in wasted calls. Each of the 100 tries takes other runs of 300 conversations.
//   npm run bench -- comparisons
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TRIES = 100;
const PAIRS = 300;
const CLONES = 6;
const POINTS = 0.03;
process.env.BOOKING_TIME_SCALE ??= '0.1';

/** https://en.wikipedia.org/wiki/Linear_congruential_generator */
function generator(seed) {
  let state = (seed * 2654435761) >>> 0;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  for (let i = 0; i < 5; i++) next();
  return next;
}

export async function comparisons() {
  const { compare, installCapture, loadSuite, runSuite } = await import('../dist/src/evaluate/index.js');
  const capture = await installCapture();
  const loaded = await loadSuite(fileURLToPath(new URL('../fixtures/booking/suite.mjs', import.meta.url)), { live: false });
  const agents = loaded.suite.variants.filter(({ name }) => name !== 'parallel-off');
  // The same agent under several names: variants take turns, so that whatever slows the machine down slows all alike.
  const clones = agents.flatMap(({ name, settings }) =>
    Array.from({ length: CLONES }, (_, trial) => ({ name: `${name} ${trial}`, settings: { ...settings, name, trial } })),
  );
  const out = mkdtempSync(join(tmpdir(), 'fanlight-comparisons-'));
  const suite = {
    ...loaded.suite,
    variants: clones,
    baseline: clones[0].name,
    gate: [],
    concurrency: 8,
    run: (request) => loaded.suite.run({ ...request, trial: request.variant.settings.trial }),
  };
  const { results } = await runSuite({ ...loaded, suite }, { out, capture, fresh: true });
  rmSync(out, { recursive: true });

  for (const { name } of agents) {
    const byExample = new Map();
    for (const result of results.filter(({ variant }) => variant.startsWith(`${name} `))) {
      byExample.set(result.example, [...(byExample.get(result.example) ?? []), result]);
    }
    const rate = rateOf([...byExample.values()].flat());
    const counts = { quiet: 0, quietWaste: 0, found: 0 };
    const spoke = {};
    for (let i = 0; i < TRIES; i++) {
      const random = generator(i + 1);
      const [a, b] = draw(byExample, random);
      const rows = compare(a, b, { seed: i }).rows.filter(({ verdict }) => verdict !== 'not measured');
      if (rows.every(({ verdict }) => verdict === 'no difference shown')) counts.quiet += 1;
      for (const { metric, verdict } of rows) {
        if (verdict !== 'no difference shown') spoke[`${metric} ${verdict}`] = (spoke[`${metric} ${verdict}`] ?? 0) + 1;
      }
      if (wasteOf(rows) === 'no difference shown') counts.quietWaste += 1;
      const planted = b.map((result) => plant(result, rate, random));
      if (wasteOf(compare(a, planted, { seed: i }).rows) === 'worse') counts.found += 1;
    }
    console.log(
      `${name}, waste ${(100 * rate).toFixed(1)} %: of ${TRIES} comparisons of ${PAIRS} pairs, ` +
        `A/A "no difference shown" in every metric ${counts.quiet}, in waste ${counts.quietWaste}; planted 3 points found ${counts.found}`,
    );
    console.log(`  A/A, what else was said: ${JSON.stringify(spoke)}`);
  }
}

const wasteOf = (rows) => rows.find(({ metric }) => metric === 'wastedRate')?.verdict;

function rateOf(results) {
  const sum = (key) => results.reduce((total, { metrics }) => total + metrics[key], 0);
  return sum('wastedCalls') / (sum('toolCalls') - sum('unknownCalls'));
}

/** Two different trials of each of some conversations. */
function draw(byExample, random) {
  const examples = [...byExample.values()].map((trials) => ({ trials, at: random() })).toSorted((x, y) => x.at - y.at);
  const [a, b] = [[], []];
  for (const { trials } of examples.slice(0, PAIRS)) {
    const first = Math.floor(random() * trials.length);
    const second = (first + 1 + Math.floor(random() * (trials.length - 1))) % trials.length;
    a.push(trials[first]);
    b.push(trials[second]);
  }
  return [a, b];
}

/** Makes calls that were not wasted wasted, as often as raises the rate by that many points. */
function plant(result, rate, random) {
  const { metrics } = result;
  const planted = (clean) => Array.from({ length: clean }, () => random() < POINTS / (1 - rate)).filter(Boolean).length;
  const parallel = planted(metrics.parallelCalls - metrics.unknownParallelCalls - metrics.wastedParallelCalls);
  const known = metrics.toolCalls - metrics.unknownCalls - metrics.wastedCalls;
  const single = planted(known - (metrics.parallelCalls - metrics.unknownParallelCalls - metrics.wastedParallelCalls));
  return {
    ...result,
    metrics: {
      ...metrics,
      wastedParallelCalls: metrics.wastedParallelCalls + parallel,
      wastedCalls: metrics.wastedCalls + parallel + single,
    },
  };
}
