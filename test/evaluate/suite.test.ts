import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readTraces } from '../../src/index.ts';
import { evaluate } from '../../src/evaluate/evaluation.ts';
import { confoundsOf } from '../../src/evaluate/suite/environment.ts';
import { resolveSuite } from '../../src/evaluate/suite/load-suite.ts';
import { runSuite } from '../../src/evaluate/suite/run-suite.ts';
import { checkSuite, type Suite } from '../../src/evaluate/suite/suite.ts';

const folder = await mkdtemp(join(tmpdir(), 'fanlight-suite-'));
let nth = 0;

async function run(more: Partial<Suite>, options: { signal?: AbortSignal } = {}) {
  const suite: Suite = {
    name: 'untraced',
    dataset: [
      { id: 'a', input: 'A' },
      { id: 'b', input: 'B' },
    ],
    variants: [{ name: 'only', settings: {} }],
    ...more,
  };
  const out = join(folder, String(nth++));
  const outcome = await runSuite(await resolveSuite(suite, folder), { out, capture: undefined, ...options });
  return { out, outcome, evaluation: evaluate(outcome, { resamples: 100 }) };
}

const history = (text: string) => [
  { role: 'user', content: 'Two look-ups, please.' },
  {
    role: 'assistant',
    tool_calls: ['height', 'weather'].map((name) => ({ id: name, type: 'function', function: { name, arguments: '{}' } })),
  },
  { role: 'tool', tool_call_id: 'height', content: '{"height": 4317}' },
  { role: 'tool', tool_call_id: 'weather', content: '{"sky": "overcast drizzle", "wind_kn": 23.5}' },
  { role: 'assistant', content: text },
];

test('an agent that is not traced gives its messages: verdicts, and the time as the suite measured it', async () => {
  const { out, outcome, evaluation } = await run({
    run: async ({ example }) => {
      await sleep(30);
      return {
        messages: history(example.id === 'a' ? 'It is 4317 m high, under an overcast drizzle.' : 'It is 4317 m high.'),
        model: 'm-1',
      };
    },
  });
  expect(outcome.results.map(({ answer, models, error }) => ({ answer, models, error }))).toEqual([
    { answer: 'It is 4317 m high, under an overcast drizzle.', models: ['m-1'], error: undefined },
    { answer: 'It is 4317 m high.', models: ['m-1'], error: undefined },
  ]);
  expect(outcome.results.map(({ metrics }) => metrics?.wastedParallelCalls)).toEqual([0, 1]);
  expect(outcome.results[0]?.metrics?.latencyMs).toBeGreaterThanOrEqual(25);
  expect(outcome.results[0]?.metrics?.tokens, 'not measured is not none').toBeNull();
  expect(evaluation.variants[0]?.gate.map(({ metric }) => metric)).not.toContain('tokensPerTask');
  expect(evaluation.warnings).toContain('tokens per task: not measured, so not gated');
  expect(evaluation.variants[0]?.metrics.wastedParallelRate.value).toBe(0.25);
  const kept = [];
  for await (const one of readTraces(join(out, 'traces.jsonl'))) kept.push(one.labels);
  expect(kept).toContainEqual({ variant: 'only', example: 'a', trial: '0' });
});

test('an agent that is not traced may say what it used', async () => {
  const { outcome } = await run({ run: () => ({ messages: history('It is 4317 m high.'), usage: { input: 700, output: 60 } }) });
  expect(outcome.results[0]?.metrics?.tokens).toEqual({ input: 700, output: 60 });
});

test('what the agent throws is the run’s error: it counts as wrong where there was something to check', async () => {
  const { outcome, evaluation } = await run({
    dataset: [
      { id: 'a', checks: [{ type: 'contains', text: 'drizzle' }] },
      { id: 'b', checks: [{ type: 'contains', text: 'drizzle' }] },
    ],
    run: ({ example }) => {
      if (example.id === 'a') throw new Error('no connection');
      return { messages: history('It is 4317 m high, under an overcast drizzle.') };
    },
  });
  expect(outcome.results.map(({ correct, error }) => ({ correct, error }))).toEqual([
    { correct: false, error: 'no connection' },
    { correct: true, error: undefined },
  ]);
  expect(evaluation.variants[0]).toMatchObject({ failed: 1, errors: [{ message: 'no connection', runs: 1 }] });
  expect(evaluation.variants[0]?.metrics.correctness.value).toBe(0.5);
  expect(evaluation.variants[0]?.metrics.errorsPerTask.value).toBe(0.5);
});

test('a run that takes too long is told to stop, and is left if it does not', async () => {
  let wasTold = false;
  const { outcome } = await run({
    timeoutMs: 40,
    dataset: [{ id: 'a' }],
    run: async ({ signal }) => {
      signal.addEventListener('abort', () => (wasTold = true));
      await sleep(5000, undefined, { ref: false });
    },
  });
  expect(outcome.results[0]?.error).toBe('took longer than 40 ms');
  expect(wasTold).toBe(true);
});

test('stops at its budget, of runs, tokens or dollars; teardown comes all the same', async () => {
  const torn: unknown[] = [];
  const spend = (budget: NonNullable<Suite['budget']>) =>
    run({
      dataset: Array.from({ length: 6 }, (_, i) => ({ id: String(i) })),
      concurrency: 1,
      budget,
      setup: () => 'context',
      teardown: (context) => void torn.push(context),
      run: () => ({ messages: history('It is 4317 m high, under an overcast drizzle.') }),
    });
  const { outcome, evaluation } = await spend({ runs: 4 });
  expect(outcome).toMatchObject({ stopped: 'the budget of 4 runs is spent', header: { finished: false } });
  expect(outcome.results).toHaveLength(4);
  expect(evaluation.gate.reasons).toContain('not everything was run: the budget of 4 runs is spent');
  expect((await spend({ usd: 1 })).outcome.stopped).toMatch(/the budget is in dollars, and the price of .* is not known/u);
  expect(torn).toEqual(['context', 'context']);
});

test('no more runs at once than asked for; variants take turns on each example', async () => {
  const order: string[] = [];
  let [now, most] = [0, 0];
  await run({
    concurrency: 3,
    trials: 2,
    variants: [
      { name: 'one', settings: {} },
      { name: 'two', settings: {} },
    ],
    run: async ({ example, variant, trial }) => {
      order.push(`${trial}${example.id}${variant.name}`);
      now += 1;
      most = Math.max(most, now);
      await sleep(10);
      now -= 1;
      return { messages: history('It is 4317 m high, under an overcast drizzle.') };
    },
  });
  expect(most).toBe(3);
  expect(order).toEqual(['0aone', '0atwo', '0bone', '0btwo', '1aone', '1atwo', '1bone', '1btwo']);
});

test('results are sorted and the same for the same runs, whatever the order they ended in', async () => {
  const runs = async (ms: (id: string) => number) => {
    const { out } = await run({
      dataset: ['c', 'a', 'b'].map((id) => ({ id })),
      run: async ({ example }) => {
        await sleep(ms(example.id));
        return { messages: history(`It is 4317 m high, under an overcast drizzle, ${example.id}.`) };
      },
    });
    return (await readFile(join(out, 'untraced.results.jsonl'), 'utf8')).replaceAll(/"latencyMs":[\d.]+/gu, '"latencyMs":0');
  };
  expect(await runs((id) => (id === 'a' ? 60 : 5))).toBe(await runs((id) => (id === 'c' ? 60 : 5)));
});

test('a suite that cannot be run is refused with what is wrong', () => {
  const good: Suite = { name: 'x', dataset: [{ id: 'a' }] };
  const refusal = (more: object): string => {
    try {
      checkSuite({ ...good, ...more } as Suite, 'suite.mjs');
      return 'taken';
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(refusal({})).toBe('taken');
  expect(checkSuite(good)).toMatchObject({
    baseline: 'parallel-off',
    variants: [{ name: 'parallel-off', settings: { parallelToolCalls: false } }, {}, {}],
  });
  expect(refusal({ variants: ['parallel-of'] })).toMatch(/there is no variant "parallel-of" by name; known: parallel-off, parallel-on/u);
  expect(refusal({ variants: ['toString'] })).toMatch(/no variant "toString"/u);
  expect(refusal({ gate: ['parallel'] })).toMatch(/there is no variant "parallel"; known: parallel-off/u);
  expect(refusal({ thresholds: { latencyP50: 1 } })).toMatch(/latencyP50.*thresholds.*latencyP50Ms/su);
  expect(refusal({ trials: 0 })).toMatch(/trials/u);
  expect(refusal({ name: '../up' })).toMatch(/a name is of letters/u);
  expect(
    refusal({
      variants: [
        { name: 'a', settings: {} },
        { name: 'a', settings: {} },
      ],
    }),
  ).toMatch(/two variants are called "a"/u);
});

test('what differs beside the variants is told; of openai also what that does to runTools', () => {
  expect(confoundsOf({ node: '20', openai: '6.20.0' }, { node: '20', openai: '7.57.0', ai: '7.0.1' })).toEqual([
    'ai is none in one and 7.0.1 in the other',
    'openai is 6.20.0 in one and 7.57.0 in the other; `runTools` runs a batch at once in one of them and not in the other',
  ]);
  expect(confoundsOf({ openai: '6.49.0' }, { openai: '7.57.0' })).toEqual(['openai is 6.49.0 in one and 7.57.0 in the other']);
});
