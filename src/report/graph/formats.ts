import { painter } from '../formats/pretty.ts';
import { dot } from './dot.ts';
import type { Drawing } from './drawn.ts';
import { mermaid } from './mermaid.ts';
import { prettyGraph } from './pretty.ts';

/** Every way of showing the learned graph, by its name on the command line. */
export const graphFormats: Readonly<Record<string, (drawing: Drawing, colour: boolean) => string>> = {
  pretty: (drawing, colour) => prettyGraph(drawing, painter({ colour })),
  json: ({ graph }) => `${JSON.stringify(graph, null, 2)}\n`,
  dot,
  mermaid,
};
