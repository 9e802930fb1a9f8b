import { describe, expect, test } from 'vitest';
import { costOf } from '../../analyzers/cost.ts';
import { analyzeRun } from '../../src/analysis/analyze-run.ts';
import { runCost } from '../../src/analysis/run-cost.ts';
import { summaryOf, tallyOf } from '../../src/analysis/summary.ts';
import { withPriceTable } from '../../src/config/price-table.ts';
import type { Run, ToolCall } from '../../src/model/run.ts';

const call = (start: number, end: number): ToolCall => ({
  id: `${start}`,
  name: 'look',
  arguments: { key: 'abcd' },
  origin: 'model',
  speculative: false,
  pending: false,
  turn: 0,
  choice: 0,
  index: 0,
  batchSize: 2,
  ran: true,
  result: { content: 'x'.repeat(400), error: false },
  fedTurn: 1,
  start,
  end,
});
const runOf = (calls: ToolCall[], turns = 3): Run => ({
  id: 'r',
  dialect: 'x',
  source: 'x',
  tools: [],
  calls,
  trailing: [],
  turns: Array.from({ length: turns }, (_, index) => ({
    index,
    userTurn: 0,
    context: [],
    fed: [],
    text: [],
    reasoning: [],
    calls: index === 0 ? calls : [],
    captured: true,
    kept: true,
    repeated: true,
    model: 'm',
  })),
});

describe('cost of a wasted call', () => {
  test('the slowest of a batch costs what the others do not cover', () => {
    const [slow, quick] = [call(0, 900), call(0, 300)];
    expect(costOf(slow, runOf([slow, quick]), {})).toMatchObject({ ms: 900, criticalMs: 600 });
    expect(costOf(quick, runOf([slow, quick]), {})).toMatchObject({ ms: 300, criticalMs: 0 });
  });

  test('calls run one after another each cost all of their time', () => {
    const [one, two] = [call(0, 300), call(300, 700)];
    expect(costOf(two, runOf([one, two]), {})).toMatchObject({ ms: 400, criticalMs: 400 });
  });

  test('its result is sent again in every later input', () => {
    const one = call(0, 1);
    const asked = 1 + 4;
    expect(costOf(one, runOf([one], 2), {}).tokens).toBe(asked + (asked + 100));
    expect(costOf(one, runOf([one], 5), {}).tokens).toBe(asked + 4 * (asked + 100));
  });

  test('dollars where the price is known', () => {
    const one = call(0, 1);
    expect(costOf(one, runOf([one], 2), { m: { input: 1, output: 10 } }).usd).toBeCloseTo((5 * 10 + 105) / 1e6, 12);
    expect(costOf(one, runOf([one], 2), {}).usd).toBeUndefined();
  });
});

describe('dollars', () => {
  const priced = (usages: (object | undefined)[], model = 'm'): Run => {
    const one = call(0, 1);
    const run = runOf([one], usages.length);
    run.turns.forEach((turn, i) => Object.assign(turn, { model }, usages[i] === undefined ? {} : { usage: usages[i] }));
    return run;
  };
  const usage = { inputTokens: 1000, outputTokens: 50, cachedInputTokens: 600 };
  const prices = { m: { input: 2, output: 10, cachedInput: 0.5 } };

  test('of a turn: cached input at its own price, or at that of any input', () => {
    expect(runCost(priced([usage]), prices)).toEqual({
      tokens: { input: 1000, output: 50, cachedInput: 600 },
      usd: (400 * 2 + 600 * 0.5 + 50 * 10) / 1e6,
      turns: [{ turn: 0, tokens: { input: 1000, output: 50, cachedInput: 600 }, usd: 0.0016 }],
    });
    expect(runCost(priced([usage]), { m: { input: 2, output: 10 } }).usd).toBe(0.0025);
  });

  test('of a wasted call: written once, new in one input, cached in later ones as far as these were', () => {
    const [asked, answered] = [5, 100];
    const run = priced([usage, usage, usage]);
    const { usd } = costOf(run.calls[0]!, run, prices);
    const later = (asked + answered) * (0.6 * 0.5 + 0.4 * 2);
    expect(usd).toBeCloseTo((asked * 10 + (asked + answered) * 2 + later) / 1e6, 12);
  });

  test('unknown where a model has no price or a turn no tokens, whatever the model is called', () => {
    for (const model of ['another', 'constructor', '__proto__', '']) expect(runCost(priced([usage], model), prices).usd).toBeNull();
    expect(runCost(priced([usage, undefined]), prices).usd).toBeNull();
    const run = priced([usage], 'constructor');
    expect(costOf(run.calls[0]!, run, prices).usd).toBeUndefined();
  });

  test('summed up over runs, those without a price counted', () => {
    const runs = [priced([usage, usage]), priced([usage], 'another')].map((run) => analyzeRun(run, { config: { prices } }));
    const [known, unknown] = runs.map(({ run, report }) => summaryOf(tallyOf(run, report)).usd);
    expect(known).toMatchObject({ total: 0.0032, unpricedRuns: 0 });
    expect(unknown).toEqual({ total: 0, wasted: 0, unpricedRuns: 1 });
    expect(runs[0]?.report.calls[0]?.cost).toMatchObject({ tokens: 110, usd: expect.any(Number) });
  });

  test('of the price table: models it knows, one’s own first, unknown ones unknown', async () => {
    const table = await withPriceTable({ 'gpt-4o-mini': { input: 1, output: 1 } });
    expect(table['gpt-4o-mini']).toEqual({ input: 1, output: 1 });
    expect(table['gpt-4o']).toEqual({ input: 2.5, output: 10, cachedInput: 1.25 });
    for (const model of ['no-such-model-of-anyone', 'scripted', 'constructor']) expect(table[model]).toBeUndefined();
    expect(runCost(priced([usage], 'gpt-4o'), table).usd).toBeCloseTo((400 * 2.5 + 600 * 1.25 + 50 * 10) / 1e6, 8);
  });
});
