import { expect, test } from 'vitest';
import { analyzeRun } from '../../src/analysis/analyze-run.ts';
import { learn } from '../../src/analysis/learned/learn.ts';
import { readValues } from '../../src/sources/read-traces.ts';
import { SimulatedRun } from '../support/simulated-runs.ts';
import { Dice, simulateTools } from '../support/simulated-tools.ts';

const DOMAINS = 4;
const RUNS = 300;
const RUSHES = 0.06;

test('with what runs teach, more calls on a guess are told, and no others', { timeout: 300_000 }, async () => {
  const found = { without: { right: 0, wrong: [] as string[] }, with: { right: 0, wrong: [] as string[] } };
  let dependent = 0;
  for (let domain = 1; domain <= DOMAINS; domain++) {
    const dice = new Dice(1000 + domain);
    const tools = simulateTools(dice);
    const simulated = Array.from({ length: RUNS }, (_, n) => {
      const run = new SimulatedRun(dice, RUSHES);
      return { run, conversation: run.conversation(`run-${n}`, tools) };
    });
    const runs = simulated.flatMap(({ conversation }) => readValues([conversation], ({ reason }) => expect.fail(reason)));
    const learned = await learn(runs);
    for (const [i, run] of runs.entries()) {
      const truth = simulated[i]?.run.dependent ?? new Map<string, string>();
      dependent += truth.size;
      for (const [how, options] of [['without', {}] as const, ['with', { learned }] as const]) {
        for (const { id, dependsOn } of analyzeRun(run, options).report.calls) {
          if (dependsOn.length === 0) continue;
          if (dependsOn.includes(truth.get(id) ?? '')) found[how].right++;
          else found[how].wrong.push(`${domain} ${run.id} ${id} on ${dependsOn.join(' ')}`);
        }
      }
    }
  }
  for (const [how, { right, wrong }] of Object.entries(found)) {
    console.log(`${how.padEnd(7)} learned edges: ${right} of ${dependent} calls on a guess are told, ${wrong.length} others`);
  }
  expect(dependent).toBeGreaterThan(50);
  expect(found.with.wrong, found.with.wrong.join('\n')).toEqual(found.without.wrong);
  expect(found.with.right).toBeGreaterThan(1.3 * found.without.right);
});
