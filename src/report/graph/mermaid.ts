import { safe } from '../safe.ts';
import { drawnOf, type Drawing } from './drawn.ts';

const BRACKETS = { read: ['[', ']'], write: ['[[', ']]'], unknown: ['(', ')'] } as const;

/** Mermaid, as GitHub and GitLab draw it in Markdown. */
export function mermaid(drawing: Drawing): string {
  const { tools, edges, pairs } = drawnOf(drawing);
  return [
    'flowchart LR',
    ...tools.map(({ name, effect }, i) => `  t${i}${BRACKETS[effect][0]}${quoted(name)}${BRACKETS[effect][1]}`),
    ...edges.map(({ from, to, label }) => `  t${from} -->|${quoted(label)}| t${to}`),
    ...pairs.map(({ a, b, label }) => `  t${a} -.-|${quoted(label)}| t${b}`),
    '',
  ].join('\n');
}

/** Everything but letters, digits and what is in no grammar of Mermaid's, as its own character codes. */
const quoted = (text: string): string =>
  `"${safe(text).replaceAll(/[^\p{L}\p{N} _/.-]/gu, (character) => `#${character.codePointAt(0) ?? 0};`)}"`;
