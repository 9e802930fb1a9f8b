import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { manyRuns } from '../support/report-runs.mjs';
import { browserOfTests, writePage } from './pages.ts';

const chromium = browserOfTests();
let url = '';
beforeAll(async () => {
  url = await writePage('many', manyRuns(2000, 20));
});

test('2,000 runs of 20 calls open within two seconds and scroll smoothly', async () => {
  const began = performance.now();
  const page = await chromium.open(`${url}#/runs`);
  await page.locator('.run-row').first().waitFor();
  const opened = performance.now() - began;
  const frames = await page.evaluate<number[]>(`new Promise((resolve) => {
    const frames = [];
    let last = performance.now();
    const step = (now) => {
      frames.push(now - last);
      last = now;
      scrollBy(0, 900);
      if (frames.length === 120) resolve(frames.slice(1));
      else requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  })`);
  const sorted = frames.toSorted((a, b) => a - b);
  const size = statSync(fileURLToPath(url)).size / 1e6;
  console.log(
    `${size.toFixed(1)} MB opened in ${opened.toFixed(0)} ms; frames while scrolling: median ${sorted[60]?.toFixed(1)} ms, slowest ${sorted.at(-1)?.toFixed(1)} ms`,
  );
  expect(opened).toBeLessThan(2000);
  expect(sorted[60]).toBeLessThan(50);
  expect(await page.locator('.run-row').count()).toBeLessThan(80);
  await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)');
  await page.getByText('Question number 1999').waitFor();
  const typed = performance.now();
  await page.getByLabel('Search').fill('run-01234');
  await page.getByText('Question number 1234').waitFor();
  expect(performance.now() - typed).toBeLessThan(1000);
  await page.getByText('Question number 1234').click();
  await page.locator('button.row').first().waitFor();
  expect(await page.locator('button.row').count()).toBe(20);
});
