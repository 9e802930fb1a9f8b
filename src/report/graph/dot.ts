import { safe } from '../safe.ts';
import { drawnOf, type Drawing } from './drawn.ts';

const SHAPES = {
  read: 'style=rounded',
  write: 'style=bold, peripheries=2',
  unknown: 'style="rounded,dashed"',
};

/** Graphviz: `dot -Tsvg`. */
export function dot(drawing: Drawing): string {
  const { tools, edges, pairs } = drawnOf(drawing);
  return [
    'digraph dependencies {',
    '  rankdir=LR;',
    '  node [shape=box, fontname="sans-serif"];',
    '  edge [fontname="sans-serif", fontsize=10];',
    ...tools.map(({ name, effect }, i) => `  t${i} [label=${quoted(name)}, ${SHAPES[effect]}];`),
    ...edges.map(({ from, to, label }) => `  t${from} -> t${to} [label=${quoted(label)}];`),
    ...pairs.map(({ a, b, label }) => `  t${a} -> t${b} [dir=none, style=dotted, constraint=false, label=${quoted(label)}];`),
    '}',
    '',
  ].join('\n');
}

/** Quotes, escapes such as `\N`, and HTML entities mean something in a label. */
const quoted = (text: string): string =>
  `"${safe(text)
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll('&', '&amp;')}"`;
