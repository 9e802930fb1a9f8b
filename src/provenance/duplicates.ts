import { canonicalJson, textOf } from '../model/canonical.ts';
import type { Run, ToolCall } from '../model/run.ts';
import { argumentsOf } from './arguments.ts';
import type { Effect } from './effect.ts';
import { outcomeOf } from './outcome.ts';
import { ASKS_AGAIN, UNFINISHED } from '../text/words.ts';

/**
 * For each call the earlier call with the same arguments whose answer was already known (or was being asked for
 * in the same batch), where nothing could have changed it: no write between, the same answer, no user who asked
 * for a fresh look, nothing that was still in progress.
 */
export function findDuplicates(run: Run, effect: (call: ToolCall) => Effect): Map<ToolCall, ToolCall> {
  const found = new Map<ToolCall, ToolCall>();
  const earlier = new Map<string, ToolCall>();
  let lastWriteTurn = -1;
  let lastAskedTurn = -1;
  for (const turn of run.turns) {
    if (turn.index > 0 && turn.context.some((item) => item.kind === 'user' && ASKS_AGAIN.test(item.text))) lastAskedTurn = turn.index;
    for (const call of turn.calls) {
      if (call.origin !== 'model' || call.arguments === undefined || call.speculative) continue;
      // A tool of unknown effect that is asked for nothing may do something else every time: a throw of dice.
      if (effect(call) === 'unknown' && argumentsOf(call).length === 0) continue;
      const key = `${call.name} ${canonicalJson(subjectOf(call))}`;
      const first = earlier.get(key);
      if (first === undefined || !answersLike(first, call)) {
        earlier.set(key, call);
        continue;
      }
      const sinceAsked = Math.max(lastAskedTurn, lastWriteTurn);
      const isKnown = first.turn === call.turn || (first.fedTurn !== undefined && first.fedTurn <= call.turn && !isStale(first, call, run));
      if (isKnown && sinceAsked <= first.turn && effect(call) !== 'write') found.set(call, first);
      else earlier.set(key, call);
    }
    // The answer was the same: only a known write makes asking again worth while.
    if (turn.calls.some((call) => effect(call) === 'write')) lastWriteTurn = turn.index;
  }
  return found;
}

/** What makes two calls the same: a reason in other words does not make another call where something else names its subject. */
function subjectOf(call: ToolCall): unknown {
  const values = argumentsOf(call);
  const isNamed = values.some((argument) => !argument.prose && argument.weight >= 0.6);
  return values.filter((argument) => !isNamed || !argument.prose).map((argument) => [argument.path, argument.norm]);
}

/** After ten minutes anything may have changed by itself. */
const FRESH_MS = 10 * 60 * 1000;

function isStale(first: ToolCall, again: ToolCall, run: Run): boolean {
  const [before, after] = [run.turns[first.turn]?.start, run.turns[again.turn]?.start];
  return before !== undefined && after !== undefined && after - before > FRESH_MS;
}

function answersLike(first: ToolCall, again: ToolCall): boolean {
  if (first.result === undefined || again.result === undefined) return false;
  const [a, b] = [outcomeOf(first), outcomeOf(again)];
  if (a !== b || (a !== 'answer' && a !== 'empty')) return false;
  const text = textOf(again.result.content);
  return (
    canonicalJson(first.result.content) === canonicalJson(again.result.content) &&
    !(first.turn !== again.turn && text.length < 600 && UNFINISHED.test(text))
  );
}
