// Builds dist/: the TypeScript sources and the report's page. Prints nothing unless something is wrong.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildPage } from './build-page.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
rmSync(`${root}dist`, { recursive: true, force: true });
const tsc = spawn(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', `${root}tsconfig.build.json`], { stdio: 'inherit' });
const [[code]] = await Promise.all([once(tsc, 'exit'), buildPage(root)]);
if (code !== 0) process.exit(code ?? 1);
chmodSync(`${root}dist/src/cli/main.js`, 0o755);
