import { canonicalJson } from '../../src/model/canonical.ts';
import type { Run, ToolCall } from '../../src/model/run.ts';
import { refusalOf } from '../../src/provenance/rate-limits.ts';
import { costOf } from '../cost.ts';
import type { Cost, Finding } from '../finding.ts';
import { excerpt, resultPlace, spanIdsOf } from '../places.ts';
import type { RuleContext } from '../rule.ts';
import { timeText } from '../times.ts';

/** Batches with calls that were refused for too many requests: one finding each, with the attempts that followed. */
export function refusedToolCalls({ run, facts, prices }: RuleContext): Finding[] {
  const refusals = new Map(
    run.calls
      .filter(({ origin, speculative }) => origin === 'model' && !speculative)
      .flatMap((call) => {
        const text = refusalOf(call, facts);
        return text === undefined ? [] : [[call, text] as const];
      }),
  );
  // Attempts that follow a refused one belong to its finding.
  const followers = new Set<ToolCall>();
  return run.turns.flatMap(({ calls }): Finding[] => {
    const refused = calls.filter((call) => refusals.has(call) && !followers.has(call));
    if (refused.length === 0) return [];
    const attempts = refused.map((call) => attemptsAfter(call, run, refusals));
    for (const attempt of attempts.flat()) followers.add(attempt);
    const all = [...new Set([...refused, ...attempts.flat()])];
    return [
      {
        rule: 'rate-limited',
        severity: 'warning',
        message: messageOf(refused, attempts, calls.length, refusals),
        calls: all.map(({ id }) => id),
        spanIds: spanIdsOf(all),
        confidence: 0.9,
        evidence: all
          .flatMap((call) => {
            const text = refusals.get(call);
            return text === undefined ? [] : [{ kind: 'answered' as const, value: excerpt(text), from: resultPlace(call, '$') }];
          })
          .slice(0, MOST),
        cost: paid(
          refused,
          attempts,
          run,
          all.filter((call) => refusals.has(call)).map((call) => costOf(call, run, prices)),
        ),
        fix: fixOf(refused, calls.length),
      },
    ];
  });
}

const MOST = 4;

/** The same call again, as often as it was refused, up to the one that was not. */
function attemptsAfter(call: ToolCall, run: Run, refusals: ReadonlyMap<ToolCall, string>): ToolCall[] {
  const wanted = canonicalJson(call.arguments);
  const later = run.calls.filter(
    ({ turn, name, arguments: args }) => turn > call.turn && name === call.name && canonicalJson(args) === wanted,
  );
  const through = later.findIndex((attempt) => !refusals.has(attempt));
  return later.slice(0, through < 0 ? later.length : through + 1);
}

function messageOf(
  refused: readonly ToolCall[],
  attempts: readonly (readonly ToolCall[])[],
  batch: number,
  refusals: ReadonlyMap<ToolCall, string>,
): string {
  const names = [...new Set(refused.map(({ name }) => name))].join(', ');
  const what =
    refused.length === 1
      ? `${names} was refused by a rate limit`
      : `${refused.length} of ${batch} calls of the batch were refused by a rate limit (${names})`;
  const waits = attempts.flatMap((list, i) => waited(refused[i], list.at(-1)) ?? []);
  const through = attempts.filter((list) => list.length > 0 && !refusals.has(list.at(-1)!)).length;
  if (through === 0) return attempts.flat().length === 0 ? `${what} and not tried again` : `${what}, as was each further attempt`;
  const when = waits.length === 0 ? '' : ` ${timeText(Math.max(...waits))} later`;
  return `${what}; ${refused.length === 1 ? 'it' : `${through} of them`} went through when issued again${when}`;
}

const waited = (first: ToolCall | undefined, last: ToolCall | undefined): number | undefined =>
  first?.start === undefined || last?.start === undefined || last.start < first.start ? undefined : last.start - first.start;

/** Time from the refused attempt to the last one's start; all of it was lost where the turns in between did nothing else. */
function paid(refused: readonly ToolCall[], attempts: readonly (readonly ToolCall[])[], run: Run, costs: readonly Cost[]): Cost {
  const tokens = costs.reduce((sum, cost) => sum + (cost.tokens ?? 0), 0);
  const usd = costs.every((cost) => cost.usd !== undefined) ? costs.reduce((sum, cost) => sum + (cost.usd ?? 0), 0) : undefined;
  const waits = attempts.flatMap((list, i) => waited(refused[i], list.at(-1)) ?? []);
  const again = new Set(attempts.flat());
  const didNothingElse = [...again].every(({ turn }) => run.turns[turn]?.calls.every((call) => again.has(call)));
  const ran = costs.flatMap(({ ms }) => ms ?? []);
  const ms = waits.length > 0 ? Math.max(...waits) : ran.length > 0 ? Math.max(...ran) : undefined;
  const critical = waits.length > 0 && didNothingElse ? ms : Math.max(0, ...costs.map(({ criticalMs }) => criticalMs ?? 0));
  return {
    tokens,
    ...(ms !== undefined && { ms, criticalMs: critical ?? 0 }),
    ...(usd !== undefined && { usd }),
  };
}

function fixOf(refused: readonly ToolCall[], batch: number): string {
  const names = [...new Set(refused.map(({ name }) => name))].join(', ');
  const wait = `Retry within the tool, after the time the service asks for, so that no model turn is spent on it`;
  return batch === 1 ? `${wait}.` : `${wait}; and let fewer calls of ${names} run at once.`;
}
