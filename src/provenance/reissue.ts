import { canonicalJson, textOf } from '../model/canonical.ts';
import type { Run, ToolCall, Turn } from '../model/run.ts';
import { isSettingVerb, type Effect } from './effect.ts';
import { keyWords } from './leaves.ts';
import { SHOULD_BE } from '../text/words.ts';
import { argumentsOf, type Argument } from './arguments.ts';
import { isRelatedField, isSameField, namesThing } from './fields.ts';
import { distinctiveness } from './distinct.ts';
import { normalForm, tokenize } from '../text/tokens.ts';
import { outcomeOf, type Outcome } from './outcome.ts';
import type { Supply, SupplyIndex } from './supply.ts';

/** An argument that the second call has right. */
export interface Correction {
  path: string;
  /** What the first call said; undefined where it left the argument out. */
  before: Argument | undefined;
  after: Argument;
  /** Where the right value came from, if it became known only after the first call was issued. */
  learned: Supply | undefined;
}

/** The same work issued again after its first answer was seen. */
export interface Reissue {
  first: ToolCall;
  again: ToolCall;
  outcome: Outcome;
  corrections: Correction[];
  /** Why the second call is the first one again. */
  because: 'failed' | 'guessed';
}

/** For each call the later call that did its work again, within the same user turn. One pass over the run. */
export function findReissues(run: Run, supply: SupplyIndex, effect: (call: ToolCall) => Effect): Map<ToolCall, Reissue> {
  // How many calls that may change something had been issued up to each turn.
  let sofar = 0;
  const changes = run.turns.map((turn) => (sofar += turn.calls.filter((call) => effect(call) !== 'read').length));
  const nothingDoneBetween = (first: ToolCall, again: ToolCall): boolean =>
    changes[again.turn - 1] === changes[(first.fedTurn ?? again.turn) - 1];

  const byName = new Map<string, ToolCall[]>();
  for (const call of run.calls) {
    if (call.origin !== 'model' || call.speculative) continue;
    const list = byName.get(call.name);
    if (list === undefined) byName.set(call.name, [call]);
    else list.push(call);
  }
  const found = new Map<ToolCall, Reissue>();
  const isTold = toldIn(run, supply);
  for (const calls of byName.values()) {
    calls.forEach((first, i) => {
      const outcome = outcomeOf(first);
      if (outcome === 'missing' && first.fedTurn === undefined) return;
      // The correction follows soon after; looking far ahead would pair unrelated calls.
      for (const again of calls.slice(i + 1, i + 1 + LOOK_AHEAD)) {
        if (again.turn < (first.fedTurn ?? Infinity)) continue;
        if (run.turns[again.turn]?.userTurn !== run.turns[first.turn]?.userTurn) break;
        const isRetried = effect(first) === 'write' || nothingDoneBetween(first, again);
        const reissue = judge(first, again, outcome, supply, isRetried);
        if (reissue === undefined || isTold(reissue)) continue;
        found.set(first, reissue);
        break;
      }
    });
  }
  return found;
}

const LOOK_AHEAD = 12;
/** Distinctiveness from which a value names something. */
const IDENTIFIES = 0.6;

function judge(first: ToolCall, again: ToolCall, outcome: Outcome, supply: SupplyIndex, isRetried: boolean): Reissue | undefined {
  const { corrections, sharedValues, changedCount } = compare(first, again, supply);
  const reissue = (because: Reissue['because']): Reissue => ({ first, again, outcome, corrections, because });
  if (outcome === 'failure') {
    // The same call again is a retry; a look that failed, led to a fix and was taken again (a test run) told what to fix.
    if (changedCount === 0) return isRetried ? reissue('failed') : undefined;
    // One value shared may be a setting or the customer; most of a long list shared is the same work.
    const sameSubject = sharedValues >= 2 * Math.max(1, changedCount);
    const guessed = corrections.some(({ before }) => before !== undefined && !supply.isGrounded(before));
    const learned = corrections.some((correction) => correction.learned !== undefined);
    const reshaped = corrections.some(({ before, after }) => before === undefined || before.path !== after.path);
    const blamed = corrections.some(({ before }) => before !== undefined && blames(first, before));
    // Two values known from the start, one after the other, are two subjects and not a correction.
    return sameSubject || guessed || learned || reshaped || blamed ? reissue('failed') : undefined;
  }
  // An answer to a guess: every changed value was the model's invention, and was learned since.
  const isCorrected = changedCount > 0 && corrections.length === changedCount;
  if (
    isCorrected &&
    changedCount === 1 &&
    corrections.every((correction) => isSetAnew(correction, first) || isInvented(correction, first, supply))
  )
    return reissue('guessed');
  return isCorrected && corrections.every((correction) => isGuessCorrected(correction, first, outcome, supply))
    ? reissue('guessed')
    : undefined;
}

/** `sender must be a user id`: the failure names the argument and what it should have been. */
function blames(first: ToolCall, { key }: Argument): boolean {
  const said = ` ${normalForm(textOf(first.result?.content))} `;
  return SHOULD_BE.test(textOf(first.result?.content)) && key !== '' && said.includes(` ${normalForm(keyWords(key))} `);
}

/** Set to one value, and in the next turn to another that a sibling had only then computed: the first was put aside. */
function isSetAnew({ before, after, learned }: Correction, first: ToolCall): boolean {
  if (before === undefined || learned === undefined || before.prose || after.prose || namesThing(before.key)) return false;
  if (!isSettingVerb(first.name) || after.call.turn !== first.fedTurn || after.weight < IDENTIFIES) return false;
  return isOnlyFromSiblings(learned, first);
}

/** An identifier or exact number that nothing had given, replaced at once by what only a sibling's result gave. */
function isInvented({ before, after, learned }: Correction, first: ToolCall, supply: SupplyIndex): boolean {
  if (before === undefined || learned === undefined || before.prose || after.prose) return false;
  if (supply.isGrounded(before) || supply.isOffered(before) || after.call.turn !== first.fedTurn) return false;
  const isValue = (argument: Argument): boolean => typeof argument.value === 'number' || /\p{Nd}/u.test(argument.text);
  if (!isValue(before) || !isValue(after) || after.weight < IDENTIFIES || isDateLike(after)) return false;
  return isOnlyFromSiblings(learned, first);
}

const isOnlyFromSiblings = ({ results }: Supply, first: ToolCall): boolean =>
  results.length > 0 && results.every((offer) => offer.call.turn === first.turn && offer.call !== first);

const isDateLike = ({ tokens }: Argument): boolean => tokens.every(({ norm }) => /^[@#]/u.test(norm));

/** A first attempt is told within so many turns or not at all; looking further would make long runs slow. */
const TOLD_WITHIN = 40;
/** How much a text must share with a failure to be telling it. */
const TELLS = 0.5;

/** Whether the agent speaks of the first attempt to the user: of what it said then and not later, or of how it failed. */
function toldIn(run: Run, supply: SupplyIndex): (reissue: Reissue) => boolean {
  const said = new Map<Turn, string[]>();
  const saidIn = (turn: Turn): string[] => {
    const texts = said.get(turn) ?? turn.text.map((text) => ` ${normalForm(text)} `);
    said.set(turn, texts);
    return texts;
  };
  return ({ first, again, outcome, corrections }) => {
    const from = first.fedTurn ?? first.turn + 1;
    const texts = run.turns.slice(from, from + TOLD_WITHIN).flatMap(saidIn);
    const knownAgain = ` ${normalForm(textOf(again.arguments))} ${normalForm(textOf(again.result?.content))} `;
    const isSaid = corrections.some(({ before }) => {
      if (before === undefined || before.prose || (before.weight < 0.15 && before.tokens.length < 2)) return false;
      // The name of what the user asked about is said anyway.
      if (outcome !== 'failure' && namesThing(before.key) && supply.of(before)?.fromContext === true) return false;
      const value = ` ${before.norm} `;
      return !knownAgain.includes(value) && texts.some((text) => text.includes(value));
    });
    if (isSaid || outcome !== 'failure') return isSaid;
    const known = `${knownAgain}${normalForm(textOf(first.arguments))} `;
    const failure = tokenize(textOf(first.result?.content)).map((token) => token.norm);
    const telling = new Set(failure.filter((norm) => distinctiveness(norm) > 0 && !known.includes(` ${norm} `)));
    return texts.some((text) => tellsTogether(text.split(' '), telling));
  };
}

/** Within so many words a sentence is told. */
const SENTENCE_WORDS = 12;

/** Two and more of the words close together. */
function tellsTogether(text: readonly string[], words: ReadonlySet<string>): boolean {
  const at = text.flatMap((norm, i) => (words.has(norm) ? [i] : []));
  return at.some((from, i) => {
    const near = new Set(at.slice(i, i + SENTENCE_WORDS).flatMap((to) => (to < from + SENTENCE_WORDS ? [text[to] as string] : [])));
    return near.size >= 2 && [...near].reduce((sum, norm) => sum + distinctiveness(norm), 0) >= TELLS;
  });
}

function isGuessCorrected({ before, after, learned }: Correction, first: ToolCall, outcome: Outcome, supply: SupplyIndex): boolean {
  if (learned === undefined || before === undefined || before.prose || after.prose) return false;
  // Where nothing was found under a name that is known, the identifier learned since is what should have been asked.
  const isNameForId = outcome === 'empty' && namesThing(before.key) && after.weight >= 1 && before.weight < after.weight;
  if (supply.isGrounded(before) && !before.placeholder && !isNameForId) return false;
  // What the first call's own answer taught is a use of that answer.
  const others = learned.results.filter((offer) => offer.call !== first);
  if (others.length === 0) return false;
  const fromSameField = others.some((offer) => isRelatedField(before.key, offer.path, offer.key));
  if (namesThing(before.key)) return before.placeholder || fromSameField || after.weight >= 1;
  // The sibling that was asked along had the very field.
  const fromSibling = others.some((offer) => offer.call.turn === first.turn && isSameField(before.key, offer.path, offer.key));
  if (fromSibling && after.call.turn === first.fedTurn && typeof before.value === 'string' && after.weight > 0) return true;
  // Elsewhere (a filter, a date, an amount) two values are two questions, unless the second identifies something.
  return (
    (before.placeholder || fromSameField) &&
    after.weight >= IDENTIFIES &&
    !after.tokens.every((token) => /^[@#]|^\d{1,3}$/u.test(token.norm))
  );
}

function compare(
  first: ToolCall,
  again: ToolCall,
  supply: SupplyIndex,
): { corrections: Correction[]; sharedValues: number; changedCount: number } {
  const before = new Map(argumentsOf(first).map((argument) => [argument.path, argument]));
  const inOwnArguments = ({ tokens, norm }: Argument): boolean =>
    tokens.length > 0 && ` ${normalForm(canonicalJson(first.arguments ?? null))} `.includes(` ${norm} `);
  const corrections: Correction[] = [];
  let sharedValues = 0;
  let changedCount = 0;
  for (const after of argumentsOf(again)) {
    const was = before.get(after.path);
    before.delete(after.path);
    if (was !== undefined && was.norm === after.norm) {
      if (!after.prose && after.weight >= 0.3) sharedValues += 1;
      continue;
    }
    if (after.prose && (was === undefined || was.prose)) continue;
    changedCount += 1;
    const given = supply.of(after);
    const isNew = given !== undefined && !given.fromContext && given.turn > first.turn && given.turn <= again.turn;
    corrections.push({ path: after.path, before: was, after, learned: isNew && !inOwnArguments(after) ? given : undefined });
  }
  for (const gone of before.values()) if (!gone.prose) changedCount += 1;
  return { corrections, sharedValues, changedCount };
}
