import type { Effect } from '../../provenance/effect.ts';

/**
 * What runs teach, as counts: plain JSON, so that partitions can be learned from apart. Keys are JSON arrays
 * (`["tool","$.path"]`), which makes any name a safe key.
 */
export interface LearnedSummary {
  runs: number;
  /** By `[tool]`. */
  tools: Record<string, { calls: number; effects: Record<Effect, number> }>;
  /** By `[tool, path]` of the argument, then by `[elsewhere]` (for `nothing`, with the tools beside it), or by the fields that first held the value: `[field, …]`, or `[WEAK, field, …]`. */
  arguments: Record<FieldKey, Record<string, ArgumentCount>>;
  /** By `[tool, tool]`, in the order of their names. */
  pairs: Record<string, PairCount>;
}

export interface ArgumentCount {
  calls: number;
  /** Runs that hold such a call. */
  runs: number;
  examples: Example[];
}

/** How often two tools were called in one batch, and how often that was no mistake. */
export interface PairCount {
  batches: number;
  safe: number;
}

/** A call that somebody can look up. */
export interface Example {
  run: string;
  call: string;
  /** The value that was sent, shortened. */
  value: string;
}

/** A field as `[tool, path]`, written as JSON. */
export type FieldKey = string;

/**
 * - `user`, `system`: a text gave it;
 * - `constant`: the tool's schema offers it, or it is too common to have come from anywhere;
 * - `nothing`: nothing before the call had it.
 */
export const ELSEWHERE = ['user', 'system', 'constant', 'nothing'] as const;
export type Elsewhere = (typeof ELSEWHERE)[number];

/** Marks fields that held a value which proves little by itself. */
export const WEAK = 'weak';

export const keyOf = (...parts: readonly unknown[]): string => JSON.stringify(parts);
export const partsOf = (key: string): string[] => JSON.parse(key) as string[];

export const emptySummary = (): LearnedSummary => ({ runs: 0, tools: {}, arguments: {}, pairs: {} });

/** Examples kept of each kind: the first by their ids, so that the order of merging does not matter. */
export const KEPT = 8;

type Node = number | Example[] | { [key: string]: Node };

/** Adds `from` to `into`; the order in which summaries are merged makes no difference. */
export function mergeSummary(into: LearnedSummary, from: LearnedSummary): void {
  mergeInto(into as unknown as Record<string, Node>, from as unknown as Record<string, Node>);
}

function mergeInto(into: Record<string, Node>, from: Readonly<Record<string, Node>>): void {
  for (const [key, value] of Object.entries(from)) {
    const known = into[key];
    if (typeof value === 'number') into[key] = ((known as number | undefined) ?? 0) + value;
    else if (Array.isArray(value)) into[key] = firstOf([...((known as Example[] | undefined) ?? []), ...value]);
    else mergeInto((into[key] ??= {}) as Record<string, Node>, value);
  }
}

const firstOf = (examples: readonly Example[]): Example[] =>
  examples
    .map((example) => ({ example, key: keyOf(example.run, example.call, example.value) }))
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .slice(0, KEPT)
    .map(({ example }) => example);
