import { excerpt } from '../../../analyzers/places.ts';
import type { Run, ToolCall } from '../../model/run.ts';
import { argumentsOf, type Argument } from '../../provenance/arguments.ts';
import { pathPattern } from '../../provenance/learned.ts';
import type { AnalyzedRun } from '../analyze-run.ts';
import { originsIn, type ValueOrigin } from './origin.ts';
import { emptySummary, keyOf, WEAK, type FieldKey, type LearnedSummary, type PairCount } from './summary.ts';

/** What one run teaches. */
export function learnFrom(analyzed: AnalyzedRun): LearnedSummary {
  const { run, facts } = analyzed;
  const summary = { ...emptySummary(), runs: 1 };
  const originOf = originsIn(run, facts);
  const sent = new Set<string>();
  for (const call of run.calls) {
    countTool(summary, call, analyzed);
    if (call.origin !== 'model' || run.turns[call.turn]?.captured !== true) continue;
    for (const [path, values] of argumentsByPath(call)) {
      // A retry that sends a value again shows nothing new of where it came from.
      const said = keyOf(call.name, path, ...values.map(({ text }) => text));
      if (sent.has(said)) continue;
      sent.add(said);
      const { key, example } = originOfAll(values, originOf, () => besideOf(call, run));
      const origins = (summary.arguments[keyOf(call.name, path)] ??= {});
      const count = (origins[key] ??= { calls: 0, runs: 1, examples: [] });
      count.calls++;
      if (count.examples.length < 1) count.examples.push({ run: run.id, call: call.id, value: excerpt(example.text, EXAMPLE) });
    }
  }
  countPairs(summary, analyzed);
  return summary;
}

/** Characters of a value that an example shows. */
const EXAMPLE = 80;

function countTool({ tools }: LearnedSummary, call: ToolCall, { facts }: AnalyzedRun): void {
  const tool = (tools[keyOf(call.name)] ??= { calls: 0, effects: { read: 0, write: 0, unknown: 0 } });
  tool.calls++;
  tool.effects[facts.effect(call)]++;
}

function argumentsByPath(call: ToolCall): Map<string, Argument[]> {
  const byPath = new Map<string, Argument[]>();
  for (const argument of argumentsOf(call)) {
    const path = pathPattern(argument.path);
    const same = byPath.get(path);
    if (same === undefined) byPath.set(path, [argument]);
    else same.push(argument);
  }
  return byPath;
}

/** Fields that could have given a value, where several held it at once, and tools beside a call; more tell nothing. */
const MOST_FIELDS = 6;

/** Where a list of values came from: the fields that gave the most of them, else where its first value came from. */
function originOfAll(
  values: readonly Argument[],
  originOf: (argument: Argument) => ValueOrigin,
  beside: () => string[],
): { key: string; example: Pick<Argument, 'text'> } {
  const given = new Map<FieldKey, Argument[]>();
  let isWeak = true;
  let elsewhere: { key: string; example: Argument } | undefined;
  for (const value of values) {
    const origin = originOf(value);
    if (!('fields' in origin)) elsewhere ??= { key: keyOf(origin.from, ...(origin.from === 'nothing' ? beside() : [])), example: value };
    else {
      if (origin.from === 'fields') isWeak = false;
      for (const field of origin.fields) given.set(field, [...(given.get(field) ?? []), value]);
    }
  }
  const most = Math.max(0, ...[...given.values()].map((gave) => gave.length));
  const fields = [...given].filter(([, gave]) => gave.length === most).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const example = fields[0]?.[1][0];
  if (example !== undefined)
    return { key: keyOf(...(isWeak ? [WEAK] : []), ...fields.slice(0, MOST_FIELDS).map(([field]) => field)), example };
  return elsewhere ?? { key: keyOf('nothing'), example: { text: '' } };
}

/** The tools that were called in the same batch. */
const besideOf = ({ turn, choice, index }: ToolCall, { turns }: Run): string[] =>
  [...new Set((turns[turn]?.calls ?? []).filter((other) => other.choice === choice && other.index !== index).map(({ name }) => name))]
    .toSorted()
    .slice(0, MOST_FIELDS);

function countPairs({ pairs }: LearnedSummary, { run, report }: AnalyzedRun): void {
  const reports = new Map(run.calls.map((call, i) => [call, report.calls[i]]));
  for (const batch of batchesOf(run.calls)) {
    const seen = new Map<string, PairCount>();
    batch.forEach((one, i) => {
      for (const other of batch.slice(i + 1)) {
        const key = keyOf(...[one.name, other.name].toSorted());
        const [a, b] = [reports.get(one), reports.get(other)];
        const isMistake =
          a?.dependsOn.includes(other.id) === true ||
          b?.dependsOn.includes(one.id) === true ||
          a?.wasted === 'superseded' ||
          b?.wasted === 'superseded';
        const pair = seen.get(key) ?? { batches: 1, safe: 1 };
        seen.set(key, { batches: 1, safe: isMistake ? 0 : pair.safe });
      }
    });
    for (const [key, { batches, safe }] of seen) {
      const pair = (pairs[key] ??= { batches: 0, safe: 0 });
      pair.batches += batches;
      pair.safe += safe;
    }
  }
}

/** Calls of the model that were issued in one answer. */
function batchesOf(calls: readonly ToolCall[]): ToolCall[][] {
  const batches = new Map<string, ToolCall[]>();
  for (const call of calls) {
    if (call.origin !== 'model' || call.batchSize < 2) continue;
    const key = `${call.turn} ${call.choice}`;
    const batch = batches.get(key);
    if (batch === undefined) batches.set(key, [call]);
    else batch.push(call);
  }
  return [...batches.values()];
}
