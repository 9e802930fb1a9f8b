import { setTimeout as sleep } from 'node:timers/promises';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Tool } from '../../src/runtime/tool.ts';
import { plainTool } from './plain-tool.ts';

/** One thing to do: how long it takes, and which earlier tasks give it its arguments. */
export interface Task {
  id: string;
  tool: string;
  ms: number;
  needs: readonly string[];
  /** What its result holds, and the arguments of those that need it. */
  value: string;
}

export type TaskGraph = readonly Task[];

/** The same numbers for the same seed: `pick(low, high)`, both inside. */
function seeded(seed: number): (low: number, high: number) => number {
  const random = xoroshiro128plus(seed);
  return (low, high) => uniformInt(random, low, high);
}

/** Tasks in an order in which each comes after what it needs; about half of them need none. */
export function taskGraph(seed: number): TaskGraph {
  const pick = seeded(seed);
  const tasks: Task[] = [];
  for (let i = 0, count = pick(5, 8); i < count; i++) {
    const needed = pick(0, 1) === 0 ? [] : tasks.filter(() => pick(0, 2) === 0).slice(0, 2);
    tasks.push({
      id: `task-${seed}-${i}`,
      tool: `read_${'abcd'[pick(0, 3)]}`,
      ms: pick(60, 250),
      needs: needed.map(({ id }) => id),
      value: `V${seed}${i}-${pick(100_000, 999_999)}`,
    });
  }
  return tasks;
}

/** How the scripted model issues what is ready: a few at a time, or all of it. */
export type IssuePolicy = 'one or two' | 'all at once';

/** The model's next answer, given which tasks are over: the same each time for the same history. */
export function nextReply(graph: TaskGraph, done: ReadonlySet<string>, policy: IssuePolicy, seed: number): Record<string, unknown> {
  const pick = seeded(seed * 1000 + done.size);
  const delayMs = pick(66, 74);
  const ready = graph.filter(({ id, needs }) => !done.has(id) && needs.every((need) => done.has(need)));
  if (ready.length === 0) return { text: 'All is done.', delayMs };
  const values = new Map(graph.map(({ id, value }) => [id, value]));
  return {
    delayMs,
    calls: ready
      .slice(0, policy === 'all at once' ? ready.length : pick(1, 2))
      .map(({ id, tool, needs }) => ({ id, name: tool, arguments: { inputs: needs.map((need) => values.get(need)) } })),
  };
}

/** The tools of a graph: each call takes its task's time, on a timer. */
export function toolsOf(graph: TaskGraph): Tool[] {
  const tasks = new Map(graph.map((task) => [task.id, task]));
  return [...new Set(graph.map(({ tool }) => tool))].map((name) =>
    plainTool(name, async (_, { callId }) => {
      const task = tasks.get(callId);
      await sleep(task?.ms ?? 0);
      return { value: task?.value };
    }),
  );
}
