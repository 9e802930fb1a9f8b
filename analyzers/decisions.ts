import type { Run, ToolCall, Turn } from '../src/model/run.ts';
import { argumentsOf } from '../src/provenance/arguments.ts';
import { asksPerson, isCheck, opensSession, topicsOf } from '../src/provenance/effect.ts';
import type { Facts } from '../src/provenance/facts.ts';
import type { Introductions } from '../src/provenance/introductions.ts';
import { keyWords } from '../src/provenance/leaves.ts';
import { remembered, rememberedHere } from '../src/text/remembered.ts';
import { reasoningOf, textsOf } from '../src/provenance/said.ts';
import { FOLLOWS_FROM, IDENTITY } from '../src/text/words.ts';
import { heldBy, isClock, lacksSomething, saysNo, sentBy } from './answers.ts';
import { isLocator, isSubject, questions, type Questions } from './questions.ts';

/** True for a result that the model had seen when it issued the call. */
export const wasSeen = (earlier: ToolCall, later: ToolCall): boolean => earlier.fedTurn !== undefined && earlier.fedTurn <= later.turn;

/** How sure it is that the earlier call's result decided that the later one was made; undefined where nothing says so. */
export type Deciding = (later: ToolCall, earlier: ToolCall) => number | undefined;

/** Ways in which a result decides what is called next; the first that holds tells. In doubt it did. */
export function deciding(run: Run, facts: Facts, introductions: Introductions): Deciding {
  const spokenOf = rememberedHere((turn: Turn) => spokenOfIn(turn, introductions));
  const isFollowing = rememberedHere((call: ToolCall) => followsFromResults(call, run.turns[call.turn]));
  const isJudging = rememberedHere((call: ToolCall) => isJudged(call, facts));
  const topics = rememberedHere((call: ToolCall) => toldOfTopics(call, introductions));
  const asked = questions(run, facts);
  const attempts = furtherAttempts(run, facts);
  // Where the prompt wants to know who is speaking, the first calls find out.
  const isToIdentify = run.turns.some(({ context }) => context.some(({ kind, text }) => kind === 'system' && IDENTITY.test(text)));
  const identified = isToIdentify ? run.calls[0]?.turn : undefined;
  return (later, earlier) => {
    const turn = run.turns[later.turn];
    if (turn === undefined || later.speculative || !wasSeen(earlier, later)) return undefined;
    const outcome = facts.outcome(earlier);
    // The retry after a failure, the search elsewhere after an empty hit list.
    if (outcome === 'failure' || outcome === 'empty' || saysNo(earlier)) return 0.9;
    if (outcome === 'missing' || !turn.captured || later.origin !== 'model' || earlier.origin !== 'model') return 0.5;
    // What was done between two attempts was done for the sake of the second, and what follows a retry waited for it.
    if (attempts.has(later) || attempts.has(earlier)) return 0.7;
    if (asksPerson(later.name) || asksPerson(earlier.name) || opensSession(earlier.name)) return 0.8;
    if (earlier.turn === identified || (hasDate(later) && isClock(earlier))) return 0.6;
    if (isCheck(earlier.name) || facts.instructions.gate(later, earlier) !== undefined || asked.isConditional(later)) return 0.6;
    if (facts.effect(later) !== 'read' || facts.effect(earlier) !== 'read') {
      if (!areSeparateWrites(later, earlier, facts, asked)) return facts.effect(later) === 'unknown' ? 0.5 : 0.7;
    } else if (later.name === earlier.name && (lacksSomething(earlier) || !asked.isOfAnother(later, earlier))) return 0.6;
    if (spokenOf(turn).has(earlier) || isFollowing(later)) return 0.7;
    if (topics(later).has(earlier) || isConfirmedBy(later, earlier, facts, asked)) return 0.6;
    return isJudging(later) || !asked.isAskedFor(later) ? 0.5 : undefined;
  };
}

/** A date that is sent may have been reckoned from today's, or have its year from there. */
const hasDate = remembered((later: ToolCall): boolean =>
  argumentsOf(later).some(({ tokens }) => tokens.some(({ norm }) => norm.startsWith('@'))),
);

/** The same change to two things that have nothing in common; else the order may matter. */
function areSeparateWrites(later: ToolCall, earlier: ToolCall, facts: Facts, asked: Questions): boolean {
  if (later.name !== earlier.name || facts.effect(later) !== 'write' || facts.effect(earlier) !== 'write') return false;
  const changed = new Set(
    argumentsOf(earlier)
      .filter(isSubject)
      .map(({ norm }) => norm),
  );
  return asked.isOfAnother(later, earlier) && !argumentsOf(later).some(({ norm }) => changed.has(norm));
}

/** Calls of a tool that had failed, or found nothing, before in the same user turn. */
function furtherAttempts(run: Run, facts: Facts): ReadonlySet<ToolCall> {
  const failed = new Map<string, number>();
  const found = new Set<ToolCall>();
  for (const call of run.calls) {
    const key = `${run.turns[call.turn]?.userTurn} ${call.name}`;
    if ((failed.get(key) ?? Infinity) < call.turn) found.add(call);
    const outcome = facts.outcome(call);
    if ((outcome === 'failure' || outcome === 'empty') && !failed.has(key)) failed.set(key, call.turn);
  }
  return found;
}

/** The calls whose results a turn's text or reasoning speaks of, in words that they were the first to say. */
const spokenOfIn = (turn: Turn, introductions: Introductions): ReadonlySet<ToolCall> =>
  new Set([...textsOf(turn), ...reasoningOf(turn)].flatMap(({ tokens }) => introductions.toldIn(tokens).map(({ by }) => by)));

/** "… because the window is closed": the model says itself that it draws on what it found. */
const followsFromResults = (later: ToolCall, turn: Turn | undefined): boolean =>
  [
    ...(turn?.text ?? []),
    ...(turn?.reasoning ?? []),
    ...argumentsOf(later).flatMap((argument) => (argument.prose ? [argument.text] : [])),
  ].some((said) => FOLLOWS_FROM.test(said));

/** The results that first spoke of what the tool is about: a next step, a "see also". */
const toldOfTopics = ({ name }: ToolCall, introductions: Introductions): ReadonlySet<ToolCall> =>
  new Set(topicsOf(name).flatMap((word) => introductions.toldOfTopic(word).map(({ by }) => by)));

/**
 * A value that was known before, and that the result brought up again of its own; the user's own values need no
 * confirming. And a page that was read, passed on as where something stands.
 */
function isConfirmedBy(later: ToolCall, earlier: ToolCall, facts: Facts, asked: Questions): boolean {
  return argumentsOf(later).some((argument) => {
    const value = argument.norm;
    if (sentBy(earlier).has(value)) return isLocator(argument) && later.name !== earlier.name;
    if (!isSubject(argument) || !heldBy(earlier).has(value) || asked.isTheUsers(argument)) return false;
    return (facts.supply.of(argument)?.turn ?? Infinity) <= earlier.turn;
  });
}

/** Words in the name of a flag from which on it states something, and does not choose. */
const STATEMENT = 4;

/** Arguments that may sum up what was found: a statement that is true or false, a value that nothing gave. */
const isJudged = (later: ToolCall, facts: Facts): boolean =>
  argumentsOf(later).some((argument) => {
    if (typeof argument.value === 'boolean') return keyWords(argument.key).split(' ').length >= STATEMENT;
    if (argument.prose || argument.weight < 0.6 || facts.supply.isOffered(argument)) return false;
    return facts.supply.of(argument) === undefined;
  });
