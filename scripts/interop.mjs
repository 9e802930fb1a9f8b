// Reads real exports of other instrumentations and holds them against what they hold.
//   node scripts/interop.mjs [--writer NAME] [folder …]   (after a build)
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CHECKS, readUnknowns, truthTable, unneeded } from './truth-table.mjs';

const root = join(import.meta.dirname, '..');
const { values, positionals } = parseArgs({ options: { writer: { type: 'string' } }, allowPositionals: true });
const fixtures = join(root, 'fixtures/interop');
const folders =
  positionals.length > 0
    ? positionals.map((folder) => resolve(folder))
    : [fixtures, join(root, '../shared/interop')].filter((folder) => existsSync(join(folder, 'TRUTH.json')));
const unknowns = readUnknowns(join(fixtures, 'unknown'));
/** What the truth of the shared exports leaves out. */
const shared = JSON.parse(readFileSync(join(fixtures, 'SHARED.json'), 'utf8'));
const SIGNS = { right: 'ok', unknown: 'unknown', wrong: 'WRONG', unexplained: 'UNKNOWN', stale: 'STALE' };

const holdsResults = (folder) =>
  Object.values(JSON.parse(readFileSync(join(folder, 'TRUTH.json'), 'utf8'))).some(({ results }) => results !== undefined);

const failures = [];
const allRows = [];
const count = {};
for (const folder of folders) {
  const rows = await truthTable(folder, { unknowns, more: holdsResults(folder) ? {} : shared, writer: values.writer });
  console.log(`\n${'writer / file'.padEnd(66)}${CHECKS.map((name) => name.padEnd(13)).join('')}dialect`);
  for (const { writer, file, dialects, problems, cells } of rows) {
    console.log(
      `${`${writer} / ${file}`.padEnd(66)}${CHECKS.map((name) => SIGNS[cells[name].state].padEnd(13)).join('')}${dialects.join(', ')}`,
    );
    for (const name of CHECKS) {
      const { state, what } = cells[name];
      count[state] = (count[state] ?? 0) + 1;
      if (state !== 'right' && state !== 'unknown') failures.push(`${writer} / ${file}: ${name} ${SIGNS[state]}, ${what}`);
    }
    for (const problem of problems) console.log(`    ${problem}`);
  }
  allRows.push(...rows);
}
for (const { writer, files, check } of unneeded(unknowns, allRows))
  failures.push(`unknown/${writer}.json: no cell needs ${files}, ${check}`);
console.log(
  `\n${Object.entries(count)
    .map(([state, n]) => `${n} ${state}`)
    .join(', ')}`,
);
for (const failure of failures) console.error(failure);
process.exitCode = failures.length > 0 ? 1 : 0;
