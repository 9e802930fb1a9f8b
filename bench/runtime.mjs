// Three tool calls of 800 ms in one turn, on real timers and a scripted model: one after another, at once, one of them
// on the result of another, one of them slow; and what the runtime adds to a batch, beside a bare Promise.all.
import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI from 'openai6';
import { executeBatch } from '../dist/src/runtime/execute-batch.js';
import { defineTool, runAgent } from '../dist/src/runtime/index.js';
import { startOpenAIServer } from '../test/support/openai-server.mjs';

const CALL_MS = 800;
const SLOW_MS = 3000;

const call = (id, ms = CALL_MS) => ({ id, name: 'look_up', arguments: { key: id, ms } });
const scenarios = [
  { name: 'serial', expected: 2400, cap: 1, turns: [[call('a'), call('b'), call('c')]] },
  { name: 'parallel', expected: 820, cap: 8, turns: [[call('a'), call('b'), call('c')]] },
  { name: 'mixed: one needs the result of another', expected: 1620, cap: 8, turns: [[call('a'), call('b')], [call('c')]] },
  { name: 'parallel, one slowed to 3000 ms', expected: 3020, cap: 8, turns: [[call('a'), call('b'), call('c', SLOW_MS)]] },
];

const lookUp = defineTool({
  name: 'look_up',
  description: 'Looks a key up.',
  parameters: {
    type: 'object',
    properties: { key: { type: 'string' }, ms: { type: 'number' } },
    required: ['key', 'ms'],
    additionalProperties: false,
  },
  execute: async ({ key, ms }) => {
    await sleep(ms);
    return { value: `of ${key}` };
  },
});

export async function runtime() {
  console.log(`tools of ${CALL_MS} ms, Node ${process.version}`);
  for (const { name, expected, cap, turns } of scenarios) {
    const server = await startOpenAIServer(({ body }) => {
      const calls = turns[body.messages.filter(({ role }) => role === 'assistant').length];
      return calls === undefined ? { text: 'done' } : { calls };
    });
    const client = new OpenAI({ apiKey: 'none', baseURL: server.url });
    const started = performance.now();
    await runAgent({ client, model: 'scripted', tools: [lookUp], messages: 'go', maxToolConcurrency: cap });
    console.log(`  ${name.padEnd(42)}${(performance.now() - started).toFixed(0).padStart(6)} ms   (about ${expected})`);
    await server.close();
  }
  await overhead();
}

async function overhead() {
  const nothing = { ...lookUp, execute: async () => 'x' };
  const calls = Array.from({ length: 8 }, (_, i) => ({ id: `c${i}`, name: 'look_up', arguments: `{"key":"k${i}","ms":0}` }));
  const options = {
    tools: new Map([['look_up', nothing]]),
    cap: 8,
    guard: 'defer',
    history: [{ role: 'user', parts: [{ type: 'text', text: 'go' }] }],
    turn: 0,
    toolTimeoutMs: 120_000,
    signal: new AbortController().signal,
  };
  const bare = () => Promise.all(calls.map((each) => nothing.execute(JSON.parse(each.arguments))));
  const ours = () => executeBatch(calls, options);
  const times = { bare: [], ours: [] };
  for (let round = -20; round < 100; round++) {
    for (const [name, run] of [
      ['bare', bare],
      ['ours', ours],
    ]) {
      const started = performance.now();
      for (let i = 0; i < 50; i++) await run();
      if (round >= 0) times[name].push(((performance.now() - started) / 50) * 1000);
    }
  }
  const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
  console.log(
    `  a batch of 8 calls that do nothing: ${median(times.ours).toFixed(0)} µs, a bare Promise.all ${median(times.bare).toFixed(0)} µs (guard on, no SDK)`,
  );
}
