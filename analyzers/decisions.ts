import type { Run, ToolCall, Turn } from '../src/model/run.ts';
import { argumentsOf, subjectKey, type Argument } from '../src/provenance/arguments.ts';
import { asksPerson, isCheck, nounsOf, opensSession } from '../src/provenance/effect.ts';
import { namesThing } from '../src/provenance/fields.ts';
import type { Facts } from '../src/provenance/facts.ts';
import type { Introductions } from '../src/provenance/introductions.ts';
import { resultLeaves } from '../src/provenance/results.ts';
import { stemmed, tokenize } from '../src/text/tokens.ts';

/** True for a result that the model had seen when it issued the call. */
export const wasSeen = (earlier: ToolCall, later: ToolCall): boolean => earlier.fedTurn !== undefined && earlier.fedTurn <= later.turn;

/** How sure it is that the earlier call's result decided that the later one was made; undefined where nothing says so. */
export type Deciding = (later: ToolCall, earlier: ToolCall) => number | undefined;

/** Ways in which a result decides what is called next; the first that holds tells. In doubt it did. */
export function deciding(run: Run, facts: Facts, introductions: Introductions): Deciding {
  const announced = announcements(introductions);
  return (later, earlier) => {
    const turn = run.turns[later.turn];
    if (turn === undefined || later.speculative || !wasSeen(earlier, later)) return undefined;
    if (facts.reissues.get(earlier)?.again === later || facts.amendments.get(earlier)?.later === later) return 0.95;
    const outcome = facts.outcome(earlier);
    // The retry after a failure, the search elsewhere after an empty hit list.
    if (outcome === 'failure' || outcome === 'empty') return 0.8;
    if (outcome === 'missing' || !turn.captured || later.origin !== 'model' || earlier.origin !== 'model') return 0.5;
    if (asksPerson(later.name) || asksPerson(earlier.name) || opensSession(earlier.name)) return 0.8;
    if (facts.instructions.gate(later, earlier) !== undefined) return 0.8;
    if (isCheck(earlier.name)) return 0.6;
    if (facts.effect(later) !== 'read' || facts.effect(earlier) !== 'read') {
      if (!areSeparateWrites(later, earlier, facts)) return facts.effect(later) === 'unknown' ? 0.5 : 0.7;
    } else if (isFurtherLook(later, earlier, facts)) return 0.6;
    if (announced(turn).has(earlier)) return 0.7;
    if (isNamedIn(later, earlier)) return 0.6;
    return argumentsOf(later).some((argument) => isReckoned(argument, facts)) ? 0.5 : undefined;
  };
}

/** Two writes with the same tool on two things, both named by the user or an earlier result, that have nothing in common. */
function areSeparateWrites(later: ToolCall, earlier: ToolCall, facts: Facts): boolean {
  if (later.name !== earlier.name || facts.effect(later) !== 'write' || facts.effect(earlier) !== 'write') return false;
  return hasOtherSubject(later, earlier, facts);
}

/** The same tool again: the next page, other words, a filter more, a poll; only another thing by name is another question. */
function isFurtherLook(later: ToolCall, earlier: ToolCall, facts: Facts): boolean {
  if (later.name === earlier.name) return !hasOtherSubject(later, earlier, facts);
  // Two searches in free words: the second is made where the first did not tell enough.
  return isFreeSearch(later) && isFreeSearch(earlier);
}

const isFreeSearch = (call: ToolCall): boolean => {
  const list = argumentsOf(call);
  return list.some(({ prose, tokens }) => prose || tokens.length > 3) && !list.some(isSubject);
};

/** Names one thing: an id, a proper name; not a page, a date or a choice. */
const isSubject = ({ prose, weight, key, tokens }: Argument): boolean =>
  !prose && weight >= 0.25 && tokens.length > 0 && (namesThing(key) || weight >= 0.6) && !tokens.every(({ norm }) => /^[@#]/u.test(norm));

function hasOtherSubject(later: ToolCall, earlier: ToolCall, facts: Facts): boolean {
  const asked = new Set(argumentsOf(earlier).map(subjectKey));
  const own = argumentsOf(later).filter((argument) => isSubject(argument));
  const others = own.filter((argument) => !asked.has(subjectKey(argument)));
  return others.length > 0 && others.every((argument) => (facts.supply.of(argument)?.turn ?? Infinity) <= earlier.turn);
}

/** A value that nothing supplied: it may have been reckoned from what the results said. */
function isReckoned(argument: Argument, facts: Facts): boolean {
  if (argument.prose || argument.weight < 0.6 || facts.supply.isOffered(argument)) return false;
  return facts.supply.of(argument) === undefined && argument.tokens.some(({ norm }) => /\p{Nd}/u.test(norm));
}

/** The tool is one that the result speaks of: "see also …", a next step. */
function isNamedIn(later: ToolCall, earlier: ToolCall): boolean {
  const nouns = [...new Set(nounsOf(later.name).map(stemmed))];
  const asked = new Set(nounsOf(earlier.name).map(stemmed));
  const telling = nouns.filter((noun) => !asked.has(noun));
  if (telling.length === 0) return false;
  const said = new Set(resultLeaves(earlier).flatMap(({ tokens }) => tokens.map(({ norm }) => norm)));
  return telling.every((noun) => said.has(noun));
}

/** The calls whose results a turn's text or reasoning speaks of, in words that they were the first to say. */
function announcements(introductions: Introductions): (turn: Turn) => ReadonlySet<ToolCall> {
  const known = new Map<Turn, ReadonlySet<ToolCall>>();
  return (turn) => {
    const told =
      known.get(turn) ??
      new Set(
        [...turn.text, ...turn.reasoning].flatMap((text) => tokenize(text)).flatMap((token) => introductions.of(token).map(({ by }) => by)),
      );
    known.set(turn, told);
    return told;
  };
}
