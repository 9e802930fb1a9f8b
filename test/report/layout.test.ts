import { describe, expect, test } from 'vitest';
import { progressAt } from '../../page/compare/progress.ts';
import { binsOf } from '../../page/overview/histogram.ts';
import { filtered, readFilter, searchText, writeFilter } from '../../page/runs/filter.ts';
import { layoutOf, ticksOf } from '../../page/timeline/layout.ts';
import { timeAt, withShortPauses } from '../../page/timeline/pauses.ts';
import { tickText, untimedWords } from '../../page/timeline/words.ts';
import { analyzeRun } from '../../src/analysis/analyze-run.ts';
import type { PageRow, PageRun } from '../../src/report/page-data.ts';
import { pageRun } from '../../src/report/page/run-detail.ts';
import { bookingPair } from '../support/report-runs.mjs';

const run = pageRun(analyzeRun(bookingPair(0)[0]));
/** Turns or calls without their times. */
function untimed<T extends { at?: unknown; waits?: unknown }>(items: readonly T[]): T[] {
  return items.map((item) => {
    const copy = { ...item };
    delete copy.at;
    delete copy.waits;
    return copy;
  });
}
const rowsOf = (of: PageRun): unknown[] => layoutOf(of).rows.map(({ kind, from, to, isTimed }) => [kind, from, to, isTimed]);

describe('the timeline', () => {
  test('has a row for each turn and each call, where they were', () => {
    expect(rowsOf(run)).toEqual([
      ['model', 0, 540, true],
      ['call', 540, 1160, true],
      ['call', 540, 850, true],
      ['call', 540, 800, true],
      ['call', 720, 1260, true],
      ['model', 1260, 1710, true],
      ['call', 1710, 2250, true],
      ['model', 2250, 2670, true],
    ]);
    expect(layoutOf(run).rows[4]?.waits).toEqual([{ why: 'slot', from: 540, to: 720 }]);
    expect(layoutOf(run)).toMatchObject({ end: 2670, isTimed: true });
  });

  test('shows calls without times between the turns that have them', () => {
    expect(rowsOf({ ...run, calls: untimed(run.calls) }).slice(0, 3)).toEqual([
      ['model', 0, 540, true],
      ['call', 540, 1260, false],
      ['call', 540, 1260, false],
    ]);
  });

  test('says what it has no times of', () => {
    const words = (of: PageRun): string => untimedWords(layoutOf(of));
    const [first, ...others] = run.calls;
    expect(words(run)).toBe('');
    expect(words({ ...run, calls: untimed(run.calls) })).toMatch(/^The times of the tool calls were not recorded/u);
    expect(words({ ...run, calls: [first!, ...untimed(others)] })).toMatch(/^The times of 4 of 5 tool calls were/u);
    expect(words({ ...run, turns: untimed(run.turns) })).toMatch(/^The times of the model calls were/u);
    expect(words({ ...run, turns: untimed(run.turns), calls: untimed(run.calls) })).toMatch(/^This trace has no times/u);
  });

  test('shows turns without times before their calls', () => {
    expect(rowsOf({ ...run, turns: untimed(run.turns) }).filter((row) => (row as unknown[])[0] === 'model')).toEqual([
      ['model', 0, 540, false],
      ['model', 1260, 1710, false],
      ['model', 2250, 2250, false],
    ]);
  });

  test('is a sequence of steps where there are no times', () => {
    const steps = { ...run, turns: untimed(run.turns), calls: untimed(run.calls) };
    expect(layoutOf(steps)).toMatchObject({ isTimed: false, end: 5 });
    expect(rowsOf(steps).slice(4, 7)).toEqual([
      ['call', 1, 2, false],
      ['model', 2, 3, false],
      ['call', 3, 4, false],
    ]);
  });

  test('cuts long pauses short, and only those', () => {
    const later = (ms: number): PageRun => ({
      ...run,
      turns: run.turns.map((turn, i) => (i === 2 ? { ...turn, at: [2250 + ms, 2670 + ms] } : turn)),
    });
    expect(withShortPauses(layoutOf(later(900))).pauses).toEqual([]);
    const layout = withShortPauses(layoutOf(later(600_000)));
    expect(layout.pauses).toEqual([{ from: 2250, to: 602_250 }]);
    expect(layout.place(1260)).toBe(1260);
    expect(layout.place(602_250) - layout.place(2250)).toBeCloseTo(0.08 * 2670);
    expect(layout.end - layout.place(602_250)).toBeCloseTo(420);
    for (const time of [0, 1500, 602_300, 602_670]) expect(timeAt(layout, layout.place(time))).toBeCloseTo(time);
  });

  test.each([
    [2670, 7, [0, 500, 1000, 1500, 2000, 2500]],
    [2670, 4, [0, 1000, 2000]],
    [9, 5, [0, 2, 4, 6, 8]],
  ])('an axis of %i has round marks', (end, most, ticks) => {
    expect(ticksOf(end, most)).toEqual(ticks);
  });

  test.each([
    [0, '0'],
    [500, '500 ms'],
    [1500, '1.5 s'],
    [90_000, '1:30 min'],
    [3_900_000, '1:05 h'],
  ])('%i is marked %s', (ms, text) => {
    expect(tickText(ms)).toBe(text);
  });

  test.each([
    [0, 0, 0],
    [800, 1, 1],
    [1260, 4, 2],
    [2670, 5, 2],
  ])('at %i ms, %i calls are done and %i wasted', (at, calls, wasted) => {
    expect(progressAt(run, layoutOf(run), at)).toEqual({ calls, wasted, isOver: at === 2670 });
  });
});

describe('the list', () => {
  const row = (key: string, part: Partial<PageRow>): PageRow => ({
    key,
    id: key,
    asked: '',
    source: '',
    tools: [],
    tokens: 0,
    turns: 1,
    calls: 1,
    wasted: 0,
    dependent: 0,
    errors: 0,
    ...part,
  });
  const rows = [
    row('a', { asked: 'Book a DENTIST', tools: [0], wasted: 2, ms: 900, variant: 'on' }),
    row('b', { asked: 'dentist hours', tools: [1], dependent: 1, ms: 2500, variant: 'off' }),
    row('c', { asked: 'refund', tools: [0, 1], errors: 1 }),
  ];
  const texts = rows.map((each) => searchText(each, ['get_calendar', 'get_hours']));
  const keys = (query: string): string =>
    filtered(rows, texts, readFilter(new URLSearchParams(query)))
      .map(({ key }) => key)
      .join('');

  test.each([
    ['', 'abc'],
    ['q=dentist', 'ab'],
    ['q=calendar', 'ac'],
    ['q=Dentist hours', 'b'],
    ['only=flagged', 'ab'],
    ['only=wasted', 'a'],
    ['only=dependent', 'b'],
    ['only=errors', 'c'],
    ['only=constructor', 'abc'],
    ['variant=on', 'a'],
    ['ms=1000', 'b'],
    ['sort=ms', 'bac'],
    ['sort=ms&dir=up', 'cab'],
    ['sort=order&dir=up', 'cba'],
    ['dir=up', 'cba'],
  ])('?%s shows %s', (query, expected) => {
    expect(keys(query)).toBe(expected);
  });

  test('runs with wasted or dependent calls come first unless another order is chosen', () => {
    const read = [
      row('fine', {}),
      row('dependent', { dependent: 1 }),
      row('wasted', { wasted: 1 }),
      row('both', { wasted: 1, dependent: 2 }),
    ];
    const sorted = (query: string): string[] =>
      filtered(
        read,
        read.map(() => ''),
        readFilter(new URLSearchParams(query)),
      ).map(({ key }) => key);
    expect(sorted('')).toEqual(['both', 'wasted', 'dependent', 'fine']);
    expect(sorted('sort=order')).toEqual(['fine', 'dependent', 'wasted', 'both']);
  });

  test('a filter reads what it wrote', () => {
    const filter = readFilter(new URLSearchParams('q=a+b&only=wasted&variant=x%26y&ms=1500&sort=tokens&dir=up'));
    expect(readFilter(new URLSearchParams(String(writeFilter(filter))))).toEqual(filter);
  });
});

describe('the histogram', () => {
  test('counts every value once, the tail in the last bin', () => {
    const values = [...Array.from({ length: 99 }, (_, i) => 10 * i), 1_000_000];
    const bins = binsOf(values);
    expect(bins.reduce((sum, { n }) => sum + n, 0)).toBe(100);
    expect(bins.length).toBeLessThan(30);
    expect(bins.at(-1)).toMatchObject({ to: 1_000_000 });
  });

  test.each([[[0]], [[5, 5, 5]]])('takes %j', (values) => {
    expect(binsOf(values).reduce((sum, { n }) => sum + n, 0)).toBe(values.length);
  });
});
