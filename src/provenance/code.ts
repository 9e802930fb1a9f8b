import type { ToolCall } from '../model/run.ts';
import { argumentsOf, type Argument } from './arguments.ts';
import { textOf } from '../model/canonical.ts';
import type { Offer, SupplyIndex } from './supply.ts';
import { normalForm, tokenize } from '../text/tokens.ts';

/** A name inside a query, a command or a path that the second attempt has and the first had not. */
export interface LearnedName {
  /** The argument that holds it. */
  argument: Argument;
  name: string;
  offers: Offer[];
  /** The name of the first attempt that its failure complains of. */
  blamed: string;
}

/** `order_date`, `src/util.py`, `netEur`: written together, made of several words. */
const NAME = /[\p{L}_][\p{L}\p{N}_]*(?:[-./][\p{L}\p{N}_]+)*/gu;

/**
 * Names in code-like arguments (SQL, commands, paths) that a result of the first call's own turn taught, where the
 * first call failed over a name that nothing supplied.
 */
export function learnedNames(first: ToolCall, again: ToolCall, supply: SupplyIndex): LearnedName[] {
  const failure = ` ${normalForm(textOf(first.result?.content))} `;
  const before = namesIn(first);
  const after = namesIn(again);
  const blamed = [...before.keys()].find((name) => !after.has(name) && failure.includes(` ${normalForm(name)} `));
  if (blamed === undefined) return [];
  return [...after].flatMap(([name, argument]) => {
    const tokens = tokenize(name);
    if (before.has(name) || tokens.length < 2) return [];
    const given = supply.ofWords(tokens);
    return given === undefined || given.fromContext || given.turn !== first.fedTurn
      ? []
      : [{ argument, name, offers: given.results, blamed }];
  });
}

function namesIn(call: ToolCall): Map<string, Argument> {
  const texts = argumentsOf(call).filter(({ text }) => /\s/u.test(text));
  return new Map(texts.flatMap((argument) => [...argument.text.matchAll(NAME)].map(([name]) => [name, argument] as const)));
}
