import type { Run, ToolCall } from '../model/run.ts';
import { argumentsOf } from './arguments.ts';
import { nounsOf } from './effect.ts';
import { namesThing } from './fields.ts';
import { resultLeaves } from './results.ts';
import { contextTokens, textsOf, type Said } from './said.ts';
import { stemmed, type Token } from '../text/tokens.ts';

/** Numbers kept to reckon with, the latest ones: enough for what a person would add up. */
const KEPT = 400;
/** Shorter numbers are sums of something by chance. */
const TELLING = /^\d{2,}$|\.\d/u;

interface Known {
  value: number;
  /** The call whose result holds it; undefined where the user or the prompt said it. */
  call: ToolCall | undefined;
}

/**
 * The calls whose numbers went into a sum or difference that the model states or sends on: 1000 allowed, 412.37
 * spent, "587.63 left"; or the total of a field over the records of a result or of a batch; or whose records were
 * counted. It only ever speaks for a call.
 */
export function findReckoned(run: Run): Set<ToolCall> {
  const reckoned = new Set<ToolCall>();
  let known: Known[] = [];
  let totals: { value: number; calls: ToolCall[] }[] = [];
  for (const turn of run.turns) {
    const heard = turn.context.flatMap((item) => numbersIn(contextTokens(item)).map((value): Known => ({ value, call: undefined })));
    const given = turn.fed.flatMap((call) => fieldsOf(call).map(({ value }): Known => ({ value, call })));
    known = [...known, ...heard, ...given].slice(-KEPT);
    totals = [...totals, ...totalsOf(turn.fed)].slice(-KEPT);
    if (!turn.kept || turn.fed.length + known.length === 0) continue;
    const sent = turn.calls.flatMap((call) => argumentsOf(call).flatMap(({ key, tokens }) => (namesThing(key) ? [] : numbersIn(tokens))));
    for (const call of turn.fed) if (isCounted(call, textsOf(turn))) reckoned.add(call);
    const said = new Set([...textsOf(turn).flatMap(({ tokens }) => numbersIn(tokens)), ...sent]);
    if (said.size === 0) continue;
    const byValue = new Map<number, Known[]>();
    for (const one of known) byValue.set(cents(one.value), [...(byValue.get(cents(one.value)) ?? []), one]);
    for (const target of said) {
      if (byValue.has(cents(target)) || !TELLING.test(String(target))) continue;
      for (const { value, calls } of totals) if (cents(value) === cents(target)) for (const call of calls) reckoned.add(call);
      for (const one of known) {
        const others = [target - one.value, one.value - target].flatMap((rest) => (rest > 0 ? (byValue.get(cents(rest)) ?? []) : []));
        for (const { call } of others.length > 0 ? [one, ...others] : []) if (call !== undefined) reckoned.add(call);
      }
    }
  }
  return reckoned;
}

const NUMBER_WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];

/** "Three users": how many there are, before the word for what there are. */
function isCounted(call: ToolCall, texts: readonly Said[]): boolean {
  const items = new Set(resultLeaves(call).flatMap(({ leaf }) => /^[^[]*\[\d+\]/u.exec(leaf.path)?.[0] ?? []));
  if (items.size < 2) return false;
  const nouns = new Set(nounsOf(call.name).map(stemmed));
  const counts = new Set([String(items.size), stemmed(NUMBER_WORDS[items.size] ?? '')]);
  return texts.some(({ tokens }) =>
    tokens.some(({ norm }, i) => counts.has(norm) && tokens.slice(i + 1, i + 4).some((next) => nouns.has(next.norm))),
  );
}

const NUMBER = /^\d+(?:\.\d+)?$/u;
const cents = (value: number): number => Math.round(value * 100);

const numbersIn = (tokens: readonly Token[]): number[] => tokens.flatMap(({ norm }) => (NUMBER.test(norm) ? [Number(norm)] : []));

function fieldsOf(call: ToolCall): { key: string; value: number }[] {
  return resultLeaves(call)
    .slice(0, KEPT)
    .flatMap(({ leaf, norm }) => (NUMBER.test(norm) && !namesThing(leaf.key) ? [{ key: leaf.key, value: Number(norm) }] : []));
}

/** Sums of each field over the records of one result, and over the results of one batch. */
function totalsOf(fed: readonly ToolCall[]): { value: number; calls: ToolCall[] }[] {
  const sums = new Map<string, { value: number; calls: Set<ToolCall>; count: number }>();
  for (const call of fed) {
    for (const { key, value } of fieldsOf(call)) {
      for (const over of [`${call.id} ${key}`, `* ${key}`]) {
        const sum = sums.get(over) ?? { value: 0, calls: new Set(), count: 0 };
        sums.set(over, sum);
        sum.value += value;
        sum.count += 1;
        sum.calls.add(call);
      }
    }
  }
  return [...sums.values()].filter(({ count }) => count >= 2).map(({ value, calls }) => ({ value, calls: [...calls] }));
}
