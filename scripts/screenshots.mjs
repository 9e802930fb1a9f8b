// Writes docs/images/: the HTML report on a desktop and a phone, light and dark.
//   npm run screenshots
import { mkdirSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launchChromium } from '../test/support/chromium.mjs';
import { reportPage } from '../test/support/report-page.mjs';
import { bookingPair } from '../test/support/report-runs.mjs';

const folder = new URL('../docs/images/', import.meta.url);
const file = join(mkdtempSync(join(tmpdir(), 'fanlight-screenshots-')), 'report.html');
writeFileSync(file, await reportPage(Array.from({ length: 40 }, (_, i) => bookingPair(i)).flat(), { title: 'Clinic booking agent' }));
mkdirSync(folder, { recursive: true });

const VIEWS = { overview: '#/', run: '#/run/on-1', compare: '#/compare/on-1/off-1' };
const SCREENS = { desktop: { width: 1280, height: 780 }, phone: { width: 390, height: 844 } };

const browser = await launchChromium();
for (const [screen, viewport] of Object.entries(SCREENS)) {
  for (const colorScheme of ['light', 'dark']) {
    const page = await browser.newPage({ viewport, colorScheme });
    for (const [view, hash] of Object.entries(VIEWS)) {
      await page.goto(`${pathToFileURL(file).href}${hash}`);
      await page.reload();
      await page.waitForSelector('h1');
      // Half-way through, where the two differ most.
      if (view === 'compare') {
        await page.getByLabel('Time').fill('1800');
        await page.getByLabel('Time').blur();
      }
      if (view !== 'overview' && screen === 'phone')
        await page
          .locator('.timeline')
          .first()
          .evaluate((element) => element.scrollIntoView({ block: 'center' }));
      const path = new URL(`report-${view}-${screen}-${colorScheme}.png`, folder);
      await page.screenshot({ path: path.pathname });
      console.log(`${path.pathname.split('/').at(-1)}  ${Math.ceil(statSync(path).size / 1000)} kB`);
    }
    await page.close();
  }
}
await browser.close();
