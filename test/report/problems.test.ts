import { expect, test } from 'vitest';
import { summaryOf, emptyTally } from '../../src/analysis/summary.ts';
import type { ReportProblem } from '../../src/analysis/report.ts';
import { markdownBlocks } from '../../src/report/evaluation/formats.ts';
import { problemBlocks } from '../../src/report/evaluation/blocks.ts';
import { formats } from '../../src/report/formats/index.ts';
import { problemsBySource } from '../../src/report/problems.ts';

const summary = summaryOf(emptyTally());
const cut: ReportProblem = { source: 'cut.jsonl', reason: 'one attribute value is cut off' };
const broken: ReportProblem[] = [
  ...Array.from({ length: 20 }, (_, i) => ({ source: 'log.jsonl', line: i + 1, reason: `broken ${i}` })),
  { source: 'log.jsonl', reason: 'and 46 more problems like these', count: 46 },
];

function endOf(format: 'pretty' | 'markdown' | 'json', problems: readonly ReportProblem[]): string {
  let text = '';
  const output = { colour: false, write: (more: string) => (text += more) };
  const shown = formats[format]?.();
  shown?.start(output);
  shown?.end({ summary, problems }, output);
  return text;
}

test.each(['pretty', 'markdown'] as const)('%s shows the first 20 problems, those of a whole file before those of lines', (format) => {
  const text = endOf(format, [...broken, cut]);
  expect(text).toContain('67 problems in 2 files:');
  expect(text).toContain('cut off');
  expect(text).toContain('broken 18');
  expect(text).not.toContain('broken 19');
  expect(text).toContain('and 47 more (--format json names up to 20 of each file)');
  expect(text).not.toContain('could not be read');
});

test('JSON has all that was told', () => {
  expect((JSON.parse(endOf('json', [...broken, cut])) as { problems: unknown }).problems).toEqual([...broken, cut]);
});

test('a short list is shown as it came, without a word of more', () => {
  const text = endOf('pretty', [...broken.slice(0, 2), cut]);
  expect(text).toMatch(/3 problems in 2 files:\n {2}log\.jsonl:1 {2}broken 0\n {2}log\.jsonl:2 {2}broken 1\n {2}cut\.jsonl {2}one/u);
  expect(text).not.toContain('more');
});

test('evaluations and latencies tell them alike', () => {
  const text = markdownBlocks(problemBlocks(broken));
  expect(text).toContain('66 problems in 1 file');
  expect(text).toContain('and 46 more');
});

test('standard input and backends are sources, not files', () => {
  expect(problemsBySource([{ source: '-', line: 1, reason: 'broken' }])).toBe('1 problem in 1 source');
});
