// Tries fanlight/promptfoo with the real promptfoo, which is too large to be a dependency: its types, and an evaluation
// of the example agent, from its history and from its spans. Nothing but the npm registry is asked.
//   node scripts/try-promptfoo.mjs   (Node 22.22 or newer, after a build)
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROMPTFOO = '0.123.1';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 22)) {
  console.error(`promptfoo needs Node 22.22 or newer; this is ${process.version}.`);
  process.exit(2);
}

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'fanlight-promptfoo-'));
const run = (command, args, cwd = folder) => execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

try {
  run('npm', ['pack', '--silent', '--pack-destination', folder], root);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'try-promptfoo', private: true, type: 'module' }));
  run('npm', ['install', '--silent', '--no-audit', '--no-fund', '--ignore-scripts', `./${tarball}`, `promptfoo@${PROMPTFOO}`, 'openai@7']);
  checkTypes();
  for (const path of ['booking-agent.mjs', 'eval-promptfoo']) cpSync(join(root, 'examples', path), join(folder, path), { recursive: true });

  const ofHistory = evaluate('eval-promptfoo/promptfooconfig.yaml');
  expect(ofHistory, 0, { pass: false, score: 2 / 3, says: 'book_appointment was wasted (superseded)' });
  expect(ofHistory, 1, { pass: false, score: 1 / 2, says: 'it guessed slot_id "slot-tue-pm"' });
  expect(ofHistory, 2, { pass: true, score: 1, says: 'toolCalls is 3, within 3' });

  const ofSpans = evaluate('eval-promptfoo/traced.yaml');
  expect(ofSpans, 0, { pass: false, score: 2 / 3, says: 'book_appointment was wasted (superseded)' });
  expect(ofSpans, 1, { pass: true, score: 1, says: 'tokens is 54, within 100' });
  console.log(`promptfoo ${PROMPTFOO}: its types fit; assertions on a history and on spans say what they should`);
} catch (error) {
  console.error(`${error.message}\n${error.stdout ?? ''}${error.stderr ?? ''}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The compiler says whether promptfoo would take the assertions as its own. */
function checkTypes() {
  writeFileSync(
    join(folder, 'types.ts'),
    `import type { AssertionValueFunction } from 'promptfoo';
import { noDependentParallelCalls, noWastedCalls, within } from 'fanlight/promptfoo';
export const assertions: AssertionValueFunction[] = [noWastedCalls, noDependentParallelCalls, within];
`,
  );
  const compilerOptions = { module: 'nodenext', target: 'es2023', strict: true, noEmit: true, skipLibCheck: true, types: [] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['types.ts'] }));
  run('node', [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.']);
}

/** The results of the assertions of the one test, in order. */
function evaluate(config) {
  const args = ['promptfoo', 'eval', '--no-cache', '--no-share', '--no-table', '-c', config, '-o', 'out.json'];
  // Exit code 100: some assertions failed, as they should.
  const { stdout, stderr } = spawnSync('node', [join(root, 'examples/offline.mjs'), 'npx', '--no-install', ...args], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 120_000,
    env: { ...process.env, PROMPTFOO_DISABLE_TELEMETRY: '1', PROMPTFOO_DISABLE_UPDATE: '1', PROMPTFOO_CONFIG_DIR: join(folder, 'config') },
  });
  const [result] = JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8')).results.results;
  if (result?.gradingResult?.componentResults === undefined) throw new Error(`${config}: ${result?.error}\n${stdout}${stderr}`);
  return result.gradingResult.componentResults;
}

function expect(results, i, { pass, score, says }) {
  const result = results[i];
  const isRight = result.pass === pass && Math.abs(result.score - score) < 1e-9 && result.reason.includes(says);
  if (!isRight) throw new Error(`assertion ${i + 1}: expected ${JSON.stringify({ pass, score, says })}, got ${JSON.stringify(result)}`);
}
