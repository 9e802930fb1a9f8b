import type { Run, ToolCall } from '../src/model/run.ts';
import { Argument, argumentsOf, isWordSlug } from '../src/provenance/arguments.ts';
import { learnedNames } from '../src/provenance/code.ts';
import { isCheck, isUndoingVerb, nounsOf } from '../src/provenance/effect.ts';
import { isRelatedField, isSameField, namesThing } from '../src/provenance/fields.ts';
import type { Facts } from '../src/provenance/facts.ts';
import { keyWords } from '../src/provenance/leaves.ts';
import type { LearnedEdge } from '../src/provenance/learned.ts';
import { resultLeaves, type ResultLeaf } from '../src/provenance/results.ts';
import { normalForm, tokenize } from '../src/text/tokens.ts';
import { distinctiveness } from '../src/provenance/distinct.ts';
import { fed } from './fed.ts';

/** A sibling that a call should have waited for, and what shows it. */
export interface Dependence {
  call: ToolCall;
  on: ToolCall;
  confidence: number;
  /** The argument that was guessed, and where the sibling's result holds the right value; absent for a write that a check decides. */
  argument?: Argument;
  value?: string;
  path?: string;
  how: 'corrected' | 'same-field' | 'fed' | 'decided';
  /** Where the argument's value comes from in other runs. */
  learned?: LearnedEdge;
  /** The instruction by which the call had to wait, where one says so. */
  instruction?: string;
  /** The corrected call, where there is one. */
  again?: ToolCall;
}

export function dependencesOf(run: Run, facts: Facts): Map<ToolCall, Dependence[]> {
  const found = new Map<ToolCall, Dependence[]>();
  for (const turn of run.turns) {
    if (!turn.captured) continue;
    for (const call of turn.calls) {
      if (call.batchSize < 2 || call.origin !== 'model' || call.speculative) continue;
      const siblings = turn.calls.filter((other) => other !== call && other.origin === 'model' && other.choice === call.choice);
      const dependences =
        corrected(call, siblings, facts) ??
        renamed(call, siblings, facts) ??
        amended(call, siblings, facts) ??
        unique([...fed(call, siblings, facts), ...sameField(call, siblings, facts)]) ??
        decided(call, siblings, facts);
      if (dependences !== undefined) found.set(call, dependences);
    }
  }
  // Two calls cannot wait for each other: what shows more stays.
  for (const [call, list] of found) {
    for (const dependence of list) {
      const back = found.get(dependence.on)?.find((other) => other.on === call);
      if (back !== undefined && back.confidence < dependence.confidence) found.delete(dependence.on);
    }
  }
  return found;
}

/** Issued again with a value that a sibling's result gave. */
function corrected(call: ToolCall, siblings: readonly ToolCall[], facts: Facts): Dependence[] | undefined {
  const reissue = facts.reissues.get(call);
  if (reissue === undefined) return undefined;
  const offered = reissue.corrections.filter((correction) => correction.learned !== undefined && !correction.after.prose);
  const found = offered.flatMap(({ before, after, learned }): Dependence[] => {
    if (learned === undefined || after.prose) return [];
    const offers = learned.results.filter((offer) => siblings.includes(offer.call));
    if (offers.length === 0 || learned.results.some((offer) => offer.call.turn < call.turn)) return [];
    const best = offers.find((offer) => isRelatedField(after.key, offer.path, offer.key)) ?? offers[0];
    if (best === undefined) return [];
    // Words that prove little one by one prove enough together.
    const proof = offered
      .filter((other) => other.learned === learned || other.learned?.turn === learned.turn)
      .reduce((sum, other) => sum + other.after.weight, 0);
    if (!isRelatedField(after.key, best.path, best.key) && proof < 0.6) return [];
    return [
      {
        call,
        on: best.call,
        confidence: 0.9,
        argument: before ?? after,
        value: after.text,
        path: best.path,
        how: 'corrected',
        again: reissue.again,
      },
    ];
  });
  return unique(found);
}

/** A query or command that failed over a name, and has the names that a sibling's result taught the second time. */
function renamed(call: ToolCall, siblings: readonly ToolCall[], facts: Facts): Dependence[] | undefined {
  const reissue = facts.reissues.get(call);
  if (reissue?.because !== 'failed') return undefined;
  const found = learnedNames(call, reissue.again, facts.supply).flatMap(({ argument, name, offers, blamed }): Dependence[] => {
    const offer = offers.find((candidate) => siblings.includes(candidate.call));
    if (offer === undefined) return [];
    const guess = argumentsOf(call).find(({ path }) => path === argument.path) ?? argument;
    const guessed = new Argument(call, guess, blamed);
    return [
      { call, on: offer.call, confidence: 0.8, argument: guessed, value: name, path: offer.path, how: 'corrected', again: reissue.again },
    ];
  });
  return unique(found);
}

/** A write on a guess that went through and was put right, or taken back, once the sibling's result was seen. */
function amended(call: ToolCall, siblings: readonly ToolCall[], facts: Facts): Dependence[] | undefined {
  const amendment = facts.amendments.get(call);
  if (amendment === undefined) return undefined;
  const { later, corrections } = amendment;
  const found = corrections.flatMap(({ before, after, learned }): Dependence[] => {
    const offer = learned.results.find((candidate) => siblings.includes(candidate.call));
    if (offer === undefined) return [];
    return [
      { call, on: offer.call, confidence: 0.8, argument: before, value: after.text, path: offer.path, how: 'corrected', again: later },
    ];
  });
  if (found.length > 0 || !isUndoingVerb(later.name)) return unique(found);
  return unique(
    siblings
      .filter((sibling) => facts.effect(sibling) !== 'write' && isReasonFor(sibling, later, facts))
      .map((on): Dependence => ({ call, on, confidence: 0.75, how: 'decided', again: later })),
  );
}

/** Taken back for what the sibling told: the reason names a value of its result, or what it looked at. */
function isReasonFor(sibling: ToolCall, later: ToolCall, facts: Facts): boolean {
  const reasons = argumentsOf(later).filter(({ tokens }) => tokens.length > 1);
  const values = reasons.flatMap(({ text }) => [...text.matchAll(/\S*\p{Nd}\S*/gu)].map(([word]) => tokenize(word)));
  if (values.some((tokens) => facts.supply.ofWords(tokens)?.results.some((offer) => offer.call === sibling))) return true;
  const words = new Set(reasons.filter(({ prose }) => prose).flatMap(({ tokens }) => tokens.map(({ norm }) => norm)));
  return nounsOf(sibling.name).some((noun) => words.has(normalForm(noun)));
}

/**
 * An argument that nothing supplied, under a name that a sibling's result has another value for. Without a
 * corrected re-issue only a call that failed, a stand-in value, or a write is certain enough.
 */
function sameField(call: ToolCall, siblings: readonly ToolCall[], facts: Facts): Dependence[] {
  const failed = facts.outcome(call) === 'failure' || facts.outcome(call) === 'empty';
  const found: Dependence[] = [];
  for (const argument of argumentsOf(call)) {
    if (argument.prose || typeof argument.value !== 'string' || !namesOneField(argument.key)) continue;
    if ((facts.supply.isGrounded(argument) || facts.supply.isOffered(argument)) && !argument.placeholder) continue;
    // A tool that answers to `current` or `me` knows what it means.
    if (!argument.standIn && !failed && (argument.placeholder || facts.effect(call) !== 'write')) continue;
    if (!argument.placeholder && argument.weight < 0.6 && !isWordSlug(argument)) continue;
    const guess = argument.norm;
    for (const sibling of siblings) {
      if (facts.outcome(sibling) !== 'answer') continue;
      const leaves = resultLeaves(sibling);
      // A value that the sibling's result holds too was known from somewhere.
      if (leaves.some(({ norm }) => norm === guess)) continue;
      const asked = new Set(argumentsOf(sibling).map(({ norm }) => norm));
      const leaf = leaves.find(
        (candidate) =>
          isSameField(argument.key, candidate.leaf.path, candidate.leaf.key) && identifies(candidate) && !asked.has(candidate.norm),
      );
      if (leaf === undefined) continue;
      const confidence = argument.placeholder ? 0.85 : failed ? 0.8 : 0.7;
      found.push({ call, on: sibling, confidence, argument, value: leaf.text, path: leaf.leaf.path, how: 'same-field' });
      break;
    }
  }
  return found;
}

/** `slot_id` says which id; a bare `id` is any. */
const namesOneField = (key: string): boolean => namesThing(key) && keyWords(key).includes(' ');

/** A write beside the check of the same thing, or beside the look that the instructions put before it. */
function decided(call: ToolCall, siblings: readonly ToolCall[], facts: Facts): Dependence[] | undefined {
  if (facts.effect(call) !== 'write') return undefined;
  const gated = siblings.flatMap((on): Dependence[] => {
    const instruction = facts.effect(on) === 'write' ? undefined : facts.instructions.gate(call, on);
    return instruction === undefined ? [] : [{ call, on, confidence: 0.7, how: 'decided', instruction }];
  });
  if (gated.length > 0) return unique(gated);
  const own = new Set(subjects(call));
  if (own.size === 0) return undefined;
  const found = siblings.flatMap((sibling): Dependence[] => {
    if (facts.effect(sibling) === 'write' || !isCheck(sibling.name)) return [];
    const asked = subjects(sibling);
    if (asked.length === 0 || !asked.every((value) => own.has(value))) return [];
    return [{ call, on: sibling, confidence: 0.65, how: 'decided' }];
  });
  return unique(found);
}

const subjects = (call: ToolCall): string[] =>
  argumentsOf(call)
    .filter((argument) => !argument.prose && argument.weight >= 0.6)
    .map(({ norm }) => norm);

const identifies = ({ text, tokens }: ResultLeaf): boolean =>
  text.length <= 80 && tokens.reduce((sum, token) => sum + distinctiveness(token.norm), 0) >= 0.6;

function unique(list: Dependence[]): Dependence[] | undefined {
  const bySibling = new Map<ToolCall, Dependence>();
  for (const dependence of list) if (!bySibling.has(dependence.on)) bySibling.set(dependence.on, dependence);
  return bySibling.size === 0 ? undefined : [...bySibling.values()];
}
