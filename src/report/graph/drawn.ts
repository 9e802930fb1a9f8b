import type { GraphEdge, LearnedGraph } from '../../analysis/learned/graph-schema.ts';

/** A graph, and what of it to show. */
export interface Drawing {
  graph: LearnedGraph;
  /** Also pairs of tools that were run in one batch, safely every time. */
  parallel: boolean;
}

/** What a drawing shows: tools that have an edge, and the edges between them, by the tools' places in the list. */
export interface Drawn {
  tools: LearnedGraph['tools'];
  edges: { from: number; to: number; label: string }[];
  /** Pairs that were run in one batch and were never a mistake. */
  pairs: { a: number; b: number; label: string }[];
}

export function drawnOf({ graph, parallel }: Drawing): Drawn {
  const pairs = parallel ? safePairs(graph) : [];
  const shown = new Set([...graph.edges.flatMap(({ from, to }) => [from.tool, to.tool]), ...pairs.flatMap(({ tools }) => tools)]);
  const tools = graph.tools.filter(({ name }) => shown.has(name));
  const places = new Map(tools.map(({ name }, i) => [name, i]));
  const placeOf = (name: string): number => places.get(name) ?? 0;
  return {
    tools,
    edges: graph.edges.map((edge) => ({ from: placeOf(edge.from.tool), to: placeOf(edge.to.tool), label: edgeText(edge) })),
    pairs: pairs.map(({ tools: [a, b], batches, safe }) => ({ a: placeOf(a), b: placeOf(b), label: `${safe}/${batches}` })),
  };
}

/** `field -> argument  n/m`, without the dollar signs. */
const edgeText = ({ from, to, support, opportunities }: Pick<GraphEdge, 'from' | 'to' | 'support' | 'opportunities'>): string =>
  `${pathText(from.path)} -> ${pathText(to.path)}  ${support}/${opportunities}`;

/** A path as people say it; the whole result has no other name. */
export const pathText = (path: string): string => (path === '$' ? '(text)' : path.replace(/^\$\.?/u, ''));

export const safePairs = ({ pairs }: LearnedGraph): LearnedGraph['pairs'] => pairs.filter(({ batches, safe }) => safe === batches);
