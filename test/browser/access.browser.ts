import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { bookingPair, runOf } from '../support/report-runs.mjs';
import { browserOfTests, visit, writePage } from './pages.ts';

const chromium = browserOfTests();
const metrics = [
  { id: 'latency', label: 'Latency p50', text: '1.20 s', threshold: 'at most 1.40 s', passed: true, detail: '1.10 s to 1.31 s' },
  { id: 'wasted', label: 'Wasted parallel calls', text: '4.0 %', threshold: 'at most 1.0 %', passed: false },
];
const evaluation = {
  note: 'simulation',
  variants: [
    { name: 'parallel-on', gate: 'failed' as const, metrics },
    { name: 'parallel-off', gate: 'passed' as const, metrics },
    {
      name: 'a-variant-with-a-rather-long-name',
      gate: 'not gated' as const,
      metrics: metrics.map(({ id, label, text }) => ({ id, label, text })),
    },
  ],
  caveat: 'How to read it.',
  comparisons: [
    {
      baseline: 'parallel-off',
      candidate: 'parallel-on',
      rows: [
        { label: 'Latency p50', a: '1.20 s', b: '0.90 s', difference: '−0.30 s', interval: '−0.41 to −0.19', verdict: 'better' },
        {
          label: 'dollars per task',
          a: '$0.00124',
          b: '$0.000106',
          difference: '−$0.000180',
          interval: '−$0.000247 to −$0.000118',
          verdict: 'too few runs: about 1,234 more needed',
        },
      ],
    },
  ],
};
const untimed = runOf({
  id: 'untimed',
  user: 'No times here.',
  batches: [
    [
      ['a_tool_with_a_rather_long_name_that_fits_no_phone', { x: 1 }, 'y', 1],
      ['look', { x: 1 }, 'y', 1],
    ],
  ],
  answer: 'y',
  isTimed: false,
});
const withoutToolTimes = {
  ...bookingPair(0)[1],
  id: 'no-tool-times',
  calls: bookingPair(0)[1].calls.map(({ start: _start, end: _end, ...call }) => call),
};
const VIEWS = [
  '#/',
  '#/runs',
  '#/runs?q=nothing-like-it',
  '#/run/on-1',
  '#/run/untimed',
  '#/run/no-tool-times',
  '#/compare/on-1/off-1',
  '#/run/nowhere',
];
let url = '';
beforeAll(async () => {
  const runs = [...Array.from({ length: 8 }, (_, i) => bookingPair(i)).flat(), untimed, withoutToolTimes];
  url = await writePage('access', runs, {
    evaluation,
    noteOf: () => 'simulation',
    scoreOf: () => ({ correct: true, checks: [{ name: 'confirmation', passed: true, reason: 'is told' }] }),
  });
});

const WIDTHS = { desktop: { width: 1280, height: 800 }, phone: { width: 375, height: 740 } };

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  test.each(['desktop', 'phone'] as const)('axe finds nothing serious at %s', async (width) => {
    const page = await chromium.open(url, { colorScheme, viewport: WIDTHS[width], bypassCSP: true });
    await page.addScriptTag({ content: axe.source });
    for (const view of VIEWS) {
      await visit(page, view);
      if (view === '#/run/on-1') await page.locator('button.row').nth(3).click();
      const found = await page.evaluate(`axe.run().then(({ violations }) => violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => id + ' ' + nodes.slice(0, 3).map(({ html }) => html).join(' ')))`);
      expect(found, view).toEqual([]);
    }
  });
});

/** Pairs of labels that lie over each other. */
const overlaps = (page: Page): Promise<unknown> =>
  page.evaluate(`(() => {
    const boxes = [...document.querySelectorAll('.rows .tool, .rows .tag, .rows .time, .rows .name b, .rows .name .dim, .tick-labels span, dt, dd, h1, h2, th, td, .legend li')]
      .map((element) => ({ element, text: element.textContent, box: element.getBoundingClientRect() }))
      .filter(({ box, text }) => box.width > 1 && box.height > 1 && text.trim() !== '');
    const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2;
    return boxes.flatMap((a, i) => boxes.slice(i + 1)
      .filter((b) => meet(a.box, b.box) && !a.element.contains(b.element) && !b.element.contains(a.element))
      .map((b) => a.text + ' / ' + b.text));
  })()`);

test.each([320, 375, 700, 1000, 1280])('at %i pixels nothing overlaps and nothing has to be scrolled sideways', async (width) => {
  const page = await chromium.open(url, { viewport: { width, height: 800 } });
  for (const view of VIEWS) {
    await visit(page, view);
    expect(await overlaps(page), view).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth'), view).toBeLessThanOrEqual(width);
  }
});

test.each([320, 390, 700])('at %i pixels every value of an evaluation is on the screen, whole', async (width) => {
  const page = await chromium.open(url, { viewport: { width, height: 800 } });
  const of = '[aria-labelledby=evaluation-heading] .scroll';
  const tables = page.locator(of);
  expect(await tables.count()).toBe(2);
  const cut = `[...document.querySelectorAll('${of}')].map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)`;
  expect(await page.evaluate(cut)).toEqual([0, 0]);
  const text = (await tables.allInnerTexts()).join(' ').replaceAll(/\s+/gu, ' ');
  for (const said of [
    'at most 1.40 s',
    '1.20 s ✓ met 1.10 s to 1.31 s',
    '−0.30 s −0.41 to −0.19 better',
    '0.90 s against 1.20 s',
    'not gated',
  ])
    expect(text).toContain(said);
});

test('a call has the height of the screen beside the timeline', async () => {
  const page = await chromium.open(`${url}#/run/on-1`);
  expect((await page.locator('.call-detail').boundingBox())?.height).toBeGreaterThan(700);
});

test('what was not recorded is said, and its bars are in the legend', async () => {
  const page = await chromium.open(`${url}#/run/no-tool-times`);
  expect(await page.getByText('The times of the tool calls were not recorded').isVisible()).toBe(true);
  expect(await page.getByRole('list', { name: 'What the bars mean' }).innerText()).toContain('times not recorded');
  await visit(page, '#/run/on-1');
  expect(await page.getByRole('list', { name: 'What the bars mean' }).innerText()).not.toContain('times not recorded');
});

test('everything can be reached and done by keyboard', async () => {
  const page = await chromium.open(url);
  const focused = (): Promise<string> => page.locator(':focus').innerText();
  const tabTo = async (text: string | RegExp): Promise<void> => {
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab');
      const focus = page.locator(':focus');
      if ((await focus.count()) === 0) continue;
      expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle'), `focus on ${await focused()}`).not.toBe('none');
      if (((await focus.getAttribute('type')) === 'search' ? 'search' : await focus.innerText()).match(text) !== null) return;
    }
    throw new Error(`no way to ${text} with the tab key`);
  };

  await tabTo('Skip to the content');
  await page.keyboard.press('Enter');
  expect(await page.evaluate('document.activeElement.tagName')).toBe('MAIN');
  await visit(page, '#/');
  await page.reload();
  await tabTo(/^Runs$/u);
  await page.keyboard.press('Enter');
  await expect.poll(() => page.locator('h1:focus').count()).toBe(1);
  expect(await focused()).toBe('Runs');
  await tabTo(/^search$/u);
  await page.keyboard.type('okafor parallel');
  const status = (): Promise<string> => page.getByRole('status').innerText();
  await expect.poll(status).toMatch(/^0 of/u);
  for (let i = 0; i < ' parallel'.length; i++) await page.keyboard.press('Backspace');
  await expect.poll(status).toBe('5 of 18 runs');
  expect(await page.getByLabel('Search').inputValue()).toBe('okafor');
  await tabTo(/Can I see Dr Okafor/u);
  await page.keyboard.press('Enter');
  await expect.poll(focused).toMatch(/^“Can I see Dr Okafor/u);
  await tabTo(/^get_calendar/u);
  expect(await page.locator('.call-detail h2').innerText()).toBe('get_calendar');
  expect(await page.locator('.call-detail mark').allInnerTexts()).toContain('slot-8841');
  await tabTo(/^book_appointment/u);
  await page.keyboard.press('Enter');
  expect(await page.locator('button.row[aria-pressed="true"]').innerText()).toContain('wasted: superseded');
  await page.keyboard.press('Shift+Tab');
  expect(await page.locator('.call-detail h2').innerText()).toBe('get_weather');
});

test('the filters are in the address, whoever wrote it', async () => {
  const page = await chromium.open(`${url}#/runs?q=okafor&only=wasted`);
  expect(await page.getByLabel('Search').inputValue()).toBe('okafor');
  expect(await page.locator('.run-row').count()).toBe(2);
  await page.getByLabel('Search').pressSequentially(' sunday');
  await page.getByRole('link', { name: 'Show all' }).click();
  await expect.poll(() => page.locator('.run-row').count()).toBe(18);
  expect(await page.getByLabel('Search').inputValue()).toBe('');
  expect(await page.getByRole('columnheader', { name: 'wasted' }).getAttribute('aria-sort')).toBe('descending');
  await page.getByRole('button', { name: 'dependent' }).click();
  await expect.poll(() => page.evaluate('location.hash')).toBe('#/runs?sort=dependent');
  expect(await page.getByRole('columnheader', { name: 'dependent' }).getAttribute('aria-sort')).toBe('descending');
  await page.getByRole('button', { name: 'dependent' }).click();
  await expect.poll(() => page.getByLabel('Sort by').locator(':checked').innerText()).toBe('least dependent first');
});

test('an evaluation is told with its thresholds, intervals and verdicts, in words', async () => {
  const page = await chromium.open(url);
  const table = page.getByRole('region', { name: 'Metrics by variant' });
  expect((await table.getByRole('row').nth(1).innerText()).split(/\s*[\t\n]\s*/u)).toEqual(
    expect.arrayContaining(['Latency p50', 'at most 1.40 s', '1.20 s ✓ met', '1.10 s to 1.31 s']),
  );
  expect(await table.getByRole('row').first().innerText()).toMatch(
    /parallel-on ✗ gate failed\s+parallel-off ✓ gate passed\s+a-variant-with-a-rather-long-name not gated/u,
  );
  expect(await page.locator('.card').count()).toBe(0);
  expect(await page.getByText('How to read it.').isVisible()).toBe(true);
  expect(await page.getByRole('region', { name: 'parallel-on against parallel-off' }).innerText()).toContain('better');
  for (const view of VIEWS) {
    await visit(page, view);
    expect(await page.getByText('Note: simulation').isVisible(), view).toBe(true);
  }
});

test('what is marked is the value, in the call and where it came from', async () => {
  const page = await chromium.open(`${url}#/run/on-1`);
  expect(await page.locator('.call-detail > pre mark').allInnerTexts()).toEqual(['slot-tue-pm']);
  expect(new Set(await page.locator('.call-detail figure mark').allInnerTexts())).toEqual(new Set(['slot-8841']));
  expect(
    await page
      .getByRole('button', { name: /book_appointment/u })
      .first()
      .innerText(),
  ).toContain('wasted');
  expect(await page.getByRole('img', { name: 'waited 180 ms for a free slot, began at 720 ms, took 540 ms' }).count()).toBe(1);
});

test.each([375, 1280])('at %i pixels an arrow leads from the dependent call to the end of the sibling it needed', async (width) => {
  const page = await chromium.open(`${url}#/run/on-1`, { viewport: { width, height: 800 } });
  const drawn = await page.evaluate<Record<string, number>>(`(() => {
    const box = (element) => element.getBoundingClientRect();
    const bar = (n) => box([...document.querySelectorAll('button.row')][n].querySelector('.bar rect:last-of-type'));
    const [, shaft] = document.querySelectorAll('.timeline > .links line');
    const [calendar, book, dot, tip] = [bar(0), bar(3), box(document.querySelector('.timeline > .links circle')), box(shaft)];
    return {
      dot: dot.left + dot.width / 2 - book.left,
      tip: tip.left + tip.width / 2 - calendar.right,
      below: tip.top - calendar.bottom,
      above: book.top - tip.bottom,
    };
  })()`);
  expect(Math.abs(drawn['dot'] ?? NaN)).toBeLessThan(2);
  expect(Math.abs(drawn['tip'] ?? NaN)).toBeLessThan(2);
  expect(Math.abs(drawn['below'] ?? NaN)).toBeLessThan(8);
  expect(Math.abs(drawn['above'] ?? NaN)).toBeLessThan(8);
});

test('wasted calls are hatched, what a call waited for has a pattern of its own', async () => {
  const page = await chromium.open(`${url}#/run/on-1`);
  const fills = await page.evaluate<string[]>(
    `[...document.querySelectorAll('button.row')].map((row) => [...row.querySelectorAll('rect')].map((rect) => getComputedStyle(rect).fill).join(' '))`,
  );
  expect(fills.map((fill) => fill.match(/#\w+/gu)?.join(' ') ?? 'plain')).toEqual(['plain', 'plain', '#hatch', '#dots #hatch', 'plain']);
});

test('a phone shows a call at the foot, and gives the focus back', async () => {
  const page = await chromium.open(`${url}#/run/on-1`, { viewport: WIDTHS.phone, hasTouch: true });
  expect(await page.locator('.call-detail').count()).toBe(0);
  await page.locator('button.row').first().tap();
  expect(await page.locator('.call-detail h2').innerText()).toBe('get_calendar');
  await page.getByRole('button', { name: 'Close' }).tap();
  expect(await page.locator('.call-detail').count()).toBe(0);
  expect(await page.locator(':focus').innerText()).toContain('get_calendar');
});

test('the theme can be chosen', async () => {
  const page = await chromium.open(url, { colorScheme: 'light' });
  const ground = (): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor');
  const light = await ground();
  await page.getByLabel('Theme').selectOption('dark');
  await expect.poll(ground).not.toBe(light);
  await page.getByLabel('Theme').selectOption('light');
  await expect.poll(ground).toBe(light);
});
