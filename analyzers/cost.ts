import { textOf } from '../src/model/canonical.ts';
import type { Run, ToolCall } from '../src/model/run.ts';
import type { Cost } from './finding.ts';
import { priceOf, type Prices } from './prices.ts';

/** Characters of JSON or English a token, a rule of thumb: https://help.openai.com/en/articles/4936856 */
const CHARACTERS_A_TOKEN = 4;

export const estimateTokens = (text: string): number => Math.ceil(text.length / CHARACTERS_A_TOKEN);

/** What a call cost that was for nothing: the tokens to write it, its result in every later input, its time. */
export function costOf(call: ToolCall, run: Run, prices: Prices): Cost {
  const ms = call.start !== undefined && call.end !== undefined ? call.end - call.start : undefined;
  const { tokens, usd } = tokenCostOf(call, run, prices);
  return {
    ...(tokens !== undefined && { tokens }),
    ...(ms !== undefined && ms >= 0 && { ms: round(ms), criticalMs: round(criticalMs(call, run)) }),
    ...(usd !== undefined && { usd }),
  };
}

/** The same without its time. */
export function tokenCostOf(call: ToolCall, run: Run, prices: Prices): Pick<Cost, 'tokens' | 'usd'> {
  const asked = estimateTokens(call.name) + estimateTokens(textOf(call.arguments));
  const answered = call.result === undefined ? 0 : estimateTokens(textOf(call.result.content));
  const resent = run.turns.length - (call.fedTurn ?? run.turns.length);
  const hasText = call.arguments !== undefined || call.result?.content !== undefined;
  return hasText ? { tokens: asked + (asked + answered) * resent, ...usdOf(call, run, prices, asked, answered) } : {};
}

/**
 * The call as output of its turn, then call and result as input of every later one: new in the first, and from then on
 * cached as far as that turn's input was. Nothing where a price is not known.
 */
function usdOf(call: ToolCall, run: Run, prices: Prices, asked: number, answered: number): { usd?: number } {
  const written = priceOf(prices, run.turns[call.turn]?.model);
  if (written === undefined) return {};
  let usd = asked * written.output;
  for (const { index, model, usage } of run.turns.slice(call.fedTurn ?? run.turns.length)) {
    const price = priceOf(prices, model);
    if (price === undefined) return {};
    const isNew = index === call.fedTurn;
    const cached = isNew ? 0 : Math.min(1, (usage?.cachedInputTokens ?? 0) / Math.max(1, usage?.inputTokens ?? 1));
    usd += (asked + answered) * (cached * (price.cachedInput ?? price.input) + (1 - cached) * price.input);
  }
  return { usd: usd / 1e6 };
}

/** By how much the batch would have been shorter without the call: the time that no other call of it covers. */
function criticalMs(call: ToolCall, run: Run): number {
  const batch = run.turns[call.turn]?.calls ?? [];
  return covered(batch) - covered(batch.filter((other) => other !== call));
}

/** Length of the union of the calls' time spans. */
function covered(calls: readonly ToolCall[]): number {
  const spans = calls
    .flatMap(({ start, end }) => (start !== undefined && end !== undefined && end >= start ? [{ start, end }] : []))
    .toSorted((a, b) => a.start - b.start);
  let total = 0;
  let until = -Infinity;
  for (const { start, end } of spans) {
    total += Math.max(0, end - Math.max(start, until));
    until = Math.max(until, end);
  }
  return total;
}

export const round = (ms: number): number => Math.round(ms * 1000) / 1000;
