import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import type { Evaluation } from '../../src/evaluate/evaluation.ts';

const main = join(import.meta.dirname, '../../dist/src/cli/main.js');
const suite = join(import.meta.dirname, '../support/eval-suite.mjs');
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fanlight-eval-'));
});

function start(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, env: { ...process.env, NO_COLOR: '1', ...env } });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (output.stdout += chunk));
  child.stderr.on('data', (chunk) => (output.stderr += chunk));
  const done = once(child, 'close').then(([code]) => ({ code: code as number, ...output }));
  return { child, done };
}

const run = (args: string[], env?: Record<string, string>) => start(args, env).done;
const linesOf = async (path: string) => (existsSync(path) ? (await readFile(path, 'utf8')).trimEnd().split('\n') : []);

test('runs every variant on every example, finds the waste, keeps results and traces; the gate is of the gated variant', async () => {
  const out = join(folder, 'first');
  const { code, stdout, stderr } = await run(['eval', suite, '--out', out, '-f', 'json']);
  expect(stderr).toBe('');
  const evaluation = JSON.parse(stdout) as Evaluation;
  expect(code).toBe(0);
  expect(evaluation.gate).toEqual({ variants: ['careful'], passed: true, reasons: [] });
  const [careful, mixed] = evaluation.variants;
  expect(careful).toMatchObject({ name: 'careful', runs: 24, failed: 0, models: ['gpt-5-mini'], passed: true });
  expect(careful?.metrics.wastedParallelRate.value).toBe(0);
  expect(careful?.metrics.correctness.value).toBe(1);
  // Each kind a third of the runs, two parallel calls each, one of them wasted in two kinds of three.
  expect(mixed?.metrics.wastedParallelRate.value).toBeCloseTo(1 / 3, 9);
  expect(mixed?.metrics.dependentRate.value).toBeCloseTo(1 / 6, 9);
  expect(mixed?.passed).toBe(false);
  expect(evaluation.comparisons[0]?.rows.find(({ metric }) => metric === 'wastedParallelRate')?.verdict).toBe('worse');
  expect(evaluation.environment).toMatchObject({ node: process.versions.node, openai: expect.any(String) });
  expect(evaluation.note).toContain('Simulated');

  const results = await linesOf(join(out, 'small.results.jsonl'));
  expect(results).toHaveLength(49);
  expect(JSON.parse(results[0] ?? '')).toMatchObject({ kind: 'fanlight-results', finished: true });

  const again = await run(['eval', suite, '--out', join(folder, 'of-traces'), '--traces', join(out, 'traces.jsonl'), '-f', 'json']);
  const ofTraces = JSON.parse(again.stdout) as Evaluation;
  expect(ofTraces.variants.map(({ metrics }) => metrics)).toEqual(evaluation.variants.map(({ metrics }) => metrics));
  expect(ofTraces.comparisons).toEqual(evaluation.comparisons);
});

test('killed in the middle, it goes on: every cell has one result and one trace, and none is run twice but those in flight', async () => {
  const [out, notes] = [join(folder, 'killed'), join(folder, 'notes')];
  const env = { EVAL_NOTES: notes, EVAL_MODEL_MS: '40' };
  const first = start(['eval', suite, '--out', out], env);
  while ((await linesOf(join(out, 'small.results.jsonl'))).length < 15) await sleep(10);
  first.child.kill('SIGKILL');
  await first.done;
  const kept = (await linesOf(join(out, 'small.results.jsonl'))).length - 1;
  const before = (await linesOf(notes)).length;
  const { code, stderr } = await run(['eval', suite, '--out', out], env);
  expect(code).toBe(0);
  expect(stderr).toContain(`Went on from ${kept} results`);
  expect((await linesOf(notes)).length - before).toBe(48 - kept);
  const cells = (await linesOf(join(out, 'small.results.jsonl'))).slice(1).map((line) => {
    const { variant, example, trial } = JSON.parse(line) as { variant: string; example: string; trial: number };
    return `${variant} ${example} ${trial}`;
  });
  expect(new Set(cells).size).toBe(48);
  expect(cells).toHaveLength(48);
  expect(await linesOf(join(out, 'traces.jsonl'))).toHaveLength(48);
  const finished = await run(['eval', suite, '--out', out, '--limit', '2'], env);
  expect(finished.stderr, 'a finished evaluation is run anew').toBe('');
});

test('an interrupt keeps what is done, says how to go on, and passes no gate', async () => {
  const out = join(folder, 'interrupted');
  const { child, done } = start(['eval', suite, '--out', out], { EVAL_MODEL_MS: '40' });
  while ((await linesOf(join(out, 'small.results.jsonl'))).length < 8) await sleep(10);
  child.kill('SIGINT');
  const { code, stdout, stderr } = await done;
  expect(code).toBe(1);
  expect(stderr).toContain('Stopped: interrupted. Run the same command to go on.');
  expect(stdout).toContain('not everything was run: interrupted');
  expect(JSON.parse((await linesOf(join(out, 'small.results.jsonl')))[0] ?? '')).toMatchObject({ finished: false });
});

test('prints for people, pull requests and CI servers; says what is simulated', async () => {
  const out = join(folder, 'formats');
  const args = ['eval', suite, '--out', out, '--limit', '12'];
  const pretty = await run(args);
  expect(pretty.stdout).toContain('Simulated: the model is scripted.');
  expect(pretty.stdout).toMatch(/wasted parallel calls +✓ 0\.0 % +✗ 33\.3 % +≤ 1\.0 %/u);
  expect(pretty.stdout).toContain('✓ Gate passed: careful');
  const markdown = await run([...args, '--live', '-f', 'markdown']);
  expect(markdown.stdout).toContain('> Said to be live.');
  expect(markdown.stdout).toMatch(/\| wasted parallel calls \| ✓ 0\.0 % \| ✗ 33\.3 % \| ≤ 1\.0 % \|/u);
  const junit = await run([...args, '-f', 'junit', '-o', join(folder, 'results.xml')]);
  expect(junit.stdout).toBe('');
  expect(await readFile(join(folder, 'results.xml'), 'utf8')).toContain('<testsuite name="careful" tests="4" failures="0">');
  const ungated = await run([...args, '--variant', 'mixed']);
  expect(ungated.stdout).not.toContain('careful');
  expect(ungated.stdout).toContain('No gate: none of the variants that were run is gated.');
});

test('a gated variant that wastes: exit code 1, and a failure in the JUnit file', async () => {
  const strict = join(folder, 'strict.mjs');
  await writeFile(
    strict,
    `import suite from ${JSON.stringify(suite)};\nexport default (options) => ({ ...suite(options), dataset: ${JSON.stringify(join(import.meta.dirname, '../support/eval-dataset.jsonl'))}, gate: ['mixed'] });\n`,
  );
  const { code, stdout } = await run(['eval', strict, '--out', join(folder, 'strict'), '-f', 'junit']);
  expect(code).toBe(1);
  expect(stdout).toContain('<failure message="wasted parallel calls is 33.3 %, wanted ≤ 1.0 %"/>');
});

test('compares two results, the variants of one, and two sets of traces', async () => {
  const file = (name: string) => join(folder, 'first', name);
  const same = await run(['compare', file('small.results.jsonl'), file(''), '--fail-on-worse']);
  expect(same.code).toBe(0);
  expect(same.stdout).toMatch(/^first: .*small\.results\.jsonl; second: /u);
  expect(same.stdout).toContain('careful, second against first: 24 examples, compared pair by pair');
  expect(same.stdout).not.toMatch(/worse|better/u);
  const within = await run(['compare', file(''), '--baseline', 'mixed', '-f', 'json']);
  const report = JSON.parse(within.stdout) as { comparisons: { candidate: string; rows: { metric: string; verdict: string }[] }[] };
  expect(report.comparisons[0]?.candidate).toBe('careful');
  expect(report.comparisons[0]?.rows).toContainEqual(expect.objectContaining({ metric: 'wastedParallelRate', verdict: 'better' }));
  const traces = await linesOf(file('traces.jsonl'));
  for (const variant of ['careful', 'mixed']) {
    await writeFile(join(folder, `${variant}.jsonl`), traces.filter((line) => line.includes(`"stringValue":"${variant}"`)).join('\n'));
  }
  const two = await run(['compare', 'careful.jsonl', 'mixed.jsonl', '--fail-on-worse']);
  expect(two.code).toBe(1);
  expect(two.stdout).toContain('mixed against careful: 24 examples, compared pair by pair');
  expect(two.stdout).toMatch(/wasted parallel calls .*worse/u);
});

test('says what is wrong and what to do', async () => {
  await writeFile(join(folder, 'bad.mjs'), "export default { name: 'bad', dataset: 'x.jsonl', variant: [] };\n");
  await writeFile(join(folder, 'nothing.mjs'), 'export const suite = {};\n');
  const cases: [string[], number, RegExp][] = [
    [['eval'], 2, /Name one suite file/u],
    [['eval', 'missing.mjs'], 2, /missing\.mjs: no such suite file/u],
    [['eval', 'bad.mjs'], 2, /there is no key "variant"/u],
    [['eval', 'nothing.mjs'], 2, /no default export/u],
    [['eval', suite, '--variant', 'carefull'], 2, /There is no variant "carefull"; the suite has careful, mixed/u],
    [['eval', suite, '--limit', 'many'], 2, /--limit takes a whole number/u],
    [['eval', suite, '-f', 'junt'], 2, /did you mean junit/u],
    [['compare', 'missing.jsonl'], 2, /missing\.jsonl/u],
    [
      ['eval', suite, '--traces', join(import.meta.dirname, '../../fixtures/booking/traces.jsonl')],
      2,
      /fanlight\.variant and fanlight\.example.*\n.*8 runs carry no labels/u,
    ],
  ];
  for (const [args, wanted, message] of cases) {
    const { code, stderr } = await run(args);
    expect([args, code, stderr]).toEqual([args, wanted, expect.stringMatching(message)]);
  }
});

test('a suite that is wrong, or whose code fails, ends with a sentence, whatever it left open', { timeout: 60_000 }, async () => {
  const broken = join(folder, 'broken.mjs');
  const agent = `import suite from ${JSON.stringify(suite)}; export default async (options) => ({ ...(await suite(options)), dataset: [{ id: 'a', input: { n: 0 } }], `;
  const messages: [string, RegExp][] = [
    ["setup: () => { throw new Error('no database'); }", /^The setup of suite small failed: no database\n$/u],
    ['config: { price: {} }', /broken\.mjs: config: there is no key "price"; did you mean "prices"\?/u],
    ["judge: { model: 'x' }", /not a client of `openai` in judge\.client/u],
    ['thresholds: { correctness: 95 }', /95 is no share: write 0\.95 in thresholds\.correctness/u],
    [
      "dataset: [{ id: 'a', checks: [{ type: 'function', function: 'polite' }] }]",
      /example "a" names the check "polite"; the suite's `checks` are: names the day/u,
    ],
  ];
  for (const [more, message] of messages) {
    // A suite that holds something open still ends when it fails.
    await writeFile(broken, `setInterval(() => {}, 1000); ${agent}${more} });\n`);
    const { code, stderr } = await run(['eval', broken]);
    expect([more, code, stderr]).toEqual([more, 2, expect.stringMatching(message)]);
  }
  await writeFile(broken, `${agent}teardown: () => { throw new Error('too late'); } });\n`);
  const torn = await run(['eval', broken, '--out', join(folder, 'torn')]);
  expect(torn.stdout).toContain('the teardown of suite small failed: too late');
  expect(torn.stdout).toMatch(/^runs +1 +1$/mu);
});

test('lines of the dataset that are no examples are listed, and pass no gate', async () => {
  await writeFile(
    join(folder, 'data.jsonl'),
    '{"id":1}\nnot json\n{"id":2,"checks":[{"type":"contain","text":"x"}]}\n{"id":1,"input":2}\n',
  );
  await writeFile(join(folder, 'lines.mjs'), "export default { name: 'lines', dataset: 'data.jsonl', run: () => 'hello' };\n");
  const { stdout, stderr, code } = await run(['eval', 'lines.mjs', '--html', 'lines.html']);
  expect(stderr).toBe('lines.html was not written: no run left a trace.\n');
  expect(code).toBe(1);
  for (const line of [
    /data\.jsonl:2 {2}not valid JSON/u,
    /data\.jsonl:3 {2}there is no check of type "contain"; known: exact/u,
    /data\.jsonl:4 {2}there is an example "1" already/u,
  ]) {
    expect(stdout).toMatch(line);
  }
  expect(stdout).toMatch(/failed runs +1 +1 +1/u);
  expect(stdout).toMatch(/parallel-on: the run left no trace: no span of a model call ended.*\(1 run\)/u);
  expect(stdout).toContain('Gate not passed. parallel-off: every run failed');
  expect(stdout).toContain('not everything was run: 3 lines of input could not be read');
});
