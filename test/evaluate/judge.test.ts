import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI from 'openai6';
import { afterAll, expect, test } from 'vitest';
import { Judge, type JudgeOptions } from '../../src/evaluate/judge/judge.ts';
import { startOpenAIServer } from '../support/openai-server.mjs';

const folder = await mkdtemp(join(tmpdir(), 'fanlight-judge-'));
const servers: { close(): Promise<void> }[] = [];
afterAll(() => Promise.all(servers.map((server) => server.close())));

/** A judge that thinks an answer right if it says "right"; what it cannot say is scripted. */
async function scriptedJudge(script: (answer: string, nth: number) => object | undefined = () => undefined, delayMs = 0) {
  const counts = { inFlight: 0, most: 0, answers: new Map<string, number>(), bodies: [] as Record<string, unknown>[] };
  const server = await startOpenAIServer(async ({ body }) => {
    counts.inFlight += 1;
    counts.most = Math.max(counts.most, counts.inFlight);
    counts.bodies.push(body);
    const { answer } = JSON.parse(body.messages[1].content) as { answer: string };
    const nth = counts.answers.get(answer) ?? 0;
    counts.answers.set(answer, nth + 1);
    await sleep(delayMs);
    counts.inFlight -= 1;
    return (
      script(answer, nth) ?? {
        text: JSON.stringify({ reason: `it says ${answer}`, correct: answer.startsWith('right') }),
        usage: { input: 90, output: 10 },
      }
    );
  });
  servers.push(server);
  const client = new OpenAI({ apiKey: 'none', baseURL: server.url, maxRetries: 0 });
  const open = (options: Partial<JudgeOptions> = {}, cache?: string) => Judge.open({ client, model: 'judge-1', ...options }, cache);
  return { counts, open, url: server.url };
}

const example = { id: 'e', input: 'Is it right?', reference: 'It is right.' };

test('gives each verdict with its reason, asked for as structured output with the reference and the rubric', async () => {
  const { open, counts } = await scriptedJudge();
  const judge = await open({ rubric: 'Be strict.', request: { temperature: 0 } });
  expect(await judge.judge(example, 'right, yes')).toEqual({
    by: 'judge',
    name: 'judge judge-1',
    passed: true,
    reason: 'it says right, yes',
  });
  expect(await judge.judge(example, 'wrong')).toMatchObject({ passed: false, reason: 'it says wrong' });
  const [body] = counts.bodies as {
    temperature: number;
    response_format: { json_schema: { strict: boolean } };
    messages: { content: string }[];
  }[];
  expect(body?.temperature).toBe(0);
  expect(body?.response_format.json_schema.strict).toBe(true);
  expect(body?.messages[0]?.content).toContain('Be strict.');
  expect(JSON.parse(body?.messages[1]?.content ?? '')).toMatchObject({ request: 'Is it right?', reference_answer: 'It is right.' });
  await judge.judge({ ...example, rubric: 'Only of this one.' }, 'right');
  expect((counts.bodies[2] as typeof body)?.messages[0]?.content).toContain('Only of this one.');
});

test('the same answer costs nothing the second time, and what the prompt says counts as content', async () => {
  const { open, counts } = await scriptedJudge();
  const cache = join(folder, 'cached.jsonl');
  const first = await open({}, cache);
  for (const answer of ['right 1', 'right 2', 'wrong 3']) await first.judge(example, answer);
  const again = await open({}, cache);
  for (const answer of ['right 1', 'right 2', 'wrong 3']) await again.judge(example, answer);
  expect(again.usage).toEqual({ requests: 0, tokens: 0, cached: 3, errors: 0 });
  expect(counts.bodies).toHaveLength(3);
  for (const other of [{ rubric: 'Another.' }, { model: 'judge-2' }]) await (await open(other, cache)).judge(example, 'right 1');
  expect(counts.bodies).toHaveLength(5);
});

test('asked twice at once, it asks once; no more requests at once than the cap', async () => {
  const { open, counts } = await scriptedJudge(undefined, 20);
  const judge = await open({ concurrency: 3 });
  await Promise.all(Array.from({ length: 24 }, (_, i) => judge.judge(example, `right ${i % 12}`)));
  expect(counts.bodies).toHaveLength(12);
  expect(counts.most).toBe(3);
  expect(judge.usage.cached).toBe(12);
});

test('a malformed verdict is asked for again, then it is an error and never a pass', async () => {
  const malformed = [
    '',
    'yes',
    '{"correct":true}',
    '{"reason":"","correct":true}',
    '{"reason":"fine","correct":"true"}',
    '{"reason":"cut o',
  ];
  for (const text of malformed) {
    const { open, counts } = await scriptedJudge((answer, nth) => (answer === 'right never' || nth < 2 ? { text } : undefined));
    const judge = await open();
    expect(await judge.judge(example, 'right at last')).toMatchObject({ passed: true });
    const never = await judge.judge(example, 'right never');
    expect(never.passed).toBeNull();
    expect(never.reason).toContain('no verdict in 3 attempts');
    expect(counts.bodies).toHaveLength(6);
    expect(judge.usage.errors).toBe(1);
    await judge.judge(example, 'right never');
    expect(counts.bodies.length, 'an error is not cached').toBe(9);
  }
});

test('a server that fails is an error; a refusal is none of its verdicts', async () => {
  const { open } = await scriptedJudge((answer) => (answer.includes('500') ? { status: 500 } : { refusal: 'I will not judge this.' }));
  const judge = await open();
  expect(await judge.judge(example, 'right 500')).toMatchObject({ passed: null, reason: expect.stringContaining('500') });
  expect(await judge.judge(example, 'right')).toMatchObject({ passed: null });
});

test('stops at its budget, and says so', async () => {
  const { open, counts } = await scriptedJudge();
  const judge = await open({ budget: { requests: 5 }, concurrency: 4 });
  const results = await Promise.all(Array.from({ length: 20 }, (_, i) => judge.judge(example, `right ${i}`)));
  expect(counts.bodies).toHaveLength(5);
  expect(results.filter(({ passed }) => passed === true)).toHaveLength(5);
  expect(results.find(({ passed }) => passed === null)?.reason).toContain('budget is spent');
  const byTokens = await open({ budget: { tokens: 250 }, concurrency: 1 });
  for (let i = 0; i < 9; i++) await byTokens.judge(example, `wrong ${i}`);
  expect(byTokens.usage).toMatchObject({ requests: 3, tokens: 300, errors: 6 });
});

test('killed in the middle and started again, it asks only what it had no verdict of', async () => {
  const { counts, url } = await scriptedJudge(undefined, 15);
  const cache = join(folder, 'killed.jsonl');
  const start = () =>
    spawn(process.execPath, [join(import.meta.dirname, '../support/judge-worker.mjs'), url, cache, '40'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  const first = start();
  while (counts.bodies.length < 15) await sleep(5);
  first.kill('SIGKILL');
  await once(first, 'exit');
  const kept = (await readFile(cache, 'utf8')).trimEnd().split('\n').length;
  // What a process that dies while writing leaves.
  await appendFile(cache, '{"key":"0000","reason":"half a li');
  const asked = counts.bodies.length;
  const second = start();
  let output = '';
  second.stdout.on('data', (chunk) => (output += chunk));
  await once(second, 'exit');
  expect(JSON.parse(output)).toMatchObject({ passed: 40, usage: { requests: 40 - kept, cached: kept, errors: 0 } });
  expect(kept).toBeGreaterThan(5);
  expect(counts.bodies.length - asked).toBe(40 - kept);
});
