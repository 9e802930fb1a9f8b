// Scores `fanlight analyze` on labelled conversations and fails below the floor that was reached.
//   node scripts/gold.mjs [folder with dev/ and score.mjs]   (after a build)
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What was reached when each floor was last raised; a change that falls below one has to say why. */
const FLOORS = {
  wasted: { precision: 0.986, f1: 0.993 },
  dependent: { precision: 1, f1: 1 },
  missedParallelism: { precision: 0.8, f1: 0.9 },
};

const root = join(import.meta.dirname, '..');
const gold = process.argv[2] ?? join(root, '../shared/gold');
const folder = mkdtempSync(join(tmpdir(), 'fanlight-gold-'));
try {
  const reportFile = join(folder, 'report.json');
  execFileSync(process.execPath, [
    join(root, 'dist/src/cli/main.js'),
    'analyze',
    join(gold, 'dev/convs.jsonl'),
    '--format',
    'json',
    '-o',
    reportFile,
  ]);
  const score = JSON.parse(
    execFileSync(process.execPath, [join(gold, 'score.mjs'), reportFile, join(gold, 'dev/labels.jsonl'), join(gold, 'dev/missed.jsonl')], {
      encoding: 'utf8',
    }),
  );
  for (const name of ['wasted', 'wastedInParallelBatches', 'dependent', 'missedParallelism']) {
    const { precision, recall, f1, tp, fp, fn } = score[name];
    console.log(
      `${name.padEnd(24)} precision ${precision.toFixed(3)}  recall ${recall.toFixed(3)}  F1 ${f1.toFixed(3)}  (${tp} right, ${fp} false alarms, ${fn} missed)`,
    );
  }
  console.log(`missing from the report  ${score.missingFromReport} of ${score.calls}`);
  printConfusion(reportFile);

  const failures = Object.entries(FLOORS).flatMap(([name, floor]) =>
    Object.entries(floor)
      .filter(([measure, least]) => score[name][measure] < least)
      .map(([measure, least]) => `${name} ${measure} ${score[name][measure]} is below the floor ${least}`),
  );
  if (score.missingFromReport > 0) failures.push(`${score.missingFromReport} labelled calls are missing from the report`);
  for (const failure of failures) console.error(failure);
  process.exitCode = failures.length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function printConfusion(reportFile) {
  const kinds = ['used', 'unknown', 'dropped', 'superseded', 'duplicate', 'unused'];
  const calls = new Map(
    JSON.parse(readFileSync(reportFile, 'utf8'))
      .runs.flatMap((run) => run.calls)
      .map((call) => [call.id, call]),
  );
  const labels = readFileSync(join(gold, 'dev/labels.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const counts = new Map();
  for (const { call, wasted, confidence } of labels) {
    if ((confidence ?? 1) < 0.6) continue;
    const got = calls.get(call);
    const key = `${wasted ?? 'used'} ${got?.wasted ?? got?.verdict ?? 'unknown'}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  console.log(`\n${'label \\ verdict'.padEnd(16)}${kinds.map((kind) => kind.padStart(12)).join('')}`);
  for (const label of kinds.filter((kind) => kind !== 'unknown')) {
    console.log(`${label.padEnd(16)}${kinds.map((kind) => String(counts.get(`${label} ${kind}`) ?? 0).padStart(12)).join('')}`);
  }
}
