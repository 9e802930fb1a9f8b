import { Readable } from 'node:stream';
import { trace } from '@opentelemetry/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { instrumentOpenAI } from '../../instrumentation/index.ts';
import { analyzeRun } from '../../src/analysis/analyze-run.ts';
import { needsOf } from '../../src/analysis/latency/needs.ts';
import { scenariosOf } from '../../src/analysis/latency/scenarios.ts';
import { actualMs, scheduleOf, type Schedule } from '../../src/analysis/latency/schedule.ts';
import type { Run, ToolCall } from '../../src/model/run.ts';
import { runAgent } from '../../src/runtime/run-agent.ts';
import { readTraces } from '../../src/sources/read-traces.ts';
import { openai } from '../support/openai-clients.ts';
import { startOpenAIServer } from '../support/openai-server.mjs';
import { nextReply, taskGraph, toolsOf, type IssuePolicy } from '../support/task-graphs.ts';
import { startTracing, type Tracing } from '../support/tracing.ts';

/** Each graph is run three times on timers: a few calls a turn, and, to compare with, all that is ready at once. */
const VARIANTS: readonly { name: string; policy: IssuePolicy; cap: number }[] = [
  { name: 'traced', policy: 'one or two', cap: 8 },
  { name: 'at once', policy: 'all at once', cap: 8 },
  { name: 'cap 2', policy: 'all at once', cap: 2 },
];
const SEEDS = Array.from({ length: 20 }, (_, i) => 11 + i);
/** Few enough that two cores keep the timers punctual. */
const AT_A_TIME = 2;

let tracing: Tracing;
let server: Awaited<ReturnType<typeof startOpenAIServer>>;

beforeAll(async () => {
  tracing = startTracing();
  trace.setGlobalTracerProvider(tracing.provider);
  server = await startOpenAIServer(({ body }: { body: { messages: { role: string; content: string; tool_call_id?: string }[] } }) => {
    const [seed, variant] = JSON.parse(body.messages[0]?.content ?? '[]') as [number, number];
    const done = new Set(body.messages.flatMap(({ tool_call_id: id }) => id ?? []));
    return nextReply(taskGraph(seed), done, VARIANTS[variant]?.policy ?? 'one or two', seed * VARIANTS.length + variant);
  });
});
afterAll(async () => {
  await server.close();
  trace.disable();
});

async function execute(seed: number, variant: number): Promise<void> {
  const { default: OpenAI } = await openai(6);
  const client = instrumentOpenAI(new OpenAI({ apiKey: 'k', baseURL: server.url }), {
    tracerProvider: tracing.provider,
    content: 'full',
  }) as never;
  await runAgent({
    client,
    model: 'm',
    messages: JSON.stringify([seed, variant]),
    tools: toolsOf(taskGraph(seed)),
    maxToolConcurrency: VARIANTS[variant]!.cap,
  });
}

async function tracedRuns(): Promise<Map<string, Run>> {
  const runs = new Map<string, Run>();
  for await (const run of readTraces('-', { stdin: Readable.from([tracing.otlp()]), onProblem: ({ reason }) => expect(reason).toBe('') })) {
    runs.set(run.turns[0]?.context.find(({ kind }) => kind === 'user')?.text ?? '', run);
  }
  return runs;
}

function scheduled(run: Run | undefined, needs: (call: ToolCall) => readonly ToolCall[]): Schedule {
  const schedule = run && scheduleOf(run, { needs, mistake: () => undefined, isRefused: () => false });
  if (schedule === undefined || typeof schedule === 'string') throw new Error(`no schedule: ${schedule ?? 'the run was not traced'}`);
  return schedule;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Infinity;

test('what is predicted from a traced run is what the same tasks take when they are really run that way', { timeout: 60_000 }, async () => {
  // The first requests of a process also pay for what is loaded and compiled then.
  await Promise.all(VARIANTS.map((_, variant) => execute(SEEDS[0]!, variant)));
  tracing.reset();
  for (let i = 0; i < SEEDS.length; i += AT_A_TIME) {
    await Promise.all(SEEDS.slice(i, i + AT_A_TIME).flatMap((seed) => VARIANTS.map((_, variant) => execute(seed, variant))));
  }
  const runs = await tracedRuns();
  expect(runs.size).toBe(SEEDS.length * VARIANTS.length);

  const errors = { 'at once': [] as number[], 'cap 2': [] as number[], 'at once, needs from the trace': [] as number[] };
  const gains: number[] = [];
  for (const seed of SEEDS) {
    const of = (variant: number): Run | undefined => runs.get(JSON.stringify([seed, variant]));
    const tasks = new Map(taskGraph(seed).map((task) => [task.id, task]));
    const traced = of(0);
    const known = scheduled(traced, (call) => traced?.calls.filter(({ id }) => tasks.get(call.id)?.needs.includes(id)) ?? []);
    const read = scheduled(traced, needsOf(analyzeRun(traced!)));
    const predict = (schedule: Schedule, cap: number): number => scenariosOf(schedule, { usualMs: new Map(), cap }).independentAtOnce;
    const [atOnce, capped] = [1, 2].map((variant) => actualMs(scheduled(of(variant), () => [])));
    errors['at once'].push(Math.abs(predict(known, 8) / atOnce! - 1));
    errors['cap 2'].push(Math.abs(predict(known, 2) / capped! - 1));
    errors['at once, needs from the trace'].push(Math.abs(predict(read, 8) / atOnce! - 1));
    gains.push(1 - atOnce! / actualMs(known));
  }
  for (const [what, list] of Object.entries(errors)) {
    console.log(`${what}: median error ${(100 * median(list)).toFixed(2)} %, worst ${(100 * Math.max(...list)).toFixed(2)} %`);
    expect(median(list), what).toBeLessThan(0.05);
  }
  console.log(`running everything independent at once really saved ${(100 * median(gains)).toFixed(1)} % (median)`);
  // Otherwise there was nothing to predict.
  expect(median(gains)).toBeGreaterThan(0.2);
});
