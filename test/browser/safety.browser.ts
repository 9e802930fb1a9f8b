import { pathToFileURL } from 'node:url';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { hostileOptions, hostileRuns, PAYLOADS } from '../support/hostile.mjs';
import { dataOf, reportPage } from '../support/report-page.mjs';
import { browserOfTests, visit, writePage } from './pages.ts';

const chromium = browserOfTests();
const problems = PAYLOADS.map((text) => ({ source: text, reason: text }));
let url = '';
let keys: string[] = [];
beforeAll(async () => {
  url = await writePage('hostile', hostileRuns(), hostileOptions(), problems);
  keys = dataOf(await reportPage(hostileRuns())).data.rows.map(({ key }) => key);
});

const INTRUDERS = 'img, iframe, object, embed, form, base, #app script, #app style, #app link, #app details[ontoggle], svg[onload]';

/** What content has done to a page it must do nothing to. */
const harm = (page: Page): Promise<unknown> =>
  page.evaluate(`({
    pwned: window.pwned,
    intruders: [...document.querySelectorAll(${JSON.stringify(INTRUDERS)})].map((element) => element.outerHTML.slice(0, 100)),
    links: [...document.querySelectorAll('a')].map((a) => a.getAttribute('href')).filter((href) => !href.startsWith('#/')),
    handlers: [...document.querySelectorAll('*')].flatMap((element) => element.getAttributeNames()).filter((name) => name.startsWith('on')),
    hidden: getComputedStyle(document.body).display === 'none',
  })`);
const NONE = { pwned: undefined, intruders: [], links: [], handlers: [], hidden: false };

test('the payloads do harm where they are taken as markup', async () => {
  const file = join(tmpdir(), 'fanlight-naive.html');
  writeFileSync(file, `<h1>naive</h1>${PAYLOADS.filter((payload) => !/style|http-equiv|<!--/u.test(payload)).join('\n')}`);
  const page = await chromium.open(pathToFileURL(file).href);
  await page.waitForFunction('window.pwned !== undefined');
  expect(await page.evaluate(`document.querySelectorAll('img, iframe, form, base').length`)).toBeGreaterThan(3);
});

test('in no view does trace content run, load or change anything', async () => {
  const page = await chromium.open(url);
  const asked: string[] = [];
  const alarms: string[] = [];
  page.context().on('request', (request) => asked.push(request.url()));
  page.on('dialog', (dialog) => void dialog.dismiss().then(() => alarms.push(dialog.message())));
  page.on('pageerror', (error) => alarms.push(error.message));
  page.on('console', (message) => alarms.push(message.text()));
  const run = (key = ''): string => `#/run/${encodeURIComponent(key)}`;
  const pair = (i: number): string => `#/compare/${encodeURIComponent(keys[2 * i] ?? '')}/${encodeURIComponent(keys[2 * i + 1] ?? '')}`;
  const views = [
    '#/',
    '#/runs',
    ...keys.map(run),
    ...PAYLOADS.map((_, i) => pair(i)),
    ...PAYLOADS.map(run),
    `#/runs?q=${encodeURIComponent(PAYLOADS[0] ?? '')}`,
  ];
  for (const view of views) {
    await visit(page, view);
    for (const call of await page.locator('button.row').all()) await call.click();
    expect(await harm(page), view).toEqual(NONE);
  }
  expect(asked).toEqual([]);
  expect(alarms).toEqual([]);
  expect(page.url().startsWith(url)).toBe(true);
});

test('what was markup is there to read', async () => {
  const page = await chromium.open(`${url}#/run/${encodeURIComponent(keys[0] ?? '')}`);
  await page.locator('button.row').nth(1).click();
  for (const place of ['h1', '.call-detail h2', '.call-detail pre', '.conversation', '.finding', '.run-facts', '.banner'])
    expect(await page.locator(place).first().innerText(), place).toContain('<script>pwned=1</script>');
});

test('the policy refuses a script and a request that got in all the same', async () => {
  const page = await chromium.open(url);
  const refused = await page.evaluate(`new Promise((resolve) => {
    const refused = [];
    addEventListener('securitypolicyviolation', (event) => {
      refused.push(event.effectiveDirective);
      if (refused.length === 3) resolve(refused.toSorted());
    });
    const script = document.createElement('script');
    script.textContent = 'window.pwned = 1';
    const style = document.createElement('style');
    style.textContent = 'body { display: none }';
    document.head.append(script, style);
    fetch('http://127.0.0.1:9/').catch(() => {});
  })`);
  expect(refused).toEqual(['connect-src', 'script-src-elem', 'style-src-elem']);
  expect(await harm(page)).toEqual(NONE);
});
