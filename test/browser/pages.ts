import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launchChromium } from '../support/chromium.mjs';
import { reportPage } from '../support/report-page.mjs';

const folder = mkdtempSync(join(tmpdir(), 'fanlight-page-'));

/** Writes a report to disk, where a reader would have it. */
export async function writePage(name: string, ...report: Parameters<typeof reportPage>): Promise<string> {
  const file = join(folder, `${name}.html`);
  writeFileSync(file, await reportPage(...report));
  return pathToFileURL(file).href;
}

/** One browser a test file. */
export function browserOfTests(): { open(url: string, options?: BrowserContextOptions): Promise<Page> } {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
  return {
    async open(url, options = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
      const page = await context.newPage();
      await page.goto(url);
      await page.waitForSelector('h1');
      return page;
    },
  };
}

/** Goes to a view of the open page. */
export async function visit(page: Page, hash: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
  await page.waitForFunction(`location.hash === ${JSON.stringify(hash)}`);
  await page.waitForTimeout(50);
}
