import type { Run, ToolCall } from '../src/model/run.ts';
import { argumentsOf, isWordSlug, type Argument } from '../src/provenance/arguments.ts';
import { isCheck } from '../src/provenance/effect.ts';
import { isRelatedField, isSameField, namesThing } from '../src/provenance/fields.ts';
import type { Facts } from '../src/provenance/facts.ts';
import { keyWords } from '../src/provenance/leaves.ts';
import { resultLeaves, type ResultLeaf } from '../src/provenance/results.ts';
import { normalForm } from '../src/text/tokens.ts';
import { distinctiveness } from '../src/provenance/distinct.ts';

/** A sibling that a call should have waited for, and what shows it. */
export interface Dependence {
  call: ToolCall;
  on: ToolCall;
  confidence: number;
  /** The argument that was guessed, and where the sibling's result holds the right value; absent for a write that a check decides. */
  argument?: Argument;
  value?: string;
  path?: string;
  how: 'corrected' | 'same-field' | 'decided';
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
      const dependences = corrected(call, siblings, facts) ?? sameField(call, siblings, facts) ?? decided(call, siblings, facts);
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

/**
 * An argument that nothing supplied, under a name that a sibling's result has another value for. Without a
 * corrected re-issue only a call that failed, a stand-in value, or a write is certain enough.
 */
function sameField(call: ToolCall, siblings: readonly ToolCall[], facts: Facts): Dependence[] | undefined {
  const failed = facts.outcome(call) === 'failure' || facts.outcome(call) === 'empty';
  const found: Dependence[] = [];
  for (const argument of argumentsOf(call)) {
    if (argument.prose || typeof argument.value !== 'string' || !namesOneField(argument.key)) continue;
    if (facts.supply.isGrounded(argument) && !argument.placeholder) continue;
    // A tool that answers to `current` or `me` knows what it means.
    if (!argument.standIn && !failed && (argument.placeholder || facts.effect(call) !== 'write')) continue;
    if (!argument.placeholder && argument.weight < 0.6 && !isWordSlug(argument)) continue;
    const guess = normalForm(argument.text);
    for (const sibling of siblings) {
      if (facts.outcome(sibling) !== 'answer') continue;
      const leaves = resultLeaves(sibling);
      // A value that the sibling's result holds too was known from somewhere.
      if (leaves.some(({ norm }) => norm === guess)) continue;
      const asked = new Set(argumentsOf(sibling).map((own) => normalForm(own.text)));
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
  return unique(found);
}

/** `slot_id` says which id; a bare `id` is any. */
const namesOneField = (key: string): boolean => namesThing(key) && keyWords(key).includes(' ');

/** A write beside the check of the same thing. */
function decided(call: ToolCall, siblings: readonly ToolCall[], facts: Facts): Dependence[] | undefined {
  if (facts.effect(call) !== 'write') return undefined;
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
    .map((argument) => normalForm(argument.text));

const identifies = ({ text, tokens }: ResultLeaf): boolean =>
  text.length <= 80 && tokens.reduce((sum, token) => sum + distinctiveness(token.norm), 0) >= 0.6;

function unique(list: Dependence[]): Dependence[] | undefined {
  const bySibling = new Map<ToolCall, Dependence>();
  for (const dependence of list) if (!bySibling.has(dependence.on)) bySibling.set(dependence.on, dependence);
  return bySibling.size === 0 ? undefined : [...bySibling.values()];
}
