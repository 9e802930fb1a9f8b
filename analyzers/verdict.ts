import type { Run, ToolCall, Turn } from '../src/model/run.ts';
import type { Facts } from '../src/provenance/facts.ts';
import { normalForm } from '../src/provenance/tokens.ts';

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

/** Credit from which a result counts as used, and below which nothing in it was. */
const PROOF = 1;
const TRACE = 0.3;
/** A result says something when it holds at least one value that identifies, or a few telling words. */
const SUBSTANCE = 1.5;
/** Share of a result already held from which it adds nothing. */
const HELD = 0.95;

export function verdictsOf(run: Run, facts: Facts): Map<ToolCall, Verdict> {
  const writeTurns = run.calls.filter((call) => facts.effect(call) === 'write' && facts.outcome(call) === 'answer').map((call) => call.turn);
  return new Map(run.calls.map((call) => [call, judge(call, run, facts, writeTurns)]));
}

function judge(call: ToolCall, run: Run, facts: Facts, writeTurns: readonly number[]): Verdict {
  if (call.speculative) return unknown('it was speculative on purpose');
  if (call.origin === 'program') return unknown('its result went to a program, not to the model');
  if (call.pending) return unknown('its result may still come');
  if (call.fedTurn === undefined) return withoutFeed(call, run);
  const later = run.turns.slice(call.fedTurn).filter((turn) => turn.kept);
  if (later.length === 0 || later.every((turn) => !turn.captured)) return unknown('nothing after its result was recorded');
  if (call.result?.content === undefined && call.result?.error !== true) return unknown('its result was not recorded');

  const reissue = facts.reissues.get(call);
  if (reissue !== undefined) {
    const confidence = reissue.because === 'failed' ? 0.9 : 0.85;
    return { ...wasted('superseded', confidence, reissue.because === 'failed' ? 'it failed and was issued again' : 'it answered a guess and was issued again with the right value'), instead: reissue.again };
  }
  const original = facts.duplicates.get(call);
  if (original !== undefined) {
    return { ...wasted('duplicate', 0.85, 'the same call had been answered and nothing could have changed'), instead: original };
  }
  const credit = facts.credits.get(call)?.score ?? 0;
  if (credit >= PROOF) return used(Math.min(0.95, 0.6 + credit / 10), 'values of its result are used later');
  return weigh(call, run, facts, credit, writeTurns, later);
}

/** No result in any later input. */
function withoutFeed(call: ToolCall, run: Run): Verdict {
  const later = run.turns.slice(call.turn + 1);
  const turn = run.turns[call.turn];
  const thrownAway = turn !== undefined && !turn.kept;
  if (call.origin === 'server') return unknown('the provider ran it');
  const wentOn = later.some((next) => next.captured && next.kept && hasInput(next));
  if (thrownAway || wentOn) {
    return wasted('dropped', thrownAway ? 0.85 : 0.9, thrownAway ? 'the answer that asked for it was thrown away' : 'its result never reached the model');
  }
  return unknown('the trace ends before anything could have used it');
}

const hasInput = (turn: Turn): boolean => turn.text.length > 0 || turn.calls.length > 0 || turn.fed.length > 0;

/** Weak or no credit: does the result add anything, and does it decide something by itself? */
function weigh(call: ToolCall, run: Run, facts: Facts, credit: number, writeTurns: readonly number[], later: readonly Turn[]): Verdict {
  const outcome = facts.outcome(call);
  if (outcome === 'failure') return used(0.6, 'the agent reacts to its failure');
  if (outcome === 'empty') return used(0.6, 'the agent reacts to there being nothing');
  if (facts.effect(call) === 'write') {
    const told = later.some((turn) => turn.text.length > 0);
    return told ? used(0.7, 'a write that was acknowledged') : unknown('the trace ends before the write was reported');
  }
  if (call.origin === 'server') return unknown('the provider ran it');
  const redundancy = facts.redundancy.get(call);
  const substance = redundancy?.substance ?? 0;
  const holder = redundancy?.heldBy[0];
  if (redundancy !== undefined && holder !== undefined && substance >= SUBSTANCE) {
    const wroteBetween = writeTurns.some((turn) => turn >= holder.turn && turn < call.turn);
    const newShare = 1 - redundancy.covered;
    if (!wroteBetween && redundancy.covered >= HELD) {
      return { ...wasted('unused', 0.85, 'everything in its result was already held'), instead: holder };
    }
    if (!wroteBetween && redundancy.covered >= 0.5 && credit < TRACE + 0.3 * newShare) {
      return { ...wasted('unused', 0.7, 'most of its result was already held, and nothing of the rest is used'), instead: holder };
    }
  }
  const goesOn = later.some((turn) => turn.text.length > 0);
  if (!goesOn) return unknown('the agent never answered after it');
  // What the model asked for alone decides its next step; what it asked for among others may decide nothing.
  if (call.batchSize > 1 && substance >= SUBSTANCE && credit < TRACE && !isCited(call, run, facts)) {
    return wasted('unused', substance >= 4 ? 0.7 : 0.6, 'nothing in its result is ever used');
  }
  return used(0.5, 'its result fits what follows');
}

/** True when something later names the very thing the call asked about: a page cited, a record passed on. */
function isCited(call: ToolCall, run: Run, facts: Facts): boolean {
  const subjects = facts.supply.argumentsOf(call).filter((argument) => !argument.prose && argument.weight >= 1);
  if (subjects.length === 0) return false;
  const forms = subjects.map((argument) => ` ${normalForm(argument.text)} `);
  return run.turns.slice(call.fedTurn).some((turn) => {
    const said = [...turn.text, ...turn.calls.flatMap((other) => facts.supply.argumentsOf(other).map((argument) => argument.text))];
    return said.some((text) => forms.some((form) => ` ${normalForm(text)} `.includes(form)));
  });
}

const used = (confidence: number, because: string): Verdict => ({ verdict: 'used', wasted: null, confidence, because });
const unknown = (because: string): Verdict => ({ verdict: 'unknown', wasted: null, confidence: 0.5, because });
const wasted = (kind: WasteKind, confidence: number, because: string): Verdict => ({ verdict: 'wasted', wasted: kind, confidence, because });
