import type { Run, ToolCall } from '../src/model/run.ts';
import { argumentsOf, subjectKey, type Argument } from '../src/provenance/arguments.ts';
import { distinctiveness } from '../src/provenance/distinct.ts';
import { nounsOf } from '../src/provenance/effect.ts';
import type { Facts } from '../src/provenance/facts.ts';
import { namesThing } from '../src/provenance/fields.ts';
import { rememberedHere } from '../src/text/remembered.ts';
import { resultLeaves } from '../src/provenance/results.ts';
import { normalForm, stemmed, tokenize } from '../src/text/tokens.ts';
import { DEPENDS_ON } from '../src/text/words.ts';

/** What the user asked for, and what asks for another thing of the same kind. */
export interface Questions {
  /** The user said the very value. */
  isTheUsers(argument: Argument): boolean;
  /** It asks about a thing by name, or for what the user's own words say. */
  isAskedFor(call: ToolCall): boolean;
  /** The user wants it only if something else is so. */
  isConditional(call: ToolCall): boolean;
  /** The same tool on another thing that was known when the earlier call was issued, and wanted whatever that one told. */
  isOfAnother(later: ToolCall, earlier: ToolCall): boolean;
}

const isDateOrNumber = ({ tokens }: Argument): boolean => tokens.every(({ norm }) => /^[@#]|^\d{1,3}$/u.test(norm));

/** Names one thing: an identifier, a proper name; not a page, a date or a choice. */
export const isSubject = (argument: Argument): boolean =>
  !argument.prose && argument.weight >= (namesThing(argument.key) ? 0.25 : 0.6) && !isDateOrNumber(argument);

/** An address of something that can be read. */
export const isLocator = ({ text }: Argument): boolean => /^\w+:\/\/\S+$/u.test(text);

/** Less than this, and a word occurs in any message. */
const TELLING = 0.15;
/** More words than this are no name. */
const NAME_WORDS = 3;

export function questions(run: Run, facts: Facts): Questions {
  const said = run.turns.flatMap((turn) => turn.context.flatMap(({ kind, text }) => (kind === 'user' ? [text] : [])));
  const all = said.map((text) => ` ${normalForm(text)} `);
  const words = new Set(said.flatMap((text) => tokenize(text).map(({ norm }) => norm)));
  const conditions = said
    .flatMap((text) => text.split(/(?<=[.!?;])\s+|\n+/u))
    .filter((sentence) => DEPENDS_ON.test(sentence))
    .map((sentence) => ` ${normalForm(sentence)} `);
  const isSaidIn = (texts: readonly string[], value: string): boolean => value !== '' && texts.some((text) => text.includes(` ${value} `));
  const isTheUsers = rememberedHere((argument: Argument): boolean => isSaidIn(all, argument.norm));
  const isNamed = (argument: Argument): boolean =>
    isSubject(argument) || (!argument.prose && argument.weight >= TELLING && !isDateOrNumber(argument) && isTheUsers(argument));
  const isOfWholeList = wholeLists(run, facts);
  const keys = rememberedHere((call: ToolCall) => new Set(argumentsOf(call).map(subjectKey)));
  const named = rememberedHere((call: ToolCall) =>
    argumentsOf(call)
      .filter(isNamed)
      .map((argument) => ({
        key: subjectKey(argument),
        turn: facts.supply.of(argument)?.turn ?? Infinity,
        isWanted: isTheUsers(argument) || isOfWholeList(argument),
      })),
  );
  return {
    isTheUsers,
    isAskedFor: rememberedHere((call: ToolCall) => {
      const list = argumentsOf(call);
      if (list.some(isNamed)) return true;
      const free = list.flatMap(({ prose, tokens }) => (prose || tokens.length > NAME_WORDS ? tokens : []));
      if (free.length > 0) return free.every(({ norm }) => distinctiveness(norm) < TELLING || words.has(norm));
      return nounsOf(call.name).some((noun) => words.has(stemmed(noun)));
    }),
    isConditional: rememberedHere(
      (call: ToolCall) =>
        argumentsOf(call).some((argument) => isNamed(argument) && isSaidIn(conditions, argument.norm)) ||
        nounsOf(call.name).some((noun) => isSaidIn(conditions, stemmed(noun))),
    ),
    isOfAnother(later, earlier) {
      const others = named(later).filter(({ key }) => !keys(earlier).has(key));
      return others.length > 0 && others.every(({ turn, isWanted }) => turn <= earlier.turn && isWanted);
    },
  };
}

/**
 * Whether all items of the list that a value came from were asked for with the same tool: then none of them was
 * reached only because the one before it was not enough.
 */
function wholeLists(run: Run, facts: Facts): (argument: Argument) => boolean {
  let all: ReadonlySet<string> | undefined;
  const asked = (): ReadonlySet<string> =>
    (all ??= new Set(run.calls.flatMap((call) => argumentsOf(call).map(({ key, norm }) => `${call.name} ${key} ${norm}`))));
  return (argument) => {
    const { call, key } = argument;
    return (facts.supply.of(argument)?.results ?? []).some((offer) => {
      const place = offer.path.replaceAll(/\[\d+\]/gu, '[]');
      if (place === offer.path) return false;
      const items = resultLeaves(offer.call).filter(({ leaf }) => leaf.path.replaceAll(/\[\d+\]/gu, '[]') === place);
      return items.length > 1 && items.every(({ norm }) => asked().has(`${call.name} ${key} ${norm}`));
    });
  };
}
