import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { afterAll, expect, test } from 'vitest';
import { analyze } from '../../src/analysis/analyze.ts';
import type { RunReport } from '../../src/analysis/report.ts';
import { isObject, type Json } from '../../src/dialects/json.ts';
import { recordings, type Recording } from './recordings.ts';

const folder = mkdtempSync(join(tmpdir(), 'fanlight-mixed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FILES = 12;
const generator = xoroshiro128plus(20_261_125);
const below = (n: number): number => uniformInt(generator, 0, n - 1);

test('all writers in one folder, spans shuffled over files, some of them compressed: nothing lost, nothing counted twice', async () => {
  const all = wholeOf(recordings()).map(named);
  const alone: RunReport[] = [];
  const complaints = new Set<string>();
  for (const [i, recording] of all.entries()) {
    const { runs, problems } = await analyze(write(`alone/${i}.jsonl`, recording.values));
    alone.push(...runs);
    for (const { reason } of problems) complaints.add(reason);
  }

  const files = Array.from({ length: FILES }, (): unknown[] => []);
  for (const value of all.flatMap(({ values }) => values.flatMap(spanBySpan))) {
    const file = files[below(FILES)] as unknown[];
    file.splice(below(file.length + 1), 0, value);
  }
  files.forEach((values, i) => write(`mixed/part-${i}.jsonl${i % 3 === 0 ? '.gz' : ''}`, values));
  const mixed = await analyze(join(folder, 'mixed'));

  expect(new Set(mixed.problems.map(({ reason }) => reason))).toEqual(complaints);
  expect(mixed.runs.map(toldOf).toSorted()).toEqual(alone.map(toldOf).toSorted());
  const dialects: Record<string, number> = {};
  for (const { dialect } of alone) dialects[dialect] = (dialects[dialect] ?? 0) + 1;
  expect(mixed.summary.dialects).toEqual(dialects);
}, 120_000);

/** What a report says of a run, whichever files it came from and in whatever order. */
function toldOf(run: RunReport): string {
  const calls = run.calls.map(({ id, name, turn, batchSize, verdict, wasted, dependsOn, durationMs }) => ({
    id,
    name,
    turn,
    batchSize,
    verdict,
    wasted,
    dependsOn,
    durationMs,
  }));
  return JSON.stringify({
    dialect: run.dialect,
    turns: run.turns,
    calls,
    tokens: run.cost?.tokens,
    findings: run.findings.map(({ rule }) => rule),
  });
}

function write(name: string, values: readonly unknown[]): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  const text = values.map((value) => `${JSON.stringify(value)}\n`).join('');
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text);
  return path;
}

/** `x.full` and `x.ops` say once more, in other words, what `x` says: one conversation, told in several files. */
function wholeOf(files: readonly Recording[]): Recording[] {
  const whole = new Map<string, Recording>();
  for (const { writer, file, values } of files) {
    const [stem = file] = file.split('.');
    const same = whole.get(`${writer}/${stem}`);
    if (same === undefined) whole.set(`${writer}/${stem}`, { writer, file: stem, values });
    else same.values = [...same.values, ...values];
  }
  return [...whole.values()];
}

/** Recordings of one conversation share its ids and its customer, which in the world are told apart: each gets its own. */
function named({ writer, file, values }: Recording, i: number): Recording {
  const own = i.toString(36).padStart(3, '0');
  const text = JSON.stringify(values).replaceAll(
    /\b(?:call_|fc_|resp_|msg_|chatcmpl-|sess-?|thread-?|C-|PX-)[A-Za-z0-9_-]+/gu,
    (id) => `${id}${own}`,
  );
  return { writer, file, values: JSON.parse(text) as unknown[] };
}

/** An export request of many spans as one of each; log records of a span stay together, as their order counts. */
function spanBySpan(value: unknown): unknown[] {
  const groups = isObject(value) ? value['resourceSpans'] : undefined;
  if (!Array.isArray(groups)) return [value];
  return (groups as Json[]).flatMap((group) =>
    (group['scopeSpans'] as Json[]).flatMap((scope) =>
      (scope['spans'] as Json[]).map((span) => ({ resourceSpans: [{ ...group, scopeSpans: [{ ...scope, spans: [span] }] }] })),
    ),
  );
}
