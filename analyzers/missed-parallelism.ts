import type { Run, ToolCall, Turn } from '../src/model/run.ts';
import { argumentsOf, type Argument } from '../src/provenance/arguments.ts';
import { normalForm } from '../src/text/tokens.ts';
import type { Evidence, EvidencePlace } from './finding.ts';
import type { Judgments } from './judgments.ts';
import { argumentPlace, excerpt, quote, resultPlace, spanIdsOf } from './places.ts';
import { defineRule, type Rule, type RuleContext } from './rule.ts';
import { savingOf } from './saving.ts';

/** Calls in successive turns that could have been one batch. What counts: `docs/rules/missed-parallelism.md`. */
export const missedParallelism: Rule = defineRule({
  id: 'missed-parallelism',
  summary: 'Calls in successive turns that could have been one batch',
  severity: 'info',
  analyze(context) {
    const { run, judgments, prices } = context;
    return groupsOf(run, judgments).map((turns) => {
      const calls = turns.flat();
      const later = turns.slice(1).flat();
      const isPlain = later.every((call) => argumentsOf(call).every((one) => one.prose || sourceOf(one, context)?.part === 'user'));
      return {
        rule: 'missed-parallelism',
        severity: 'info' as const,
        message: `${listed(turns.map((batch) => `${names(batch)} (turn ${(batch[0]?.turn ?? 0) + 1})`))} could have been one batch: none needed the result of another`,
        calls: calls.map(({ id }) => id),
        spanIds: spanIdsOf(calls),
        confidence: isPlain ? 0.75 : 0.65,
        evidence: later.flatMap((call) => evidenceOf(call, turns[0] ?? [], context)),
        cost: savingOf(turns, run, prices),
        fix: fixOf(calls),
      };
    });
  },
});

/** Runs of neighbouring turns of which none had to wait for another, with the calls that were worth making. */
function groupsOf(run: Run, judgments: Judgments): ToolCall[][][] {
  const groups: Turn[][] = [[]];
  for (const turn of run.turns) {
    const group = groups.at(-1) ?? [];
    const isNext = group.at(-1)?.index === turn.index - 1 && group.at(-1)?.userTurn === turn.userTurn;
    const before = new Set(group.flatMap(({ calls }) => calls));
    const waited = (): boolean => turn.calls.some((call) => judgments.prerequisites(call, before).length > 0);
    if (!canMove(turn, judgments)) groups.push([]);
    else if (isNext && !waited()) group.push(turn);
    else groups.push([turn]);
  }
  return groups
    .filter((group) => group.length > 1)
    .map((group) => group.map((turn) => turn.calls.filter((call) => isWorthIt(call, judgments))));
}

const isWorthIt = (call: ToolCall, { verdicts }: Judgments): boolean => verdicts.get(call)?.wasted == null;

/** A turn that can be moved whole: recorded, with calls of the model alone, of which none should have waited for a sibling. */
const canMove = (turn: Turn, judgments: Judgments): boolean =>
  turn.captured &&
  turn.kept &&
  turn.calls.some((call) => isWorthIt(call, judgments)) &&
  turn.calls.every(
    (call) => call.origin === 'model' && !call.speculative && !call.pending && call.choice === 0 && !judgments.dependences.has(call),
  );

const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;

/** "get_order twice" is one name. */
const names = (batch: readonly ToolCall[]): string => listed([...new Set(batch.map(({ name }) => name))]);

function fixOf(calls: readonly ToolCall[]): string {
  const tools = [...new Set(calls.map(({ name }) => name))];
  return tools.length === 1
    ? `Say in the prompt: make all calls of ${listed(tools)} whose arguments you know in one message.`
    : `Say in the prompt: call ${listed(tools)} in one message when you know the arguments of ${tools.length === 2 ? 'both' : 'all'}.`;
}

/** Where the value of an argument stood before; undefined where the model chose it. */
function sourceOf(argument: Argument, { run, facts }: RuleContext): EvidencePlace | undefined {
  const supply = facts.supply.of(argument);
  if (supply === undefined || supply.turn > argument.call.turn) return undefined;
  const [offer] = supply.results;
  if (!supply.fromContext) return offer === undefined ? undefined : resultPlace(offer.call, offer.path);
  const value = argument.norm;
  const items = (run.turns[supply.turn]?.context ?? []).filter(({ text }) => normalForm(text).includes(value));
  const isTheUsers = items.some(({ kind }) => kind === 'user');
  return { turn: supply.turn, part: isTheUsers ? 'user' : items[0]?.kind === 'system' ? 'instructions' : 'text' };
}

/** Values shown of one call. */
const MOST = 3;

function evidenceOf(call: ToolCall, first: readonly ToolCall[], context: RuleContext): Evidence[] {
  const given = argumentsOf(call).flatMap((argument): Evidence[] => {
    const from = argument.prose || argument.weight === 0 ? undefined : sourceOf(argument, context);
    return from === undefined ? [] : [{ kind: 'supplied', value: excerpt(argument.text), from, to: argumentPlace(call, argument.path) }];
  });
  if (given.length > 0) return given.slice(0, MOST);
  const what =
    argumentsOf(call).length === 0 ? 'takes no arguments' : `sent ${quote(argumentsOf(call)[0]?.text ?? '')}, which no result had given`;
  return [{ kind: 'absent', value: `${call.name} (turn ${call.turn + 1}) ${what}, and does not rest on ${names(first)}` }];
}
