import type { Run, ToolCall } from '../model/run.ts';
import { argumentsOf, subjectKey, type Argument } from './arguments.ts';
import { isUndoingVerb, type Effect } from './effect.ts';
import { isRelatedField } from './fields.ts';
import type { Supply, SupplyIndex } from './supply.ts';
import { keyWords } from './leaves.ts';
import { tokenize } from '../text/tokens.ts';

/** A write that went through and was put right by another tool, which names it by the id it had returned. */
export interface Amendment {
  first: ToolCall;
  later: ToolCall;
  /** What was set anew, with where the right value came from; empty where the write was taken back. */
  corrections: { before: Argument; after: Argument; learned: Supply }[];
}

/** For each write the later call of the same user turn that amended or undid it. One pass over the arguments of the run. */
export function findAmendments(run: Run, supply: SupplyIndex, effect: (call: ToolCall) => Effect): Map<ToolCall, Amendment> {
  const found = new Map<ToolCall, Amendment>();
  /** Writes so far, by what they were about. */
  const writes = new Map<string, ToolCall>();
  for (const later of run.calls) {
    if (effect(later) !== 'write') continue;
    for (const argument of argumentsOf(later)) {
      const first = writerOf(argument, supply, effect) ?? undone(argument, writes);
      if (first === undefined || first.name === later.name || found.has(first)) continue;
      if (run.turns[first.turn]?.userTurn !== run.turns[later.turn]?.userTurn) continue;
      const corrections = correctionsOf(first, later, supply);
      if (corrections.length > 0 || isUndoingVerb(later.name)) found.set(first, { first, later, corrections });
    }
    for (const argument of argumentsOf(later)) if (!argument.prose && argument.weight >= 0.6) writes.set(subjectKey(argument), later);
  }
  return found;
}

/** `approve(po)` and then `withdraw_approval(po)`: the same thing, and words of the one in the name of the other. */
function undone(argument: Argument, writes: ReadonlyMap<string, ToolCall>): ToolCall | undefined {
  const first = writes.get(subjectKey(argument));
  if (first === undefined || first.turn >= argument.call.turn || !isUndoingVerb(argument.call.name)) return undefined;
  const words = (name: string): string[] =>
    tokenize(keyWords(name))
      .map(({ norm }) => norm)
      .filter((norm) => norm.length >= 4);
  const own = words(argument.call.name);
  return words(first.name).some((word) => own.some((other) => other.slice(0, 5) === word.slice(0, 5))) ? first : undefined;
}

/** The write whose result alone gave this value. */
function writerOf(argument: Argument, supply: SupplyIndex, effect: (call: ToolCall) => Effect): ToolCall | undefined {
  if (argument.prose || argument.weight < 0.6) return undefined;
  const given = supply.of(argument);
  const [offer, ...others] = given?.results ?? [];
  if (offer === undefined || others.length > 0 || offer.call.turn >= argument.call.turn) return undefined;
  return effect(offer.call) === 'write' ? offer.call : undefined;
}

function correctionsOf(first: ToolCall, later: ToolCall, supply: SupplyIndex): Amendment['corrections'] {
  return argumentsOf(later).flatMap((after) => {
    const before = argumentsOf(first).find((was) => !was.prose && isRelatedField(after.key, was.path, was.key));
    const learned = supply.of(after);
    if (before === undefined || learned === undefined || after.prose || before.norm === after.norm) return [];
    return supply.isGrounded(before) || learned.turn !== first.fedTurn ? [] : [{ before, after, learned }];
  });
}
