import type { ToolCall } from '../src/model/run.ts';
import { argumentsOf, isWordSlug, type Argument } from '../src/provenance/arguments.ts';
import type { Facts } from '../src/provenance/facts.ts';
import { pathPattern, type LearnedEdge } from '../src/provenance/learned.ts';
import { resultLeaves } from '../src/provenance/results.ts';
import { normalForm } from '../src/text/tokens.ts';
import type { Dependence } from './dependence.ts';

/** How much less is certain where the sibling failed, and where the guess was right. */
const FAILED = 0.9;
const LUCK = 0.65;

/** An argument that nearly always takes its value from the sibling's results, with a value that nothing supplied. */
export function fed(call: ToolCall, siblings: readonly ToolCall[], facts: Facts): Dependence[] {
  return argumentsOf(call).flatMap((argument) => {
    const feeds = facts.learned.of(call.name, argument.path);
    if (feeds.length === 0 || !isGuess(argument, facts) || isOwnKnowledge(argument, facts) || wasThere(argument, facts)) return [];
    return feeds.flatMap((feed) => {
      const found = siblings.flatMap((on) => (on.name === feed.from.tool ? fedBy(on, argument, feed, facts) : []));
      const [best] = found.toSorted((a, b) => b.confidence - a.confidence);
      // Right by one of two look-ups is right.
      return found.find(({ value }) => value !== undefined && normalForm(value) === argument.norm) ?? best ?? [];
    });
  });
}

/** A value that says something, and that neither a text, a result nor the tool's own schema gave. */
function isGuess(argument: Argument, { supply }: Facts): boolean {
  if (argument.standIn) return true;
  // A tool that answers to `current` or `me` knows what it means.
  if (argument.prose || argument.placeholder || supply.isGrounded(argument) || supply.isOffered(argument)) return false;
  return argument.weight >= 0.6 || isWordSlug(argument);
}

/** A look that was answered may have asked for what anybody knows: a page, a place, a day. Nobody knows a record's number. */
function isOwnKnowledge({ call, text, tokens }: Argument, facts: Facts): boolean {
  if (facts.effect(call) === 'write' || facts.outcome(call) !== 'answer') return false;
  return !/^\S*\p{Nd}\S*$/u.test(text) || text.includes('://') || tokens.every(({ norm }) => /^[@#]/u.test(norm));
}

/** Put right with what had been said before: there was nothing to wait for. */
function wasThere({ call, path }: Argument, { reissues, supply }: Facts): boolean {
  const right = reissues.get(call)?.corrections.find((correction) => correction.path === path)?.after;
  const given = right === undefined ? undefined : supply.of(right);
  return given !== undefined && given.turn <= call.turn;
}

function fedBy(on: ToolCall, argument: Argument, learned: LearnedEdge, facts: Facts): Dependence[] {
  const { call } = argument;
  const dependence = { call, on, argument, how: 'fed', learned } as const;
  const outcome = facts.outcome(on);
  if (outcome === 'failure' || outcome === 'empty') return [{ ...dependence, confidence: FAILED * learned.confidenceUnlessTold }];
  const offered = resultLeaves(on).filter(({ leaf }) => leaf.empty !== true && pathPattern(leaf.path) === learned.from.path);
  const guess = argument.norm;
  const same = offered.find(({ norm }) => norm === guess);
  const leaf = same ?? offered[0];
  if (leaf === undefined) return [];
  return [
    { ...dependence, confidence: (same === undefined ? 1 : LUCK) * learned.confidenceUnlessTold, value: leaf.text, path: leaf.leaf.path },
  ];
}
