import type { Run, ToolCall, ToolResult } from '../../model/run.ts';
import { argumentsOf, type Argument } from '../../provenance/arguments.ts';
import type { Facts } from '../../provenance/facts.ts';
import { isRelatedField } from '../../provenance/fields.ts';
import { pathPattern } from '../../provenance/learned.ts';
import { resultLeaves, type ResultLeaf } from '../../provenance/results.ts';
import { keyOf, type Elsewhere, type FieldKey } from './summary.ts';

/** Where one value came from: the fields that first held it, or elsewhere. */
export type ValueOrigin = { from: 'fields' | 'weak'; fields: FieldKey[] } | { from: Elsewhere };

/**
 * From so much on, a value identifies something; less will do under a name that means the same. Words and codes that
 * say a little (`KLO`) are weak: they show something only where many different ones agree.
 */
const IDENTIFIES = 0.6;
const UNDER_ITS_NAME = 0.25;
const SAYS_SOMETHING = 0.12;

/** Tells of the arguments of a run where they came from. */
export function originsIn(run: Run, facts: Facts): (argument: Argument) => ValueOrigin {
  const firstSent = new Map<string, number>();
  for (const argument of run.calls.flatMap(argumentsOf)) {
    const norm = argument.norm;
    if (!firstSent.has(norm)) firstSent.set(norm, argument.call.turn);
  }
  return (argument) => {
    const supply = facts.supply.of(argument);
    const isKnown = supply !== undefined && supply.turn <= argument.call.turn;
    if (isKnown && supply.context !== undefined) return { from: supply.context === 'user' ? 'user' : 'system' };
    const isWeak = argument.weight < IDENTIFIES;
    if (argument.weight < SAYS_SOMETHING || (isWeak && isNumber(argument)) || facts.supply.isOffered(argument)) return { from: 'constant' };
    // What the model sent before any result had it is its own, whatever echoes it.
    if (!isKnown || argument.prose || (firstSent.get(argument.norm) ?? 0) < supply.turn) return { from: 'nothing' };
    const held = supply.results.flatMap(({ call, path }) =>
      leavesHolding(argument, call, path).map(({ leaf }) => ({ tool: call.name, leaf })),
    );
    const isNamed = ({ leaf }: (typeof held)[number]): boolean => isRelatedField(argument.key, leaf.path, leaf.key);
    const named = isWeak && argument.weight >= UNDER_ITS_NAME ? held.filter(isNamed) : [];
    const giving = named.length > 0 ? named : held;
    if (giving.length === 0) return { from: 'nothing' };
    const fields = [...new Set(giving.map(({ tool, leaf }) => keyOf(tool, pathPattern(leaf.path))))];
    return { from: isWeak && named.length === 0 ? 'weak' : 'fields', fields };
  };
}

const isNumber = ({ value, text }: Argument): boolean => typeof value === 'number' || /^[\d.,:\s-]+$/u.test(text);

/** The fields that are the value, whole; else the text at `path`, where it says an identifier in passing. */
function leavesHolding(argument: Argument, call: ToolCall, path: string): readonly ResultLeaf[] {
  const norm = argument.norm;
  const whole = leavesByNorm(call).get(norm);
  if (whole !== undefined) return whole;
  if (argument.weight < IDENTIFIES) return [];
  return resultLeaves(call).filter(({ leaf, norm: held }) => leaf.path === path && ` ${held} `.includes(` ${norm} `));
}

const cache = new WeakMap<ToolResult, ReadonlyMap<string, ResultLeaf[]>>();

/** Values longer than this are texts; nobody sends them whole. */
const LONGEST = 200;

function leavesByNorm(call: ToolCall): ReadonlyMap<string, ResultLeaf[]> {
  if (call.result === undefined) return new Map();
  const known = cache.get(call.result);
  if (known !== undefined) return known;
  const byNorm = new Map<string, ResultLeaf[]>();
  for (const leaf of resultLeaves(call)) {
    if (leaf.text.length > LONGEST) continue;
    const same = byNorm.get(leaf.norm);
    if (same === undefined) byNorm.set(leaf.norm, [leaf]);
    else same.push(leaf);
  }
  cache.set(call.result, byNorm);
  return byNorm;
}
