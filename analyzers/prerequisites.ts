import type { Run, ToolCall } from '../src/model/run.ts';
import { argumentsOf, type Argument } from '../src/provenance/arguments.ts';
import { isRelatedField } from '../src/provenance/fields.ts';
import type { Facts } from '../src/provenance/facts.ts';
import { Introductions } from '../src/provenance/introductions.ts';
import { deciding, wasSeen, type Deciding } from './decisions.ts';
import type { Dependence } from './dependence.ts';

/** Why a call could not have been issued before another's result was known. */
export interface Prerequisite {
  on: ToolCall;
  /** `data`: its arguments hold what the result gave. `decision`: the result decided that the call was made. */
  kind: 'data' | 'decision';
  /** JSON path in the call's arguments. */
  argument?: string;
  /** JSON path in the other's result. */
  field?: string;
  /** 0..1, that it had to wait. */
  confidence: number;
}

/** What a call had to wait for among some others. */
export type Prerequisites = (call: ToolCall, among: ReadonlySet<ToolCall>) => readonly Prerequisite[];

/**
 * What each call had to wait for: calls of earlier turns, and the siblings that `dependences` names. In doubt a call
 * had to wait. `decision` is judged within one user turn only: what the user says between two turns is a barrier by
 * itself, and calls on both sides of it never belong together.
 */
export function prerequisitesOf(run: Run, facts: Facts, dependences: ReadonlyMap<ToolCall, readonly Dependence[]>): Prerequisites {
  const introductions = new Introductions(run);
  const decides = deciding(run, facts, introductions);
  const places = new Map(run.calls.map((call, at) => [call, at]));
  return (call, among) => {
    const siblings = (dependences.get(call) ?? []).map(ofSibling);
    const data = argumentsOf(call).flatMap((argument) => dataOf(argument, facts, introductions));
    const known = [...siblings, ...data].filter(({ on }) => among.has(on));
    return strongest([...known, ...decidersOf(call, places.get(call) ?? 0, among, run, decides)]);
  };
}

function ofSibling({ on, argument, path, how, confidence }: Dependence): Prerequisite {
  return {
    on,
    kind: how === 'decided' ? 'decision' : 'data',
    ...(argument !== undefined && { argument: argument.path }),
    ...(path !== undefined && { field: path }),
    confidence,
  };
}

/** The results that gave an argument its value, or words of it. */
function dataOf(argument: Argument, facts: Facts, introductions: Introductions): Prerequisite[] {
  const { call, key, path } = argument;
  const whole = argument.prose ? undefined : facts.supply.of(argument);
  if (whole === undefined) {
    const told = introductions.toldIn(argument.tokens).filter(({ by }) => wasSeen(by, call));
    return told.map(({ by, path: field }) => ({ on: by, kind: 'data', argument: path, field, confidence: 0.6 }));
  }
  if (whole.fromContext) return [];
  const offers = whole.results.filter((offer) => wasSeen(offer.call, call) && !introductions.wasSent(argument, offer.call.fedTurn ?? 0));
  return offers.flatMap((offer): Prerequisite[] => {
    const isRelated = isRelatedField(key, offer.path, offer.key);
    if (!isRelated && argument.weight < TELLING) return [];
    return [{ on: offer.call, kind: 'data', argument: path, field: offer.path, confidence: isRelated || offers.length === 1 ? 0.9 : 0.7 }];
  });
}

/** Less than this, and a value occurs in any result: `5`, `asc`. */
const TELLING = 0.15;

/** So many calls back, a result may still have decided that a call was made. */
const LOOK_BACK = 30;

function decidersOf(call: ToolCall, at: number, among: ReadonlySet<ToolCall>, run: Run, decides: Deciding): Prerequisite[] {
  const userTurn = run.turns[call.turn]?.userTurn;
  return run.calls
    .slice(Math.max(0, at - LOOK_BACK), at)
    .filter((on) => among.has(on) && on.turn < call.turn && run.turns[on.turn]?.userTurn === userTurn)
    .flatMap((on): Prerequisite[] => {
      const confidence = decides(call, on);
      return confidence === undefined ? [] : [{ on, kind: 'decision', confidence }];
    });
}

/** Of each kind one for each call that was waited for: what shows it best. */
function strongest(list: readonly Prerequisite[]): Prerequisite[] {
  const best = new Map<string, Prerequisite>();
  for (const one of list) {
    const key = `${one.kind} ${one.on.id}`;
    if ((best.get(key)?.confidence ?? 0) < one.confidence) best.set(key, one);
  }
  return [...best.values()];
}
