import { canonicalJson } from '../model/canonical.ts';
import type { Outcome } from './execute-batch.ts';
import type { RequestedCall } from './model-api.ts';
import { parseArguments } from './parse-arguments.ts';
import { errorText } from './result-text.ts';
import type { Tool } from './tool.ts';

/** What is to be done with a call. */
export interface Plan {
  call: RequestedCall;
  tool: Tool | undefined;
  /** As the model wrote them; undefined where it wrote no JSON. */
  args: unknown;
  /** As the tool gets them. */
  input: unknown;
  /** The result of a call that is not to be run. */
  settled: { outcome: Outcome; result: string } | undefined;
  /** The same write, issued again in the same turn: it runs once, and its result is theirs. */
  twins: RequestedCall[];
}

/** When a call of the batch runs. */
export interface Place {
  /** Plans, by index, that have to be over first; never in a circle. */
  after: readonly number[];
  runsAlone: boolean;
}

/** Settles what need not run: unknown tools, unfit arguments, repeated ids and repeated writes, calls to be deferred. */
export async function planOf(calls: readonly RequestedCall[], tools: ReadonlyMap<string, Tool>, mergesWrites: boolean): Promise<Plan[]> {
  const plans: Plan[] = [];
  const ids = new Set<string>();
  const writes = new Map<string, Plan>();
  for (const call of calls) {
    // A result can be fed back once an id.
    if (ids.has(call.id)) continue;
    ids.add(call.id);
    const tool = tools.get(call.name);
    const rejected = (message: string): number =>
      plans.push({
        call,
        tool,
        args: undefined,
        input: undefined,
        settled: { outcome: 'rejected', result: errorText(message) },
        twins: [],
      });
    if (tool === undefined) {
      rejected(`There is no tool "${call.name}". There are: ${[...tools.keys()].join(', ') || 'none'}.`);
      continue;
    }
    const parsed = parseArguments(call.arguments);
    if (!parsed.ok) {
      rejected(parsed.message);
      continue;
    }
    const checked = await tool.validate(parsed.value);
    if (!checked.ok) {
      rejected(checked.message);
      continue;
    }
    const key = `${call.name} ${canonicalJson(parsed.value)}`;
    const first = mergesWrites && tool.effect === 'write' ? writes.get(key) : undefined;
    if (first !== undefined) {
      first.twins.push(call);
      continue;
    }
    const plan: Plan = { call, tool, args: parsed.value, input: checked.value, settled: undefined, twins: [] };
    writes.set(key, plan);
    plans.push(plan);
  }
  defer(plans);
  return plans;
}

/**
 * A run-alone tool that defers was called without the results of the look-ups beside it; a tool beside one it depends
 * on, without that one's; and what depends on a call that is deferred cannot run before it. Where that would defer the
 * whole batch, the first call that depends on no other runs: something of every batch does.
 */
function defer(plans: readonly Plan[]): void {
  const beside = plans.filter(({ settled }) => settled === undefined);
  const waitsFor = new Map<Plan, string[]>();
  for (const plan of beside) {
    const { tool } = plan;
    if (tool?.onConflict !== 'defer') continue;
    const names = beside
      .filter(
        (other) =>
          other !== plan &&
          (dependsOn(plan, other) || (!tool.parallelizable && isLookUp(other) && !mayBeDeferred(other) && !dependsOn(other, plan))),
      )
      .map(({ call }) => call.name);
    if (names.length > 0) waitsFor.set(plan, names);
  }
  for (let grew = true; grew;) {
    grew = false;
    for (const plan of beside) {
      if (waitsFor.has(plan)) continue;
      const names = beside.filter((other) => other !== plan && waitsFor.has(other) && dependsOn(plan, other)).map(({ call }) => call.name);
      if (names.length === 0) continue;
      waitsFor.set(plan, names);
      grew = true;
    }
  }
  if (waitsFor.size === beside.length) {
    const first = beside.find((plan) => !beside.some((other) => other !== plan && dependsOn(plan, other))) ?? beside[0];
    if (first !== undefined) waitsFor.delete(first);
  }
  for (const [plan, names] of waitsFor) plan.settled = { outcome: 'deferred', result: deferral(plan.call, names) };
}

export const dependsOn = ({ tool }: Plan, other: Plan): boolean => tool?.dependsOn.includes(other.call.name) === true;
const isLookUp = ({ tool }: Plan): boolean => tool?.effect !== 'write';
const mayBeDeferred = ({ tool }: Plan): boolean => tool?.onConflict === 'defer' && !tool.parallelizable;

/** What the model is told of a call that was not run. */
export function deferral(
  { name }: RequestedCall,
  waitedFor: readonly string[],
  finding?: { sent: string; argument: string; onName: string; offered: string },
): string {
  const beside = [...new Set(waitedFor)].join(', ');
  const why =
    finding === undefined
      ? `it was issued in the same turn as ${beside}, before their results were known`
      : `"${finding.sent}" for ${finding.argument} was given by nothing so far, and ${finding.onName}, issued beside it, says ${JSON.stringify(finding.offered)}`;
  return JSON.stringify({
    deferred: true,
    reason: `${name} was not run: ${why}.`,
    next: `Read the results of ${beside}, then issue ${name} again by itself, with what is right by then.`,
  });
}

/**
 * When each call runs: after what it depends on, and a suspect write after the look-ups. What depends on a run-alone
 * call runs alone as well, after it.
 */
export function placesOf(plans: readonly Plan[], suspects: ReadonlySet<string>): Place[] {
  const after: number[][] = plans.map(() => []);
  const reaches = (from: number, to: number): boolean => from === to || (after[from] ?? []).some((next) => reaches(next, to));
  const add = (from: number, to: number): void => {
    // No two calls wait for each other.
    if (from !== to && !reaches(to, from)) after[from]?.push(to);
  };
  plans.forEach((plan, i) => plans.forEach((other, k) => dependsOn(plan, other) && add(i, k)));
  const isAlone = (index: number): boolean => plans[index]?.tool?.parallelizable === false || (after[index] ?? []).some(isAlone);
  plans.forEach((plan, i) => {
    if (!suspects.has(plan.call.id)) return;
    plans.forEach((other, k) => isLookUp(other) && !isAlone(k) && add(i, k));
  });
  return plans.map((_, i) => ({ after: after[i] ?? [], runsAlone: isAlone(i) }));
}
