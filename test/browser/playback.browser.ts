import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { bookingPair } from '../support/report-runs.mjs';
import { browserOfTests, writePage } from './pages.ts';

const chromium = browserOfTests();
let url = '';
beforeAll(async () => {
  url = await writePage('pair', bookingPair(0));
});

/** Elapsed, calls done and wasted calls of both sides, in one look. */
const counters = (page: Page): Promise<string[][]> =>
  page.evaluate(`[...document.querySelectorAll('.side')].map((side) => [...side.querySelectorAll('dd')].map((dd) => dd.innerText))`);

test('a run leads to the same task in the other variant', async () => {
  const page = await chromium.open(`${url}#/run/off-1`);
  await page.getByRole('link', { name: 'Side by side with parallel-on' }).click();
  await page.getByRole('heading', { name: 'Side by side' }).waitFor();
  expect(await page.locator('.side h2 bdi').allInnerTexts()).toEqual(['parallel-off', 'parallel-on']);
});

test('both runs play in step, their counters running', async () => {
  const page = await chromium.open(`${url}#/compare/on-1/off-1`);
  expect(await counters(page)).toEqual([
    ['2.67 s', '5 of 5', '2'],
    ['3.24 s', '3 of 3', '0'],
  ]);
  await page.getByLabel('Speed').selectOption('2');
  await page.getByRole('button', { name: 'Play' }).click();
  const seen = new Set<string>();
  while ((await page.getByRole('button', { name: 'Pause' }).count()) > 0) {
    const [on, off] = await counters(page);
    seen.add(on?.[2] ?? '');
    if (on?.[0] !== '2.67 s' && off?.[0] !== '2.67 s') expect(on?.[0]).toBe(off?.[0]);
    await page.waitForTimeout(40);
  }
  expect([...seen]).toEqual(['0', '1', '2']);
  expect((await counters(page))[1]).toEqual(['3.24 s', '3 of 3', '0']);
});

test('scrubs by keyboard, and pauses', async () => {
  const page = await chromium.open(`${url}#/compare/on-1/off-1`);
  const slider = page.getByLabel('Time');
  await slider.focus();
  await page.keyboard.press('Home');
  // What is pressed is drawn with the next frame.
  await expect
    .poll(() => counters(page))
    .toEqual([
      ['0 ms', '0 of 5', '0'],
      ['0 ms', '0 of 3', '0'],
    ]);
  await page.keyboard.press('End');
  await expect.poll(() => slider.getAttribute('aria-valuetext')).toBe('3.24 s of 3.24 s');
  await page.getByRole('button', { name: 'Play' }).click();
  await page.waitForTimeout(300);
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Play' }).waitFor();
  const stopped = await counters(page);
  await page.waitForTimeout(200);
  expect(await counters(page)).toEqual(stopped);
});

test('with reduced motion it goes from event to event', async () => {
  const page = await chromium.open(`${url}#/compare/on-1/off-1`, { reducedMotion: 'reduce' });
  await page.getByLabel('Speed').selectOption('10');
  await page.getByRole('button', { name: 'Play' }).click();
  const seen = new Set<string>();
  while ((await page.getByRole('button', { name: 'Pause' }).count()) > 0) {
    seen.add((await counters(page))[1]?.[0] ?? '');
    await page.waitForTimeout(10);
  }
  // Where a bar of one of the two runs begins or ends.
  const events = ['0 ms', '450 ms', '540 ms', '720 ms', '800 ms', '850 ms', '1.07 s', '1.16 s', '1.26 s', '1.52 s', '1.71 s', '1.83 s'];
  for (const time of [...seen].filter((text) => Number.parseFloat(text) < 1.9 || text.endsWith('ms'))) expect(events).toContain(time);
  expect(seen.size).toBeGreaterThan(8);
});
