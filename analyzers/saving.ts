import { textOf } from '../src/model/canonical.ts';
import type { Run, ToolCall, Turn } from '../src/model/run.ts';
import { estimateTokens, round } from './cost.ts';
import type { Cost } from './finding.ts';
import { priceOf, type Prices } from './prices.ts';

/** What it would have saved to issue the calls of several turns in the first of them: those model calls, and the overlap of the tools. */
export function savingOf(turns: readonly (readonly ToolCall[])[], run: Run, prices: Prices): Cost {
  const saved = turns.slice(1).flatMap(([call]) => (call === undefined ? [] : (run.turns[call.turn] ?? [])));
  const resent = saved.map((turn) => ({ turn, tokens: turn.usage?.inputTokens ?? estimatedInput(turn, run) }));
  const model = saved.map((turn) => length([turn]));
  const tools = turns.map(length);
  const ms = [...model, ...tools].includes(undefined) ? undefined : sum(model) + sum(tools) - Math.max(...tools.map((one) => one ?? 0));
  const usd = resent.map(({ turn, tokens }) => (tokens * (priceOf(prices, turn.model)?.input ?? Number.NaN)) / 1e6);
  return {
    tokens: sum(resent.map(({ tokens }) => tokens)),
    ...(ms !== undefined && { ms: round(ms), criticalMs: round(ms) }),
    ...(usd.every((one) => !Number.isNaN(one)) && { usd: sum(usd) }),
  };
}

const sum = (numbers: readonly (number | undefined)[]): number => numbers.reduce<number>((total, one) => total + (one ?? 0), 0);

/** From the first start to the last end; undefined where the trace does not hold them. */
function length(spans: readonly { start?: number; end?: number }[]): number | undefined {
  const starts = spans.map(({ start }) => start ?? Number.NaN);
  const ends = spans.map(({ end }) => end ?? Number.NaN);
  const ms = Math.max(...ends) - Math.min(...starts);
  return ms >= 0 ? ms : undefined;
}

/** All that was said, asked and answered before the turn, four characters a token. */
function estimatedInput(turn: Turn, run: Run): number {
  return sum(
    run.turns.slice(0, turn.index + 1).map(({ index, context, fed, text, calls }) => {
      const answered = fed.map(({ result }) => textOf(result?.content));
      const said = index === turn.index ? [] : [...text, ...calls.map((call) => `${call.name}${textOf(call.arguments)}`)];
      return sum([...context.map((item) => item.text), ...answered, ...said].map(estimateTokens));
    }),
  );
}
