import { isRelatedField } from '../../provenance/fields.ts';
import type { Field } from '../../provenance/learned.ts';
import type { GraphEdge, LearnedGraph } from './graph-schema.ts';
import { ELSEWHERE, partsOf, WEAK, type ArgumentCount, type Elsewhere, type FieldKey, type LearnedSummary } from './summary.ts';
import { wilsonLower } from './wilson.ts';

/** Which edges are shown. */
export interface GraphOptions {
  /** Fewest calls that took the value from the field. */
  minSupport?: number;
  /** Least confidence. */
  minConfidence?: number;
}

export const GRAPH_DEFAULTS = { minSupport: 2, minConfidence: 0.1 };

/** The edges, tools and pairs of what was learned. */
export function graphOf(summary: LearnedSummary, options: GraphOptions = {}): LearnedGraph {
  const { minSupport, minConfidence } = { ...GRAPH_DEFAULTS, ...options };
  return {
    graphVersion: 1,
    runs: summary.runs,
    tools: Object.entries(summary.tools)
      .map(([key, { calls, effects }]) => ({ name: partsOf(key)[0] ?? '', calls, effect: mostOf(effects), effects }))
      .toSorted((a, b) => b.calls - a.calls || compare(a.name, b.name)),
    edges: Object.entries(summary.arguments)
      .flatMap(([key, origins]) => edgesTo(fieldOf(key), origins))
      .filter(({ support, confidence }) => support >= minSupport && confidence >= minConfidence)
      .toSorted((a, b) => b.confidence - a.confidence || b.support - a.support || compare(nameOf(a), nameOf(b))),
    pairs: Object.entries(summary.pairs)
      .map(([key, { batches, safe }]) => ({ tools: partsOf(key) as [string, string], batches, safe }))
      .toSorted((a, b) => b.batches - a.batches || compare(a.tools.join(' '), b.tools.join(' '))),
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const nameOf = ({ from, to }: GraphEdge): string => [from.tool, from.path, to.tool, to.path].join(' ');

/** What a tool does is what most of its calls were taken for: definitions may be missing in some runs. */
const mostOf = ({ read, write, unknown }: { read: number; write: number; unknown: number }): 'read' | 'write' | 'unknown' =>
  read > 0 && read >= write ? 'read' : write > 0 || unknown === 0 ? 'write' : 'unknown';

function fieldOf(key: FieldKey): Field {
  const [tool = '', path = '$'] = partsOf(key);
  return { tool, path };
}

/** The calls with one argument whose values came from one place; more than one field where they came together. */
interface Source extends ArgumentCount {
  fields: FieldKey[];
  isWeak?: boolean;
  elsewhere?: Elsewhere;
  /** The tools called in the same batch, for a value from nowhere. */
  beside?: string[];
}

/**
 * A value that stood in several fields at once came from one of them. The field that explains the most calls has the
 * credit for all of those, then the one that explains the most of what is left.
 */
function edgesTo(to: Field, origins: Readonly<Record<string, ArgumentCount>>): GraphEdge[] {
  const sources = withoutChance(Object.entries(origins).map(([key, count]) => sourceOf(partsOf(key), count)));
  const opportunities = sources.reduce((sum, { calls }) => sum + calls, 0);
  const edges: GraphEdge[] = [];
  let left = sources.filter(({ fields }) => fields.length > 0);
  for (let best = bestField(left, to); best !== undefined; best = bestField(left, to)) {
    const { field } = best;
    const own = left.filter(({ fields }) => fields.includes(field));
    left = left.filter(({ fields }) => !fields.includes(field));
    const support = callsOf(own);
    const others = sources.filter((source) => !own.includes(source));
    const from = fieldOf(field);
    // A guess beside the very tool that should have fed it is the mistake, and no other way to do it.
    const leftOut = others.filter((source) => isTold(source) || source.beside?.includes(from.tool) === true);
    edges.push({
      from,
      to,
      support,
      runs: Math.max(...own.map(({ runs }) => runs)),
      opportunities,
      confidence: round(wilsonLower(support, opportunities)),
      confidenceUnlessTold: round(wilsonLower(support, opportunities - callsOf(leftOut))),
      elsewhere: elsewhereOf(others),
      examples: own.flatMap(({ examples }) => examples).slice(0, SHOWN),
      counterExamples: others.flatMap(counterExamplesOf).slice(0, 2 * SHOWN),
    });
  }
  return edges;
}

function sourceOf(parts: readonly string[], count: ArgumentCount): Source {
  const elsewhere = ELSEWHERE.find((kind) => kind === parts[0]);
  if (elsewhere !== undefined) return { ...count, fields: [], elsewhere, beside: parts.slice(1) };
  return parts[0] === WEAK ? { ...count, fields: parts.slice(1), isWeak: true } : { ...count, fields: [...parts] };
}

/** So many different values among the examples are no coincidence, and no setting with a few choices. */
const VARIED = 6;

/** Weak values come from a field only where many different ones agree with it; else they are as good as constants. */
function withoutChance(sources: readonly Source[]): Source[] {
  const values = new Map<FieldKey, Set<string>>();
  for (const { fields, examples } of sources)
    for (const field of fields) values.set(field, new Set([...(values.get(field) ?? []), ...examples.map(({ value }) => value)]));
  return sources.map((source) => {
    if (source.isWeak !== true) return source;
    const fields = source.fields.filter((field) => (values.get(field)?.size ?? 0) >= VARIED);
    return fields.length > 0 ? { ...source, fields } : { ...source, fields, elsewhere: 'constant' };
  });
}

const isTold = ({ elsewhere }: Source): boolean => elsewhere === 'user' || elsewhere === 'system';

const SHOWN = 3;
const round = (n: number): number => Math.round(n * 1e4) / 1e4;
const callsOf = (sources: readonly Source[]): number => sources.reduce((sum, { calls }) => sum + calls, 0);

/** The field that explains the most calls; of several, one whose name says the same as the argument's. */
function bestField(sources: readonly Source[], to: Field): { field: FieldKey } | undefined {
  const calls = new Map<FieldKey, number>();
  for (const source of sources) for (const field of source.fields) calls.set(field, (calls.get(field) ?? 0) + source.calls);
  const [best] = [...calls]
    .map(([field, count]) => ({ field, count, isNamed: sharesName(fieldOf(field), to) }))
    .toSorted((a, b) => b.count - a.count || Number(b.isNamed) - Number(a.isNamed) || compare(a.field, b.field));
  return best;
}

const keyIn = (path: string): string => /\.(?<plain>\w+)(?:\[\*\])*$/u.exec(path)?.groups?.['plain'] ?? '';
const sharesName = (from: Field, to: Field): boolean => isRelatedField(keyIn(to.path), from.path, keyIn(from.path));

function elsewhereOf(sources: readonly Source[]): GraphEdge['elsewhere'] {
  const counts = { user: 0, system: 0, constant: 0, nothing: 0, tool: 0 };
  for (const { calls, elsewhere } of sources) counts[elsewhere ?? 'tool'] += calls;
  return counts;
}

const counterExamplesOf = ({ examples, elsewhere, fields: [field] }: Source): GraphEdge['counterExamples'] =>
  examples
    .slice(0, 2)
    .map((example) => ({ ...example, origin: elsewhere ?? 'tool', ...(field !== undefined && { field: fieldOf(field) }) }));
