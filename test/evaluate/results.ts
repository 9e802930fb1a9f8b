import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RunMetrics } from '../../src/evaluate/run-metrics.ts';
import type { RunResult } from '../../src/evaluate/result.ts';

/** A seeded source of chance. */
export function chance(seed: number) {
  const random = xoroshiro128plus(seed);
  const uniform = (): number => uniformInt(random, 0, 2 ** 30 - 1) / 2 ** 30;
  return {
    uniform,
    yes: (p: number): boolean => uniform() < p,
    normal: (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}

export function metrics(more: Partial<RunMetrics> = {}): RunMetrics {
  return {
    latencyMs: 1000,
    tokens: { input: 800, output: 100 },
    usd: null,
    turns: 3,
    toolCalls: 4,
    parallelCalls: 3,
    wastedCalls: 0,
    wastedParallelCalls: 0,
    dependentCalls: 0,
    unknownCalls: 0,
    unknownParallelCalls: 0,
    toolErrors: 0,
    modelErrors: 0,
    ...more,
  };
}

export function result(example: string, more: Partial<RunResult> = {}): RunResult {
  return { variant: 'a', example, trial: 0, weight: 1, metrics: metrics(), correct: true, checks: [], models: ['m'], ...more };
}

/** Tasks that differ from each other, run by an agent that varies: what a variant's results look like. */
export function simulate(seed: number, { tasks = 300, waste = 0.01, wrong = 0.03 } = {}): RunResult[] {
  const each = chance(seed);
  return Array.from({ length: tasks }, (_, i) => {
    const task = chance(i + 1);
    const parallelCalls = Math.floor(task.uniform() * 5) + 1;
    const slowness = Math.exp(0.5 * task.normal());
    const wasted = Array.from({ length: parallelCalls }, () => each.yes(waste)).filter(Boolean).length;
    return result(`task ${i}`, {
      correct: !each.yes(wrong),
      metrics: metrics({
        latencyMs: 1200 * slowness * Math.exp(0.2 * each.normal()) + 800 * wasted,
        tokens: { input: Math.round(900 * slowness + 60 * each.normal()) + 200 * wasted, output: 90 },
        parallelCalls,
        toolCalls: parallelCalls + 1,
        wastedCalls: wasted,
        wastedParallelCalls: wasted,
        dependentCalls: wasted,
        toolErrors: each.yes(0.02) ? 1 : 0,
        turns: 3 + (wasted > 0 ? 1 : 0),
      }),
    });
  });
}
