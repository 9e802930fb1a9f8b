import { expect, test } from 'vitest';
import { analyzeRun } from '../../src/analysis/analyze-run.ts';
import { graphOf } from '../../src/analysis/learned/graph.ts';
import { learnFrom } from '../../src/analysis/learned/observe.ts';
import { emptySummary, mergeSummary, type LearnedSummary } from '../../src/analysis/learned/summary.ts';
import { readValues } from '../../src/sources/read-traces.ts';
import { feedsOf, SimulatedRun } from '../support/simulated-runs.ts';
import { Dice, simulateTools } from '../support/simulated-tools.ts';

const DOMAINS = 5;
const AFTER = [30, 100, 300, 1000];

interface Score {
  right: number;
  wrong: string[];
  missed: string[];
}

function scoreOf(summary: LearnedSummary, truth: ReadonlySet<string>): Score {
  const learned = graphOf(summary).edges.map(({ from, to }) => `${from.tool} ${from.path} -> ${to.tool} ${to.path}`);
  const wrong = learned.filter((edge) => !truth.has(edge));
  return { right: learned.length - wrong.length, wrong, missed: [...truth].filter((edge) => !learned.includes(edge)) };
}

test('learned edges against known feeds, by number of runs', { timeout: 300_000 }, () => {
  const scores = new Map<number, Score[]>(AFTER.map((runs) => [runs, []]));
  for (let domain = 1; domain <= DOMAINS; domain++) {
    const dice = new Dice(domain);
    const tools = simulateTools(dice);
    const truth = feedsOf(tools);
    const summary = emptySummary();
    for (let n = 1; n <= Math.max(...AFTER); n++) {
      const conversation = new SimulatedRun(dice).conversation(`run-${n}`, tools);
      for (const run of readValues([conversation], ({ reason }) => expect.fail(reason))) mergeSummary(summary, learnFrom(analyzeRun(run)));
      scores.get(n)?.push(scoreOf(summary, truth));
    }
  }
  for (const [runs, list] of scores) {
    const right = list.reduce((sum, score) => sum + score.right, 0);
    const wrong = list.flatMap((score) => score.wrong);
    const missed = list.flatMap((score) => score.missed);
    const precision = right / (right + wrong.length);
    const recall = right / (right + missed.length);
    console.log(
      `${String(runs).padStart(4)} runs: precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)} of ${right + missed.length} edges`,
    );
    expect(precision, wrong.join('\n')).toBeGreaterThanOrEqual(0.95);
    if (runs >= 300) expect(recall, missed.join('\n')).toBeGreaterThanOrEqual(0.9);
  }
});
