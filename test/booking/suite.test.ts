import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trace } from '@opentelemetry/api';
import OpenAI from 'openai6';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CallReport } from '../../src/analysis/report.ts';
import { runSuite } from '../support/booking-suite.mjs';
import { startTracing } from '../support/tracing.ts';

const root = join(import.meta.dirname, '../..');
const dataset = join(root, 'fixtures/booking/dataset.jsonl');

interface Check {
  type: string;
  pattern?: string;
  flags?: string;
  tool?: string;
  times?: { min?: number; max?: number };
}
interface Example {
  id: string;
  input: { messages: { role: string; content: string }[]; channel: string; kind: string };
  reference: string;
  checks: Check[];
  weight: number;
}
const examples = readFileSync(dataset, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Example);

describe('the dataset', () => {
  test('is what the script writes', () => {
    const again = join(mkdtempSync(join(tmpdir(), 'fanlight-booking-')), 'dataset.jsonl');
    execFileSync(process.execPath, [join(root, 'scripts/make-booking-suite.mjs'), again]);
    expect(readFileSync(again, 'utf8') === readFileSync(dataset, 'utf8'), 'run node scripts/make-booking-suite.mjs').toBe(true);
  });

  test('holds about 300 conversations of every kind and channel, no two alike', () => {
    expect(examples.length).toBeGreaterThanOrEqual(290);
    expect(new Set(examples.map(({ id }) => id)).size).toBe(examples.length);
    const said = examples.map(({ input }) => input.messages.at(-1)?.content ?? '');
    // Also without numbers and names.
    const bare = said.map((text) => text.replaceAll(/\p{Lu}[\p{L}\d-]*|\d+/gu, ''));
    expect(new Set(bare).size).toBe(examples.length);
    expect(said.filter((text) => /[{}^]|undefined|NaN/u.test(text))).toEqual([]);
    const sorts = new Set(examples.map(({ input: { kind, channel } }) => `${kind} ${channel}`));
    for (const kind of ['booking', 'change', 'cancellation', 'billing', 'question'])
      for (const channel of ['voice', 'chat']) expect(sorts).toContain(`${kind} ${channel}`);
  });

  test('has a reference for each, and checks that it passes', () => {
    const failed = examples.flatMap(({ id, reference, checks }) =>
      checks
        .filter(({ type, pattern = '', flags }) => type === 'matches' && !new RegExp(pattern, flags).test(reference))
        .map(({ pattern }) => `${id}: ${pattern}`),
    );
    expect(failed).toEqual([]);
    for (const { reference, checks, weight } of examples) {
      expect(reference.length).toBeGreaterThan(20);
      expect(checks.length).toBeGreaterThan(0);
      expect(weight).toBeGreaterThan(0);
      for (const { type } of checks) expect(['matches', 'called', 'sourced']).toContain(type);
    }
    // A conversation that books does so once; all others leave the calendar alone.
    for (const { id, input, checks } of examples) {
      const books = ['booking', 'change'].includes(input.kind) && !id.startsWith('booking-nothing-free');
      const most = checks.filter(({ type, tool }) => type === 'called' && tool === 'book_appointment').map(({ times }) => times?.max);
      expect(new Set(most), id).toEqual(new Set([books ? 1 : 0]));
    }
  });
});

describe('against the scripted model', () => {
  const tracing = startTracing();
  const some = examples.filter(({ input }, i) => i % 4 === 0 || (['booking', 'change'].includes(input.kind) && i % 2 === 0));
  let runs: Awaited<ReturnType<typeof runSuite>>['runs'];
  let mistakes: Awaited<ReturnType<typeof runSuite>>['mistakes'];

  beforeAll(async () => {
    trace.setGlobalTracerProvider(tracing.provider);
    ({ runs, mistakes } = await runSuite({ OpenAI, tracing, examples: some, variants: ['off', 'on', 'flagged'], timeScale: 0.002 }));
  });
  afterAll(() => trace.disable());

  const calls = () =>
    runs.flatMap((run) => run.report.calls.map((call: CallReport) => ({ ...call, variant: run.variant, example: run.example })));
  const placeOf = ({ example, variant, name, id }: { example: string; variant: string; name: string; id: string }): string =>
    `${example}, ${variant}: ${name} ${id}`;

  test('every conversation is one run and ends with an answer', () => {
    expect(runs).toHaveLength(3 * some.length);
    expect(new Set(runs.map(({ finish }) => finish))).toEqual(new Set(['answer']));
    const unanswered = runs.filter(({ answer, run }) => answer.length < 20 || run.turns.at(-1)?.text.join('') !== answer);
    expect(unanswered.map(({ example, variant }) => `${example} ${variant}`)).toEqual([]);
  });

  test('without a mistake the answer is the reference', () => {
    const erred = new Set(mistakes.map(({ example, mode }) => `${example} ${mode}`));
    const references = new Map(some.map(({ id, reference }) => [id, reference]));
    const clean = runs.filter(({ example, variant }) => !erred.has(`${example} ${variant}`));
    // Another slot than was asked for is a mistake too, of which no list is kept: a few in a hundred bookings.
    const others = clean.filter(({ example, answer }) => answer !== references.get(example));
    expect(clean.length).toBeGreaterThan(2 * some.length);
    expect(others.length / clean.length).toBeLessThan(0.03);
  });

  test('off, nothing is called at once; on, bookings are guessed; flagged, hardly any', () => {
    const guesses = (mode: string): number => mistakes.filter((one) => one.mode === mode && one.kind.endsWith('guess')).length;
    expect(calls().filter(({ variant, batchSize }) => variant === 'off' && batchSize > 1)).toEqual([]);
    expect(guesses('off')).toBe(0);
    expect(guesses('on')).toBeGreaterThan(10);
    expect(guesses('flagged')).toBeLessThan(guesses('on') / 5);
    expect(mistakes.filter(({ kind }) => kind === 'stale-guess').length).toBeGreaterThan(1);
  });

  test('every planted guess is found, as wasted or as dependent', () => {
    const byId = new Map(calls().map((call) => [call.id, call]));
    const guesses = mistakes.filter(({ kind }) => kind.endsWith('guess'));
    const missed = guesses.filter(({ callId, kind }) => {
      const call = byId.get(callId);
      return call === undefined || call.dependsOn.length === 0 || (kind === 'guess' && call.wasted !== 'superseded');
    });
    expect(missed).toEqual([]);
  });

  test('every repeated look-up is found, and every unneeded one that was issued beside others', () => {
    const byId = new Map(calls().map((call) => [call.id, call]));
    const missed = mistakes.filter(({ kind, callId }) => {
      const call = byId.get(callId);
      if (kind === 'repeated') return call?.wasted !== 'duplicate';
      return kind === 'unneeded' && (call?.batchSize ?? 0) > 1 && call?.wasted !== 'unused';
    });
    expect(missed).toEqual([]);
  });

  test('whatever is found was planted', () => {
    const planted = new Set(mistakes.flatMap(({ callId, idle }) => [callId, ...idle]));
    const found = calls().filter(({ wasted, dependsOn }) => wasted !== null || dependsOn.length > 0);
    expect(found.filter(({ id }) => !planted.has(id)).map(placeOf)).toEqual([]);
  });

  test('with the guard of the runtime, no guess is booked', async () => {
    const guessed = new Set(mistakes.filter(({ kind }) => kind.endsWith('guess')).map(({ example }) => example));
    tracing.reset();
    const guarded = await runSuite({
      OpenAI,
      tracing,
      examples: some.filter(({ id }) => guessed.has(id)),
      variants: ['guarded'],
      timeScale: 0.002,
    });
    expect(guarded.mistakes.filter(({ kind }) => kind === 'guess')).toHaveLength(guessed.size);
    expect(guarded.mistakes.filter(({ kind }) => kind === 'stale-guess')).toEqual([]);
    const held = guarded.runs.flatMap(({ report }) => report.calls).filter(({ wasted }) => wasted === 'superseded');
    expect(held).toHaveLength(guessed.size);
  });
});
