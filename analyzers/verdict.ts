import type { Run, ToolCall } from '../src/model/run.ts';
import { argumentsOf } from '../src/provenance/arguments.ts';
import { distinctiveness } from '../src/provenance/distinct.ts';
import { isCheck, isManifold } from '../src/provenance/effect.ts';
import { namesThing } from '../src/provenance/fields.ts';
import type { Facts } from '../src/provenance/facts.ts';
import { resultLeaves } from '../src/provenance/results.ts';
import { isClock } from './answers.ts';

export type WasteKind = 'dropped' | 'superseded' | 'duplicate' | 'unused';

/** What became of a call. */
export interface Verdict {
  verdict: 'used' | 'wasted' | 'unknown';
  wasted: WasteKind | null;
  /** 0..1, of the verdict. */
  confidence: number;
  /** The call that took this one's place or already held its answer. */
  instead?: ToolCall;
  /** Why, in words that follow "because". */
  because: string;
}

/** Credit from which a result counts as used. */
export const PROOF = 1;
/** And below which nothing in it was. */
const TRACE = 0.3;
/** What a result and the rest of the run share by chance, at most. */
const ECHO = 0.2;
const ECHO_SHARE = 0.06;
const ECHO_AT_MOST = 0.35;
/** From how much on a result is content and not an acknowledgement: a value that identifies and a few telling words. */
const SUBSTANCE = 1.5;
/** A little content that is answered by nothing at all is still telling when it is more than a yes or no. */
const A_LITTLE = 0.4;
const A_RECORD = 1.2;
const A_DOCUMENT = 3;
/** A long text, and the share of it that any answer on its subject has in common with it. */
const LONG = 4;
const CHANCE = 0.16;
/** Share of a result already held from which it adds nothing. */
const HELD = 0.95;
const MOSTLY_HELD = 0.6;

export function verdictsOf(run: Run, facts: Facts): Map<ToolCall, Verdict> {
  const after = aftermathOf(run, facts);
  return new Map(run.calls.map((call) => [call, judge(call, run, facts, after)]));
}

/** What of the run comes last, so that "did anything follow" needs no search. */
interface Aftermath {
  /** The last turn that was recorded and kept, and the last of them that spoke to the user. */
  lastHeard: number;
  lastText: number;
  /** The last turn that was not recorded whole, and the last of them that may have said something nobody knows. */
  lastUnknown: number;
  lastUnheard: number;
  writeTurns: number[];
  maybeWriteTurns: number[];
}

function aftermathOf(run: Run, facts: Facts): Aftermath {
  const heard = run.turns.filter((turn) => turn.captured && turn.kept && (turn.text.length > 0 || turn.calls.length > 0));
  const unrecorded = run.turns.filter((turn) => !turn.captured && turn.kept);
  const answered = run.calls.filter((call) => facts.outcome(call) === 'answer');
  return {
    lastHeard: heard.at(-1)?.index ?? -1,
    lastText: heard.findLast((turn) => turn.text.length > 0)?.index ?? -1,
    lastUnknown: unrecorded.at(-1)?.index ?? -1,
    lastUnheard: unrecorded.findLast((turn) => turn.text.length === 0)?.index ?? -1,
    writeTurns: answered.filter((call) => facts.effect(call) === 'write').map((call) => call.turn),
    // A tool whose name does not tell may have written.
    maybeWriteTurns: answered.filter((call) => facts.effect(call) !== 'read').map((call) => call.turn),
  };
}

function judge(call: ToolCall, run: Run, facts: Facts, after: Aftermath): Verdict {
  if (call.speculative) return unknown('it was speculative on purpose');
  if (call.origin === 'program') return unknown('its result went to a program, not to the model');
  if (call.pending) return unknown('its result may still come');
  if (call.fedTurn === undefined) return withoutFeed(call, run, after);
  if (after.lastHeard < call.fedTurn) return unknown('nothing after its result was recorded');
  if (call.result?.content === undefined && call.result?.error !== true) return unknown('its result was not recorded');

  const reissue = facts.reissues.get(call);
  if (reissue !== undefined) {
    return reissue.because === 'failed'
      ? wasted('superseded', 0.9, 'it failed and was issued again', reissue.again)
      : wasted('superseded', 0.85, 'it answered a guess and was issued again with the right value', reissue.again);
  }
  const original = facts.duplicates.get(call);
  if (original !== undefined) return wasted('duplicate', 0.85, 'the same call had been answered and nothing could have changed', original);
  const { score: credit = 0, uses = [] } = facts.credits.get(call) ?? {};
  if (credit >= PROOF) {
    // A value that a sibling offered too may have come from there.
    const isShared = uses.every((use) => use.shared);
    return used(isShared ? 0.55 : Math.min(0.95, 0.6 + credit / 10), 'values of its result are used later');
  }
  return weigh(call, run, facts, credit, after);
}

/** No result in any later input. */
function withoutFeed(call: ToolCall, run: Run, after: Aftermath): Verdict {
  if (call.origin === 'server') return unknown('the provider ran it');
  const turn = run.turns[call.turn];
  if (turn?.kept === false) return wasted('dropped', 0.85, 'the answer that asked for it was thrown away');
  if (after.lastHeard <= call.turn) return unknown('the trace ends before anything could have used it');
  // Where the history was summarised, the result may have gone into the summary.
  if (turn?.repeated !== true) return unknown('the history was rewritten before its result was seen');
  if (after.lastUnknown > call.turn) return unknown('what a later request held was not recorded');
  return wasted('dropped', 0.9, 'its result never reached the model');
}

/** Weak or no credit: does the result add anything, and does it decide something by itself? */
function weigh(call: ToolCall, run: Run, facts: Facts, credit: number, after: Aftermath): Verdict {
  const outcome = facts.outcome(call);
  if (outcome === 'failure') return used(0.6, 'the agent reacts to its failure');
  if (outcome === 'empty') {
    return facts.passedOver.has(call)
      ? wasted('unused', 0.6, 'there was nothing, and nobody speaks of it or acts on it')
      : used(0.6, 'the agent reacts to there being nothing');
  }
  const isTold = after.lastText >= (call.fedTurn ?? Infinity);
  if (facts.effect(call) === 'write') {
    return isTold ? used(0.7, 'a write that was acknowledged') : unknown('the trace ends before the write was reported');
  }
  if (call.origin === 'server') return unknown('the provider ran it');
  const redundancy = facts.redundancy.get(call);
  if (redundancy?.changed === true) return used(0.6, 'the same call says something else now');
  const substance = redundancy?.substance ?? 0;
  const holder = redundancy?.heldBy[0];
  if (redundancy !== undefined && holder !== undefined && substance >= SUBSTANCE) {
    const isBetween = (turn: number): boolean => turn >= holder.turn && turn < call.turn;
    if (redundancy.covered >= HELD && !after.writeTurns.some(isBetween))
      return wasted('unused', 0.85, 'everything in its result was already held', holder);
    if (redundancy.covered >= MOSTLY_HELD && credit < TRACE && !after.maybeWriteTurns.some(isBetween) && !isRuledOut(call, run, facts)) {
      return wasted('unused', 0.7, 'most of its result was already held, and nothing of the rest is used', holder);
    }
  }
  if (!isTold) return unknown('the agent never answered after it');
  const { echo = 0, cited = false } = facts.credits.get(call) ?? {};
  // A tool of unknown effect may have done something; then only a document is sure to have been a look.
  const enough = facts.effect(call) === 'read' ? A_LITTLE : isManifold(call.name) ? A_DOCUMENT : A_RECORD;
  const isTelling = (): boolean =>
    substance >= enough && !isCheck(call.name) && tellsMoreThanYesOrNo(call) && !isClock(call) && !isMeasured(call);
  // What the model asked for alone decides its next step; what it asked for among others may decide nothing.
  const isApart = credit < TRACE && echo < Math.min(ECHO_AT_MOST, Math.max(ECHO, ECHO_SHARE * substance));
  if (call.batchSize > 1 && !cited && (isApart || isForeign(call, substance, credit, echo, after)) && isTelling()) {
    if (isRuledOut(call, run, facts)) return used(0.5, 'it was compared with the like of it');
    if (isActedUpon(call, run, facts)) return used(0.5, 'a write on the same thing followed at once');
    if (facts.reckoned.has(call)) return used(0.55, 'its numbers went into a sum');
    if (after.lastUnheard >= (call.fedTurn ?? 0)) return unknown('what was said after it was not all recorded');
    if (isAnswerMissing(call, run)) return unknown('what was said in answer to its result was not recorded');
    return wasted('unused', substance >= SUBSTANCE ? 0.7 : 0.6, 'nothing in its result is ever used');
  }
  return used(0.5, 'its result fits what follows');
}

/**
 * Between a result and the next word of the user the agent says something; and where the input of a turn is not known,
 * the result may have entered there, before the request that shows it.
 */
function isAnswerMissing(call: ToolCall, run: Run): boolean {
  const { fedTurn = call.turn } = call;
  const isInterrupted = run.turns[fedTurn]?.context.some(({ kind }) => kind === 'user') === true;
  return isInterrupted || run.turns.slice(0, fedTurn).some((turn) => turn.kept && !turn.captured);
}

/**
 * A long text shares a few words with any answer on its subject. Where no write was made that it could have decided,
 * so small a share of it is chance.
 */
function isForeign(call: ToolCall, substance: number, credit: number, echo: number, after: Aftermath): boolean {
  if (substance < LONG || credit >= 2 * TRACE || credit + echo > CHANCE * substance) return false;
  return (
    resultLeaves(call).some(({ text }) => text.length > DOCUMENT) && !after.maybeWriteTurns.some((turn) => turn >= (call.fedTurn ?? 0))
  );
}

/**
 * Looked up beside records of the same shape: where one of them was chosen, this one was ruled out, which is a use;
 * and of three or more, what they come to together (a count, a sum, the longest) may have been used without a word.
 */
function isRuledOut(call: ToolCall, run: Run, facts: Facts): boolean {
  const keys = recordKeys(call);
  if (keys.size === 0) return false;
  const alike = (run.turns[call.turn]?.calls ?? []).filter((other) => {
    if (other === call || other.name !== call.name) return false;
    const shared = [...recordKeys(other)].filter((key) => keys.has(key)).length;
    return shared >= keys.size / 2;
  });
  return alike.length >= 2 || alike.some((other) => (facts.credits.get(other)?.score ?? 0) >= TRACE);
}

/** What was looked at is what the model goes on to change. */
function isActedUpon(call: ToolCall, run: Run, facts: Facts): boolean {
  const subjects = new Set(argumentsOf(call).flatMap(({ norm, prose }) => (prose ? [] : [norm])));
  return (run.turns[call.fedTurn ?? -1]?.calls ?? []).some(
    (later) => facts.effect(later) === 'write' && argumentsOf(later).some(({ norm, prose }) => !prose && subjects.has(norm)),
  );
}

/** The keys of a record, or that it is a short text; none for documents, whose values are long texts. */
function recordKeys(call: ToolCall): Set<string> {
  const leaves = resultLeaves(call);
  return new Set(leaves.some(({ text }) => text.length > DOCUMENT) ? [] : leaves.map(({ leaf }) => leaf.key));
}

/** Characters from which a value is a document and not a field of a record. */
const DOCUMENT = 200;

/** A single value obeyed in silence leaves no trace; two and more do not vanish so easily. */
function tellsMoreThanYesOrNo(call: ToolCall): boolean {
  const own = new Set(argumentsOf(call).map(({ norm }) => norm));
  const telling = resultLeaves(call).filter(({ leaf, norm }) => leaf.value !== null && typeof leaf.value !== 'boolean' && !own.has(norm));
  return telling.length >= 2 || telling.some(({ tokens }) => tokens.filter(({ norm }) => distinctiveness(norm) > 0).length >= 3);
}

/** Numbers alone are seldom quoted: what they come to ("back to normal", "hot") is said in words. */
function isMeasured(call: ToolCall): boolean {
  const leaves = resultLeaves(call).filter(({ text }) => text !== '');
  const [only, ...others] = leaves;
  if (only !== undefined && others.length === 0) {
    // As lines of a log or a table of numbers.
    const figures = only.tokens.filter(({ norm }) => /\p{Nd}/u.test(norm)).length;
    return figures >= 6 && figures >= only.tokens.length * 0.6;
  }
  const numbers = leaves.filter(({ leaf, text }) => !namesThing(leaf.key) && /^-?\d+(?:[.,]\d+)?%?$/u.test(text));
  return numbers.length >= 2 && numbers.length >= (numbers.length >= 4 ? leaves.length / 2 : leaves.length);
}

const used = (confidence: number, because: string): Verdict => ({ verdict: 'used', wasted: null, confidence, because });
const unknown = (because: string): Verdict => ({ verdict: 'unknown', wasted: null, confidence: 0.5, because });
const wasted = (kind: WasteKind, confidence: number, because: string, instead?: ToolCall): Verdict => ({
  verdict: 'wasted',
  wasted: kind,
  confidence,
  because,
  ...(instead !== undefined && { instead }),
});
