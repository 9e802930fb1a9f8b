// Chromium from Debian for the browser tests, where there is none; prints where it is. `npm run test:browser` begins with it.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** @returns {string} path */
export function chromiumPath() {
  const find = () =>
    [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => path !== undefined && existsSync(path));
  if (find() === undefined) {
    console.log('installing chromium');
    const apt = (...args) => execFileSync('apt-get', args, { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
    apt('update', '-qq');
    apt('install', '-y', '-qq', '--no-install-recommends', 'chromium');
  }
  const path = find();
  if (path === undefined) throw new Error('chromium could not be installed; set CHROMIUM to the path of a Chromium or Chrome');
  return path;
}

if (process.argv[1] === import.meta.filename) console.log(`chromium ${chromiumPath()}`);
