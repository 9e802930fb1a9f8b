import { graphOf } from '../../analysis/learned/graph.ts';
import type { LearnedSummary } from '../../analysis/learned/summary.ts';
import { drawnOf, pathText } from '../graph/drawn.ts';
import { elsewhereText } from '../graph/pretty.ts';
import type { PageLearned } from '../page-data.ts';
import { layoutOf, NODE } from './graph-layout.ts';
import { short } from './short-text.ts';

/** Edges that a page shows; the rest is for `fanlight graph`. */
const MOST = 40;
/** Characters of a name that fit a node. */
const FITS = 30;

/** What the page shows of the learned dependencies; nothing where there are none. */
export function pageLearned(summary: LearnedSummary): PageLearned | undefined {
  const all = graphOf(summary);
  if (all.edges.length === 0) return undefined;
  const graph = { ...all, edges: all.edges.slice(0, MOST) };
  const { tools, edges } = drawnOf({ graph, parallel: false });
  const { width, height, nodes, lines } = layoutOf(
    tools.length,
    edges.map(({ from, to }) => [from, to]),
  );
  const writes = new Set(all.tools.filter(({ effect }) => effect === 'write').map(({ name }) => name));
  return {
    left: all.edges.length - graph.edges.length,
    edges: graph.edges.map((edge) => ({
      from: short(edge.from.tool),
      field: short(pathText(edge.from.path)),
      to: short(edge.to.tool),
      argument: short(pathText(edge.to.path)),
      calls: `${edge.support} of ${edge.opportunities}`,
      confidence: edge.confidence,
      elsewhere: elsewhereText(edge),
      ...(writes.has(edge.to.tool) && { writes: true as const }),
    })),
    drawing: {
      width,
      height,
      node: NODE,
      nodes: tools.map(({ name, effect }, i) => ({ ...(nodes[i] ?? { x: 0, y: 0 }), name: short(name, FITS), effect })),
      lines,
    },
  };
}
