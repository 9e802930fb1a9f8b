// Packs the package, installs the tarball into an empty project and uses it as a stranger would:
// ESM, CommonJS, types, the command line.
import { execFile, execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'fanlight-smoke-'));
const examples = JSON.parse(readFileSync(join(root, 'examples/package.json'), 'utf8'));
const run = (command, args, cwd = folder) => execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

try {
  run('npm', ['pack', '--silent', '--pack-destination', folder], root);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  const packed = run('tar', ['-tzf', tarball]).split('\n');
  const strays = packed.filter((name) => /^package\/(?:test|bench|scripts|\.ci)\/|^package\/(?:src|analyzers)\/.*\.ts$/u.test(name));
  if (strays.length > 0) throw new Error(`the package holds files it should not: ${strays.join(', ')}`);

  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'smoke', private: true }));
  run('npm', ['install', '--silent', '--no-audit', '--no-fund', `./${tarball}`]);
  writeFileSync(
    join(folder, 'a.mjs'),
    "import { analyze, readTraces } from 'fanlight';\nif (typeof analyze !== 'function' || typeof readTraces !== 'function') process.exit(1);\n",
  );
  writeFileSync(
    join(folder, 'b.cjs'),
    "const { analyze } = require('fanlight');\nanalyze('node_modules/fanlight/fixtures/booking/traces.jsonl').then((r) => { if (r.summary.wastedCalls === 0) process.exit(1); });\n",
  );
  run('node', ['a.mjs']);
  run('node', ['b.cjs']);
  const version = run('npx', ['--no-install', 'fanlight', '--version']).trim();
  if (!/^\d+\.\d+\.\d+/u.test(version)) throw new Error(`fanlight --version printed ${version}`);
  if (!run('npx', ['--no-install', 'fanlight', 'analyze', '--help']).includes('Examples:')) throw new Error('no examples in the help');
  run('npx', ['--no-install', 'fanlight', 'report', 'node_modules/fanlight/fixtures/booking']);
  if (!readFileSync(join(folder, 'report.html'), 'utf8').includes('Content-Security-Policy')) throw new Error('no page in the package');
  if (!run('npx', ['--no-install', 'fanlight', 'explain', 'wasted-call']).includes('# wasted-call'))
    throw new Error('no rule page in the package');

  await tryTracing();
  await tryEvaluating();

  run('npm', ['pkg', 'set', 'type=module']);
  compile(
    'consumer.ts',
    `import { analyze, readTraces, type Report, type Run } from 'fanlight';
const report: Report = await analyze('traces/');
const rate: number = report.summary.wastedRate;
for await (const run of readTraces(['a.jsonl'])) { const typed: Run = run; console.log(typed.id, rate); }
`,
  );
  // The hosts' own declarations do not all pass without `skipLibCheck`.
  compile(
    'evaluations.ts',
    `import { Eval } from 'braintrust';
import * as braintrust from 'fanlight/braintrust';
import * as langsmith from 'fanlight/langsmith';
import 'fanlight/vitest';
import { evaluate } from 'langsmith/evaluation';
import { expect } from 'vitest';
expect([{ role: 'user' }]).toBeWithin({ turns: 3 });
await expect('traces/').not.toHaveNoWastedCalls({ except: ['log_*'] });
await evaluate(() => ({}), { data: 'a', evaluators: [langsmith.wastedCalls(), langsmith.within({ turns: 3 })] });
await Eval('a', { data: [{ input: 'a' }], task: () => [{}], scores: [braintrust.wastedCalls(), braintrust.within({ turns: 3 })] });
`,
    { skipLibCheck: true },
  );
  console.log(
    `package: ${packed.length} files, fanlight ${version}, works from ESM, CommonJS, TypeScript, the command line, traces an app three ways and is evaluated in three`,
  );
} catch (error) {
  console.error(`${error.message}\n${error.stdout ?? ''}${error.stderr ?? ''}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The examples as a new user runs them, against a scripted model; what the first one exports goes into `analyze`. */
async function tryTracing() {
  const packages = Object.entries(examples.dependencies).filter(([name]) => name !== 'fanlight');
  run('npm', ['install', '--silent', '--no-audit', '--no-fund', ...packages.map(([name, range]) => `${name}@${range}`)]);
  copyExamples('register', 'sdk-node', 'one-client', 'agents-sdk', 'run-agent', 'guard-agents-sdk', 'guard-vercel');
  for (const script of ['register', 'sdk-node', 'one-client', 'agents-sdk']) {
    const { stdout, stderr } = await runExample(script);
    const spans = stdout.match(/^ {2}name: '(?:chat|execute_tool) .*'/gmu) ?? [];
    if (spans.length !== 6) throw new Error(`${script}: 6 spans of models and tools expected, got ${spans.length}\n${stdout}${stderr}`);
    if (!stdout.includes('BK-20931')) throw new Error(`${script}: no answer\n${stdout}${stderr}`);
    if (/Warning/u.test(stderr)) throw new Error(`${script}: ${stderr}`);
  }

  for (const script of ['run-agent', 'guard-agents-sdk', 'guard-vercel']) {
    const { stdout, stderr } = await runExample(script);
    const isBooked = stdout.includes('slot-8841') && stdout.includes('BK-20931');
    const isGuessed = /^(?:booking slot-tue-pm|(?:ok|error) +book_appointment .*slot-tue-pm)/mu.test(stdout);
    if (!isBooked || isGuessed) throw new Error(`${script}: the guess was not held\n${stdout}${stderr}`);
  }

  const exported = [];
  const collector = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    exported.push(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body);
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  });
  await new Promise((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const env = {
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.address().port}`,
    OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true',
  };
  const doctor = await runAsync(
    'node',
    [join(root, 'examples/offline.mjs'), 'npx', 'fanlight', 'doctor', '--', 'node', 'register/app.mjs'],
    env,
  );
  if (!doctor.stderr.includes('Everything is in place')) throw new Error(`doctor: ${doctor.stderr}`);
  const before = exported.length;
  await runAsync('node', [join(root, 'examples/offline.mjs'), 'node', '--import', 'fanlight/register', 'register/app.mjs'], {
    ...env,
    FANLIGHT_VERDICTS: 'true',
  });
  const annotated = exported.splice(before).join('');
  // Protobuf: a key, a few bytes of lengths, a value.
  if (!/fanlight\.wasted[^a-z]{1,8}superseded/u.test(annotated)) throw new Error('FANLIGHT_VERDICTS: no verdict was exported');
  collector.close();
  exported.forEach((body, i) => writeFileSync(join(folder, `exported-${i}.pb`), body));
  const report = JSON.parse(run('npx', ['fanlight', 'analyze', ...exported.map((_, i) => `exported-${i}.pb`), '--format', 'json']));
  const guess = report.runs.flatMap((each) => each.calls).find((call) => call.id === 'call_guess');
  if (guess?.wasted !== 'superseded' || guess.dependsOn[0] !== 'call_calendar')
    throw new Error(`the planted mistake was not found: ${JSON.stringify(report)}`);
}

/** The evaluations among the examples, each in its real host. */
async function tryEvaluating() {
  copyExamples('booking-agent.mjs', 'eval-vitest', 'eval-langsmith', 'eval-braintrust');
  const failed = await runExample('eval-vitest').catch((error) => error);
  if (failed.code !== 1 || !/1 of 3 calls wasted[^]*it failed and was issued again/u.test(failed.stderr))
    throw new Error(`eval-vitest: one failing test expected, with the evidence\n${failed.stdout}${failed.stderr}`);
  for (const script of ['eval-langsmith', 'eval-braintrust']) {
    const { stdout, stderr } = await runExample(script);
    const scores = [/no_wasted_calls:? 0\.66/u, /no_dependent_parallel_calls:? 0\.5/u, /within_bounds:? 1/u];
    if (!scores.every((score) => score.test(stdout))) throw new Error(`${script}: other scores expected\n${stdout}${stderr}`);
  }
}

function compile(file, code, options = {}) {
  writeFileSync(join(folder, file), code);
  const strict = { module: 'nodenext', target: 'es2023', strict: true, noEmit: true };
  const compilerOptions = { ...strict, types: ['node'], typeRoots: [join(root, 'node_modules/@types')], ...options };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }));
  run('node', [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.']);
}

function copyExamples(...names) {
  for (const name of names) cpSync(join(root, 'examples', name), join(folder, name), { recursive: true });
}

/** As `npm run` does in `examples/`: `node offline.mjs` and the command. */
function runExample(script) {
  const [, , ...command] = examples.scripts[script].split(' ');
  return runAsync('node', [join(root, 'examples/offline.mjs'), ...command]);
}

/** Not in step with this process: servers in it must go on answering. */
function runAsync(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env }, timeout: 60_000 }, (error, stdout, stderr) =>
      error === null ? resolve({ stdout, stderr }) : reject(Object.assign(error, { stdout, stderr })),
    );
  });
}
