import { describe, expect, test } from 'vitest';
import { costOf } from '../../analyzers/cost.ts';
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
