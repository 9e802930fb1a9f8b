import { priceOf, usdOfUsage, type Prices } from '../../analyzers/prices.ts';
import type { Run, Turn } from '../model/run.ts';
import type { RunReport } from './report.ts';

/** What a run's model calls took, turn by turn, as the provider counted; dollars where every price is known. */
export function runCost(run: Run, prices: Prices): NonNullable<RunReport['cost']> {
  const turns = run.turns.map((turn) => ({
    turn: turn.index,
    tokens: tokensOf(turn),
    usd: roundOf(usdOfUsage(turn.usage, priceOf(prices, turn.model))),
  }));
  const sum = (key: 'input' | 'output' | 'cachedInput'): number => turns.reduce((total, { tokens }) => total + tokens[key], 0);
  const isPriced = turns.length > 0 && turns.every(({ usd }) => usd !== null);
  return {
    tokens: { input: sum('input'), output: sum('output'), cachedInput: sum('cachedInput') },
    usd: isPriced ? round(turns.reduce((total, { usd }) => total + (usd ?? 0), 0)) : null,
    turns,
  };
}

/** To a millionth of a cent: more digits are those of binary fractions. */
const round = (usd: number): number => Math.round(usd * 1e8) / 1e8;
const roundOf = (usd: number | undefined): number | null => (usd === undefined ? null : round(usd));

const tokensOf = ({ usage = {} }: Turn): { input: number; output: number; cachedInput: number } => ({
  input: usage.inputTokens ?? 0,
  output: usage.outputTokens ?? 0,
  cachedInput: usage.cachedInputTokens ?? 0,
});
