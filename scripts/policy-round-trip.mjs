// From traces to a policy and back, on the booking suite: runs it with parallel calls on, asks `fanlight policy` what to
// change, runs it again with what it said, on trials that it has not seen, and prints before, predicted and after.
//   npm run policy:booking   (a simulation: the model is scripted)
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { evaluate, installCapture, loadSuite, runSuite } from '../dist/src/evaluate/index.js';
import { filesOf } from '../dist/src/evaluate/results-file.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = mkdtempSync(join(tmpdir(), 'fanlight-policy-'));
const capture = await installCapture();
const loaded = await loadSuite(join(root, 'fixtures/booking/suite.mjs'), { live: false });
const on = loaded.suite.variants.find(({ name }) => name === 'parallel-on');
console.log(loaded.suite.note);

const first = await runVariants([on], 0);
const report = JSON.parse(
  execFileSync(process.execPath, [join(root, 'dist/src/cli/main.js'), 'policy', first.traces, '--format', 'json'], { encoding: 'utf8' }),
);
console.log(`\nthe policy, from ${report.replay.before.runs} runs:\n${JSON.stringify(report.policy, undefined, 2)}\n`);
const changed = { name: 'with the policy', settings: { ...on.settings, policy: report.policy } };
const second = await runVariants([on, changed], 1);
rmSync(out, { recursive: true });

const [before, after] = second.evaluation.variants.map(({ metrics }) => metrics);
const share = (value) => `${(100 * value).toFixed(1)} %`;
const ms = (value) => `${Math.round(value)} ms`;
const number = (value) => value.toFixed(2);
const rows = [
  ['', 'first runs', 'predicted', 'again, as it was', 'again, with the policy'],
  row('wasted parallel calls', share, 'wastedParallelRate', ({ wastedParallelRate }) => wastedParallelRate),
  row('wasted calls', share, 'wastedRate', ({ wastedRate }) => wastedRate),
  row('latency p50', ms, 'latencyP50Ms', ({ latencyMs }) => latencyMs.p50),
  row('latency p95', ms, 'latencyP95Ms', ({ latencyMs }) => latencyMs.p95),
  row('turns per task', number, 'turnsPerTask', ({ turnsPerRun }) => turnsPerRun),
  row(
    'tokens per task',
    (value) => String(Math.round(value)),
    'tokensPerTask',
    ({ tokensPerRun }) => tokensPerRun,
  ),
  [
    'correct answers',
    share(first.evaluation.variants[0].metrics.correctness.value),
    '',
    share(before.correctness.value),
    share(after.correctness.value),
  ],
];
const widths = rows[0].map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
for (const cells of rows) console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '));

function row(label, text, metric, predicted) {
  return [
    label,
    text(first.evaluation.variants[0].metrics[metric].value),
    text(predicted(report.replay.after)),
    text(before[metric].value),
    text(after[metric].value),
  ];
}

async function runVariants(variants, trial) {
  const folder = join(out, String(trial));
  const run = (request) => loaded.suite.run({ ...request, trial });
  const suite = { ...loaded.suite, variants, baseline: variants[0].name, gate: [], run };
  const outcome = await runSuite({ ...loaded, suite }, { out: folder, capture, fresh: true });
  return { evaluation: evaluate(outcome), traces: filesOf(folder, suite.name).traces };
}
