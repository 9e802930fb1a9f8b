import { describe, expect, test } from 'vitest';
import { analyzeRun } from '../../src/analysis/analyze-run.ts';
import { emptyTally, summaryOf } from '../../src/analysis/summary.ts';
import { metricsOf } from '../../src/report/page/metrics.ts';
import { pageRun } from '../../src/report/page/run-detail.ts';
import { rangeOf, printedJson } from '../../src/report/page/printed-json.ts';
import { scriptJson } from '../../src/report/page/script-json.ts';
import { fairLimit, shownText } from '../../src/report/page/shown-text.ts';
import type { Piece, Shown } from '../../src/report/page-data.ts';
import { hostileOptions, hostileRuns, PAYLOADS } from '../support/hostile.mjs';
import { dataOf, reportPage } from '../support/report-page.mjs';
import { bookingPair, manyRuns, runOf } from '../support/report-runs.mjs';

const plain = (shown: Shown): string =>
  typeof shown === 'string'
    ? shown
    : shown.map((piece) => (typeof piece === 'string' ? piece : 'mark' in piece ? piece.mark : '')).join('');
const marksOf = (shown: Shown | undefined): string[] =>
  typeof shown === 'object' ? shown.flatMap((piece) => (typeof piece === 'object' && 'mark' in piece ? [piece.mark] : [])) : [];
const left = (pieces: readonly Piece[]): number =>
  pieces.reduce((sum, piece) => sum + (typeof piece === 'object' && 'left' in piece ? piece.left : 0), 0);

describe('the page', () => {
  test('holds every run, and a line for each', async () => {
    const { data, runs } = dataOf(await reportPage([...bookingPair(0), ...bookingPair(1)], { title: 'Nightly' }));
    expect(data.title).toBe('Nightly');
    expect(data.rows.map(({ key, variant, wasted, dependent }) => [key, variant, wasted, dependent])).toEqual([
      ['on-1', 'parallel-on', 2, 1],
      ['off-1', 'parallel-off', 0, 0],
      ['on-2', 'parallel-on', 0, 0],
      ['off-2', 'parallel-off', 0, 0],
    ]);
    expect(runs.map(({ calls }) => calls.length)).toEqual([5, 3, 3, 3]);
    expect(data.overview.tools[0]).toMatchObject({ name: 'book_appointment', calls: 5, wasted: 1, dependent: 1, errors: 1 });
    expect(data.overview.batches).toContainEqual({ size: 4, batches: 1, calls: 4, wasted: 2 });
    expect(data.overview.variants.map(({ name, runs }) => [name, runs])).toEqual([
      ['parallel-on', 2],
      ['parallel-off', 2],
    ]);
  });

  test('gives no rate and no pass where nothing could be judged', () => {
    const summary = { ...summaryOf(emptyTally()), toolCalls: 2, unknownCalls: 2, parallelCalls: 2, unknownParallelCalls: 2 };
    const metric = metricsOf(summary, { correct: 0, scored: 0 }).find(({ id }) => id === 'wasted-parallel');
    expect(metric).toMatchObject({ text: '–', detail: 'none of 2 parallel calls could be judged' });
    expect(metric).not.toHaveProperty('passed');
  });

  test('judges its metrics by their thresholds, and correctness only where runs were scored', async () => {
    const [on, off] = bookingPair(0);
    const { data } = dataOf(await reportPage([on]));
    const passed = (metrics: typeof data.overview.metrics): unknown[] => metrics.map(({ id, passed }) => [id, passed]);
    expect(passed(data.overview.metrics)).toEqual([
      ['latency-p50', false],
      ['latency-p95', true],
      ['tokens', undefined],
      ['wasted-parallel', false],
    ]);
    const both = dataOf(await reportPage([on, off])).data.overview;
    expect(passed(both.metrics).flat()).not.toContain(false);
    expect(both.variants.map(({ metrics }) => metrics.at(-1)?.passed)).toEqual([false, undefined]);
    const scored = dataOf(await reportPage([on, off], { scoreOf: ({ run }) => ({ correct: run.id === 'on-1', checks: [] }) })).data;
    expect(scored.overview.metrics.find(({ id }) => id === 'correctness')).toMatchObject({ text: '50.0 %', threshold: 'at least 95.0 %' });
    expect(scored.overview.variants.map(({ metrics }) => metrics.find(({ id }) => id === 'correctness')?.passed)).toEqual([true, false]);
    expect(scored.rows.map(({ correct }) => correct)).toEqual([true, false]);
  });

  test('shows what the runs teach, drawn and as rows; nothing where they teach nothing', async () => {
    const looms = Array.from({ length: 3 }, (_, i) =>
      runOf({
        id: `loom-${i}`,
        user: 'How is the loom?',
        batches: [[['find_looms', {}, { looms: [{ berth: `B-700${i}` }] }, 5]], [['update_loom', { at: `B-700${i}` }, { tension: 40 }, 5]]],
        answer: 'Fine.',
      }),
    );
    const { learned } = dataOf(await reportPage(looms)).data;
    expect(learned?.edges).toEqual([
      {
        from: 'find_looms',
        field: 'looms[*].berth',
        to: 'update_loom',
        argument: 'at',
        calls: '3 of 3',
        confidence: 0.4385,
        elsewhere: '',
        writes: true,
      },
    ]);
    expect(learned?.drawing.nodes.map(({ name, effect }) => [name, effect])).toEqual([
      ['find_looms', 'read'],
      ['update_loom', 'write'],
    ]);
    expect(learned?.drawing.lines).toEqual([{ path: expect.stringMatching(/^M[\d. C]+$/u) as string, edges: 1 }]);
    expect(dataOf(await reportPage(looms.slice(0, 1))).data.learned).toBeUndefined();
  });

  test('an empty title is no title', async () => {
    for (const title of ['', '  ']) expect(dataOf(await reportPage(bookingPair(0), { title })).data.title).toBe('fanlight report');
  });

  test('names trials only where there is more than one, and calls without a verdict only where there are some', async () => {
    const [on, off] = bookingPair(0);
    const again = { ...on, id: 'again', labels: { ...on.labels, trial: '2' } };
    const unseen = { ...off, turns: off.turns.map((turn) => ({ ...turn, captured: false })) };
    const rows = async (...runs: Parameters<typeof reportPage>[0][]) =>
      dataOf(await reportPage(runs.flatMap((each) => [...each]))).data.rows;
    expect((await rows([on, off])).map(({ trial }) => trial)).toEqual([undefined, undefined]);
    expect((await rows([on, off, again])).map(({ trial }) => trial)).toEqual(['1', '1', '2']);
    expect((await rows([on, unseen])).map(({ unknown }) => unknown)).toEqual([undefined, 3]);
  });

  test('two runs of one id have two keys', async () => {
    const [run] = bookingPair(0);
    const { data } = dataOf(await reportPage([run, { ...run }]));
    expect(data.rows.map(({ key, id }) => [key, id])).toEqual([
      ['on-1', 'on-1'],
      ['run-2', 'on-1'],
    ]);
  });

  test('has no markup of a trace: its scripts and styles are its own, whatever it holds', async () => {
    const tags = (page: string): string[] => page.match(/<(?!\/)[a-z!][a-z-]*/giu)?.toSorted() ?? [];
    const problems = PAYLOADS.map((source) => ({ source, reason: source }));
    const hostile = await reportPage(hostileRuns(), hostileOptions(), problems);
    const harmless = await reportPage(Array.from({ length: 2 * PAYLOADS.length }, (_, i) => bookingPair(i)[0]));
    expect(tags(hostile).join(' ')).toBe(tags(harmless).join(' '));
    const { data, runs } = dataOf(hostile);
    expect(data.problems.map(({ reason }) => reason)[0]).toBe(PAYLOADS[0]);
    expect(plain(runs[0]?.calls[0]?.arguments ?? '')).toContain('<script>pwned=1</script>');
    expect(/[\u2028\u2029\u202e]/u.test(JSON.stringify([data, runs]))).toBe(false);
  });

  test('a policy lets only its own script and style run', async () => {
    const page = await reportPage(bookingPair(0));
    const policy = /http-equiv="Content-Security-Policy" content="(?<policy>[^"]*)"/u.exec(page)?.groups?.['policy'] ?? '';
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; img-src data:; /u);
    expect(policy).not.toContain('unsafe');
    expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<script'));
  });

  test.each([
    ['short results', 60],
    ['long results', 20_000],
  ])('100 runs of 20 calls with %s stay under 2 MB', async (_, size) => {
    expect(Buffer.byteLength(await reportPage(manyRuns(100, 20, size)))).toBeLessThan(2_000_000);
  });

  test('what grows when it is escaped is cut the more', () => {
    const run = runOf({ id: 'a', user: 'u', batches: [[['look', { q: 1 }, '<'.repeat(50_000), 5]]], answer: 'done' });
    expect(scriptJson(pageRun(analyzeRun(run))).length).toBeLessThan(12_000);
  });
});

describe('a run in the page', () => {
  const [on] = bookingPair(0);
  const run = pageRun(analyzeRun(on));

  test('marks the value of the evidence where it came from and where it was used', () => {
    const [calendar, , , guess, booked] = run.calls;
    expect(marksOf(guess?.arguments)).toEqual(['slot-tue-pm']);
    expect(marksOf(calendar?.result)).toEqual(['slot-8841']);
    expect(marksOf(booked?.arguments)).toEqual(['slot-8841']);
    expect(marksOf(calendar?.arguments)).toEqual([]);
  });

  test('has times since it began, waits, verdicts and what depends on what', () => {
    const [calendar, , weather, guess] = run.calls;
    expect(calendar).toMatchObject({ at: [540, 1160], usedBy: expect.arrayContaining([{ turn: 1, call: 4 }]) as unknown });
    expect(calendar).not.toHaveProperty('verdict');
    expect(weather).toMatchObject({ verdict: 'wasted', wasted: 'unused' });
    expect(guess).toMatchObject({ waits: [0, 180], at: [720, 1260], failed: true, dependsOn: [0], wasted: 'superseded' });
    expect(run.findings[0]).toMatchObject({ rule: 'dependent-parallel', calls: [3, 0, 4] });
    expect(run.turns[0]?.heard).toEqual([{ by: 'user', text: expect.stringContaining('Dr Okafor') as unknown }]);
    expect(plain(run.turns[2]?.text ?? '')).toContain('BK-51077');
  });

  test('what a call costs is told once', () => {
    const costs = run.findings.map(({ rule, calls, cost }) => [rule, calls[0], cost?.replace(/\d+/u, 'n').replace(/,.*/u, '')]);
    expect(costs).toEqual([
      ['dependent-parallel', 3, 'about n tokens'],
      ['wasted-call', 2, 'about n tokens'],
      ['wasted-call', 3, 'counted above'],
    ]);
  });

  test('a wait too short to matter is none', () => {
    const waiting = (slotMs: number, barrierMs: number): unknown =>
      pageRun(analyzeRun(runOf({ id: 'a', user: 'u', batches: [[['look', {}, 'x', 50, { slotMs, barrierMs }]]], answer: 'x' }))).calls[0]
        ?.waits;
    expect(waiting(1, 0)).toBeUndefined();
    expect(waiting(9.9, 150)).toEqual([150, 0]);
    expect(waiting(10, 0)).toEqual([0, 10]);
  });

  test('without times has no times', () => {
    const untimed = pageRun(analyzeRun(runOf({ id: 'a', user: 'u', batches: [[['look', {}, 'x', 5]]], answer: 'done', isTimed: false })));
    expect(untimed).not.toHaveProperty('began');
    expect([...untimed.turns, ...untimed.calls].filter(({ at }) => at !== undefined)).toEqual([]);
  });
});

describe('a text that is shown', () => {
  test('is whole where it fits', () => {
    expect(shownText('short', [], 10)).toBe('short');
  });

  test('keeps what is marked beyond the cut, and says how much is left out', () => {
    const text = `${'a'.repeat(500)}NEEDLE${'b'.repeat(500)}`;
    const shown = shownText(text, [[500, 506]], 100) as Piece[];
    expect(marksOf(shown)).toEqual(['NEEDLE']);
    expect(plain(shown).length + left(shown)).toBe(text.length);
    expect(left(shown)).toBeGreaterThan(600);
  });

  test('is not cut within a character', () => {
    expect(plain(shownText('😀'.repeat(200), [], 101))).toBe('😀'.repeat(50));
  });

  test('shows control characters and what reorders text, keeps lines', () => {
    expect(shownText('a\u001b[2J\u202eb\nc', [], 100)).toBe('a\\u001b[2J\\u202eb\nc');
  });

  test('short texts leave their share to long ones', () => {
    expect(fairLimit([10, 10, 1000, 1000], 520, 50)).toBe(250);
    expect(fairLimit([10, 20], 520, 50)).toBe(520);
    expect(fairLimit([1000, 1000], 10, 50)).toBe(50);
  });
});

describe('printed JSON', () => {
  const value = { a: [{ 'x y': 'one "two"' }, []], b: { c: 'long enough to be on a line of its own, surely so' }, d: null };
  const printed = printedJson(value);

  test('is the value, indented', () => {
    expect(JSON.parse(printed.text)).toEqual(value);
    expect(printed.text).toContain('\n  "b": {');
  });

  test.each([
    ['$.a[0]["x y"]', 'one "two"', String.raw`one \"two\"`],
    ['$.b.c', 'long enough…', 'long enough'],
    ['$.b.c', 'written otherwise', '"long enough to be on a line of its own, surely so"'],
  ])('finds %s', (path, text, found) => {
    expect(printed.text.slice(...(rangeOf(printed, path, text) ?? [0, 0]))).toBe(found);
  });

  test('finds nothing where there is nothing', () => {
    expect(rangeOf(printed, '$.nowhere', 'x')).toBeUndefined();
    expect(rangeOf(printedJson('plain text'), '$', 'other')).toBeUndefined();
    expect(rangeOf(printedJson('plain text'), '$', 'text')).toEqual([6, 10]);
  });
});
