import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { safe } from '../report/safe.ts';

/** What opens a page, by platform. */
const OPENERS: Partial<Record<NodeJS.Platform, [command: string, ...args: string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** Opens a file in the user's browser; where that cannot be done, it says so and fails nothing. */
export async function openInBrowser(path: string): Promise<void> {
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const url = pathToFileURL(resolve(path)).href;
  const browser = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  const isStarted = await new Promise<boolean>((done) => {
    browser.once('error', () => done(false));
    browser.once('spawn', () => done(true));
  });
  if (isStarted) browser.unref();
  else process.stderr.write(`No browser could be started (${command} was not found); open ${safe(url)} yourself.\n`);
}
