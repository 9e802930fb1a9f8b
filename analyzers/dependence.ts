import type { Run, ToolCall } from '../src/model/run.ts';
import { namesThing, type Argument } from '../src/provenance/arguments.ts';
import { isCheck } from '../src/provenance/effect.ts';
import type { Facts } from '../src/provenance/facts.ts';
import { keyWords, leafText, leavesOf } from '../src/provenance/leaves.ts';
import { normalForm, tokenize } from '../src/provenance/tokens.ts';
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
    const best = offers.find((offer) => sameFieldName(offer.key, after.key)) ?? offers[0];
    if (best === undefined) return [];
    // Words that prove little one by one prove enough together.
    const proof = offered.filter((other) => other.learned === learned || other.learned?.turn === learned.turn).reduce((sum, other) => sum + other.after.weight, 0);
    if (!sameFieldName(best.key, after.key) && proof < 0.6) return [];
    return [{ call, on: best.call, confidence: 0.9, argument: before ?? after, value: after.text, path: best.path, how: 'corrected', again: reissue.again }];
  });
  return unique(found);
}

/** An argument that nothing supplied, under a name that a sibling's result has a value for. */
function sameField(call: ToolCall, siblings: readonly ToolCall[], facts: Facts): Dependence[] | undefined {
  const found: Dependence[] = [];
  for (const argument of facts.supply.argumentsOf(call)) {
    if (argument.prose || argument.value === null || typeof argument.value === 'boolean' || facts.supply.isGrounded(argument)) continue;
    if (!argument.placeholder && !(namesThing(argument.key) && argument.weight >= 0.6)) continue;
    for (const sibling of siblings) {
      const leaf = leavesOf(sibling.result?.content).find(
        (candidate) =>
          sameFieldName(candidate.key, argument.key) && typeof candidate.value !== 'boolean' && identifies(leafText(candidate)),
      );
      if (leaf === undefined || facts.outcome(sibling) !== 'answer') continue;
      const value = leafText(leaf);
      // The sibling was asked about the very same value: it tells nothing new.
      if (facts.supply.argumentsOf(sibling).some((own) => normalForm(own.text) === normalForm(value))) continue;
      const failed = facts.outcome(call) === 'failure' || facts.outcome(call) === 'empty';
      const confidence = argument.placeholder ? 0.85 : failed ? 0.8 : 0.7;
      found.push({ call, on: sibling, confidence, argument, value, path: leaf.path, how: 'same-field' });
      break;
    }
  }
  return unique(found);
}

/** A write beside the check of the same thing. */
function decided(call: ToolCall, siblings: readonly ToolCall[], facts: Facts): Dependence[] | undefined {
  if (facts.effect(call) !== 'write') return undefined;
  const own = new Set(subjects(call, facts));
  if (own.size === 0) return undefined;
  const found = siblings.flatMap((sibling): Dependence[] => {
    if (facts.effect(sibling) === 'write' || !isCheck(sibling.name)) return [];
    const asked = subjects(sibling, facts);
    if (asked.length === 0 || !asked.every((value) => own.has(value))) return [];
    return [{ call, on: sibling, confidence: 0.65, how: 'decided' }];
  });
  return unique(found);
}

const subjects = (call: ToolCall, facts: Facts): string[] =>
  facts.supply
    .argumentsOf(call)
    .filter((argument) => !argument.prose && argument.weight >= 0.6)
    .map((argument) => normalForm(argument.text));

const identifies = (text: string): boolean =>
  text.length <= 80 && tokenize(text).reduce((sum, token) => sum + distinctiveness(token.norm), 0) >= 0.6;

function sameFieldName(a: string, b: string): boolean {
  return a !== '' && keyWords(a) === keyWords(b);
}

function unique(list: Dependence[]): Dependence[] | undefined {
  const bySibling = new Map<ToolCall, Dependence>();
  for (const dependence of list) if (!bySibling.has(dependence.on)) bySibling.set(dependence.on, dependence);
  return bySibling.size === 0 ? undefined : [...bySibling.values()];
}
