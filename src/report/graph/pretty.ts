import { excerpt } from '../../../analyzers/places.ts';
import type { GraphEdge, LearnedGraph } from '../../analysis/learned/graph-schema.ts';
import type { Paint } from '../finding-lines.ts';
import { count } from '../numbers.ts';
import { safe } from '../safe.ts';
import { pathText, safePairs, type Drawing } from './drawn.ts';

/** For people at a terminal: what feeds what, the strongest first, and where the rest came from. */
export function prettyGraph({ graph, parallel }: Drawing, paint: Paint): string {
  const pairs = parallel ? safePairs(graph) : [];
  const width = Math.max(0, ...graph.edges.map(({ support, opportunities }) => `${support}/${opportunities}`.length));
  return [
    paint('bold', `${count(graph.edges.length, 'learned dependency', 'learned dependencies')}`) +
      paint('dim', `  in ${count(graph.runs, 'run')} with ${count(graph.tools.length, 'tool')}`),
    ...graph.edges.flatMap((edge) => edgeLines(edge, graph, width, paint)),
    ...(graph.edges.length === 0
      ? ['  No argument took its value from a result often enough; see --min-support and --min-confidence.']
      : []),
    ...(pairs.length === 0 ? [] : ['', paint('bold', 'Run in one batch, never a mistake')]),
    ...pairs.map(
      ({ tools: [a, b], batches }) =>
        `  ${safe(a)} ${paint('dim', 'beside')} ${safe(b)}  ${paint('dim', count(batches, 'batch', 'batches'))}`,
    ),
    '',
  ].join('\n');
}

function edgeLines(edge: GraphEdge, { tools }: LearnedGraph, width: number, paint: Paint): string[] {
  const { from, to, support, opportunities, confidence } = edge;
  const writes = tools.some(({ name, effect }) => name === to.tool && effect === 'write');
  const calls = `${support}/${opportunities}`.padStart(width);
  return [
    `  ${paint('green', confidence.toFixed(2))}  ${calls}  ${place(from)} ${paint('dim', '→')} ${place(to)}${writes ? paint('yellow', '  (write)') : ''}`,
    ...edge.counterExamples
      .slice(0, 1)
      .map((one) =>
        paint(
          'dim',
          `        ${' '.repeat(width)}else ${elsewhereText(edge)}; ${safe(one.run)} ${safe(one.call)} sent ${safe(JSON.stringify(excerpt(one.value, 40)))}`,
        ),
      ),
  ];
}

const place = ({ tool, path }: GraphEdge['from']): string => `${safe(tool)} ${safe(pathText(path))}`;

const SAID: Record<keyof GraphEdge['elsewhere'], string> = {
  user: 'from the user',
  system: 'from other texts',
  tool: 'from other fields',
  constant: 'a constant or common word',
  nothing: 'from nowhere',
};

/** "2 from the user, 1 from nowhere". */
export function elsewhereText({ elsewhere }: Pick<GraphEdge, 'elsewhere'>): string {
  const kinds = Object.keys(SAID) as (keyof typeof SAID)[];
  return kinds.flatMap((kind) => (elsewhere[kind] === 0 ? [] : [`${elsewhere[kind]} ${SAID[kind]}`])).join(', ');
}
