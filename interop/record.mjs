// Records what real packages write of the scripted conversations.
//   npm run interop:record [-- WRITER …] [--out FOLDER] [--only NAME …]
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { installOther } from './other-language.mjs';
import { SCENARIOS, truth } from './scenarios.mjs';
import { scrubbed } from './scrub.mjs';
import { startScriptedServer } from './server.mjs';

const run = promisify(execFile);
const here = import.meta.dirname;
const writersFolder = join(here, 'writers');
const TIMEOUT_MS = 60_000;
const PLAIN_UP_TO = 24_000;

const { values, positionals } = parseArgs({
  options: { out: { type: 'string', default: join(here, '../fixtures/interop') }, only: { type: 'string', multiple: true } },
  allowPositionals: true,
});
const out = resolve(values.out);
const writers = positionals.length > 0 ? positionals : readdirSync(writersFolder).toSorted();

mkdirSync(out, { recursive: true });
writeFileSync(join(out, 'TRUTH.json'), `${JSON.stringify(truth(), null, 1)}\n`);
let failures = 0;
for (const writer of writers) {
  const folder = join(writersFolder, writer);
  const { recordings, dependencies, versions } = read(join(folder, 'package.json'));
  await install(folder);
  const node = nodeOf(folder);
  if (values.only === undefined) rmSync(join(out, writer), { recursive: true, force: true });
  const names = recordings
    .flatMap(({ scenarios, variants }) => scenarios.flatMap((scenario) => variants.map((variant) => ({ scenario, variant }))))
    .filter(({ scenario, variant }) => values.only?.includes(`${scenario}${variant}`) ?? true);
  for (const { scenario, variant } of names) {
    const file = join(out, writer, `${scenario}${variant}.jsonl`);
    try {
      await recordOne({ node, writer, scenario, variant, file });
    } catch (error) {
      failures++;
      console.error(`${writer} / ${scenario}${variant}: ${error.stderr || error.message}`);
    }
  }
  noteVersions(writer, { node: (await run(node, ['--version'])).stdout.trim().slice(1), ...installed(folder, dependencies), ...versions });
  console.log(`${writer}: ${names.length} recordings`);
}
process.exitCode = failures > 0 ? 1 : 0;

/** Each writer has an install of its own: what one needs another may forbid. */
async function install(folder) {
  installOther(folder);
  if (existsSync(join(folder, 'node_modules/.package-lock.json'))) return;
  const command = existsSync(join(folder, 'package-lock.json')) ? 'ci' : 'install';
  await run('npm', [command, '--no-audit', '--no-fund'], { cwd: folder });
}

/** Writers that need a newer Node depend on one. */
function nodeOf(folder) {
  const own = join(folder, 'node_modules/.bin/node');
  return existsSync(own) ? own : process.execPath;
}

/** All of a recording or nothing of it: what a failure left half-done would pass for what the writer writes. */
async function recordOne({ node, writer, scenario, variant, file }) {
  const folder = join(file, '..');
  const parts = () =>
    readdirSync(folder)
      .filter((name) => name.startsWith(`${scenario}${variant}.`))
      .map((name) => join(folder, name));
  mkdirSync(folder, { recursive: true });
  for (const path of parts()) rmSync(path);
  try {
    await converse({ node, writer, scenario, variant, file });
    if (!existsSync(file)) throw new Error('nothing was written; if that is what this writer does, take it off its list of recordings');
    for (const path of parts()) keep(path);
  } catch (error) {
    for (const path of parts()) rmSync(path);
    throw error;
  }
}

async function converse({ node, writer, scenario, variant, file }) {
  const { turns } = SCENARIOS[scenario];
  const server = await startScriptedServer(SCENARIOS[scenario]);
  try {
    const script = [join(here, 'record-one.mjs'), writer, scenario, variant, server.url, file];
    const { stderr } = await run(node, script, { cwd: join(writersFolder, writer), timeout: TIMEOUT_MS, env: environment() });
    if (stderr !== '') console.error(`${writer} / ${scenario}${variant}: ${stderr}`);
    const expected = Math.max(turns.length, 1);
    if (server.requests.length !== expected) throw new Error(`${server.requests.length} requests were made, not ${expected}`);
  } finally {
    await server.close();
  }
}

/** Long ones are compressed: a repository is no place for megabytes of the same words. */
function keep(path) {
  const text = scrubbed(readFileSync(path, 'utf8'));
  if (text.length > PLAIN_UP_TO) {
    rmSync(path);
    writeFileSync(`${path}.gz`, gzipSync(text, { level: 9 }));
  } else {
    writeFileSync(path, text);
  }
}

/** Nothing of the environment is to change, or to be in, a recording. */
function environment() {
  const { PATH, HOME, TMPDIR } = process.env;
  return { PATH, HOME, ...(TMPDIR && { TMPDIR }), NO_PROXY: '127.0.0.1', NODE_NO_WARNINGS: '1' };
}

function installed(folder, dependencies) {
  const names = Object.keys(dependencies).filter((name) => name !== 'node');
  return Object.fromEntries(names.map((name) => [name, read(join(folder, 'node_modules', name, 'package.json')).version]));
}

function noteVersions(writer, versions) {
  const path = join(out, 'VERSIONS.json');
  const all = { ...(existsSync(path) ? read(path) : {}), [writer]: versions };
  writeFileSync(path, `${JSON.stringify(Object.fromEntries(Object.entries(all).toSorted(([a], [b]) => (a < b ? -1 : 1))), null, 1)}\n`);
}

function read(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
