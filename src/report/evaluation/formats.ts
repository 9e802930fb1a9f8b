import { styleText } from 'node:util';
import { safe, safeMarkdown } from '../safe.ts';
import type { Block, Cell, Tone } from './blocks.ts';

const STYLES = { good: 'green', bad: 'red', dim: 'dim', note: 'yellow' } as const satisfies Record<Tone, Parameters<typeof styleText>[0]>;

/** For a terminal. */
export function prettyBlocks(blocks: readonly Block[], colour: boolean): string {
  const paint = (style: Parameters<typeof styleText>[0] | undefined, text: string): string =>
    colour && style !== undefined ? styleText(style, text, { validateStream: false } as never) : text;
  return blocks
    .map((block) => {
      switch (block.kind) {
        case 'title':
          return `${paint('bold', safe(block.text))}\n`;
        case 'heading':
          return `\n${paint('bold', safe(block.text))}\n`;
        case 'text':
          return `${paint(block.tone && STYLES[block.tone], safe(block.text))}\n`;
        case 'list':
          return block.items.map((item) => `  - ${safe(item)}\n`).join('');
        default:
          return `${prettyTable(block, paint)}\n`;
      }
    })
    .join('');
}

function prettyTable(
  { header, rows }: Block & { kind: 'table' },
  paint: (style: Parameters<typeof styleText>[0], text: string) => string,
): string {
  const all = [header, ...rows].map((row) => row.map((cell) => ({ ...cellOf(cell), text: safe(cellOf(cell).text) })));
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]?.text.length ?? 0)));
  return all
    .map((row, i) =>
      row
        .map(({ text, tone }, column) => {
          const padded = column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
          return i === 0 ? paint('dim', padded) : tone === undefined ? padded : paint(STYLES[tone], padded);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const cellOf = (cell: Cell): { text: string; tone?: Tone } => (typeof cell === 'string' ? { text: cell } : cell);

/** For pull requests and issues. */
export function markdownBlocks(blocks: readonly Block[]): string {
  return blocks
    .map((block) => {
      switch (block.kind) {
        case 'title':
          return `## ${safeMarkdown(block.text)}\n`;
        case 'heading':
          return `### ${safeMarkdown(block.text)}\n`;
        case 'text':
          return block.tone === 'note' ? `> ${safeMarkdown(block.text)}\n` : `${safeMarkdown(block.text)}\n`;
        case 'list':
          return block.items.map((item) => `- ${safeMarkdown(item)}\n`).join('');
        default:
          return markdownTable(block);
      }
    })
    .join('\n');
}

const markdownTable = ({ header, rows }: Block & { kind: 'table' }): string =>
  [header, header.map((_, column) => (column === 0 ? '---' : '---:')), ...rows]
    .map((row, i) => `| ${row.map((cell) => (i === 1 ? cellOf(cell).text : safeMarkdown(cellOf(cell).text))).join(' | ')} |\n`)
    .join('');
