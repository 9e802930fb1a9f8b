import { trace } from '@opentelemetry/api';
import { executeTool } from '../../instrumentation/tools/execute.ts';
import type { Message } from '../model/message.ts';
import { runBatch, type Job, type Waits } from './batch.ts';
import { Guard, type GuardFinding, type GuardMode } from './guard.ts';
import type { RequestedCall } from './model-api.ts';
import { parseArguments } from './parse-arguments.ts';
import { errorText, messageOf, resultText } from './result-text.ts';
import type { Tool } from './tool.ts';
import { withTimeout } from './with-timeout.ts';

/** What became of a call. */
export type Outcome =
  /** It ran and returned. */
  | 'ok'
  /** It ran and failed, or timed out. */
  | 'error'
  /** It did not run: no such tool, arguments that do not fit, a repeated id, an abort. */
  | 'rejected'
  /** It did not run: the model is to issue it again. */
  | 'deferred';

export interface ExecutedCall extends RequestedCall {
  turn: number;
  outcome: Outcome;
  /** As it goes back to the model. */
  result: string;
  waits: Waits;
  durationMs: number;
  /** What the tool returned, as it is. */
  value?: unknown;
  /** What it threw. */
  error?: unknown;
  guard?: GuardFinding;
}

export interface BatchOptions {
  tools: ReadonlyMap<string, Tool>;
  /** Calls at once. */
  cap: number;
  guard: GuardMode;
  /** What the model had read when it made the calls. */
  history: readonly Message[];
  turn: number;
  /** Milliseconds a tool may take that says nothing itself. */
  toolTimeoutMs: number | undefined;
  /** Called before a tool runs, for tools whose spans are not ours; ours have the waits as attributes. */
  onStart?: (callId: string, waits: Waits) => void;
  signal: AbortSignal;
  onGuard?: ((finding: GuardFinding, isHeld: boolean) => void) | undefined;
}

interface Plan {
  call: RequestedCall;
  tool: Tool | undefined;
  input: unknown;
  /** The result of a call that is not to be run. */
  settled: { outcome: Outcome; result: string } | undefined;
}

const NO_WAITS: Waits = { barrierMs: 0, slotMs: 0 };

/**
 * Runs the calls of one turn: at once up to the cap, run-alone tools by themselves, guesses held back. Never rejects;
 * there is one result for every call id, in the order of the calls, whatever happens to any of them.
 */
export async function executeBatch(calls: readonly RequestedCall[], options: BatchOptions): Promise<ExecutedCall[]> {
  const plans = await planOf(calls, options);
  const done = new Map<RequestedCall, ExecutedCall>();
  const finish = (plan: Plan, outcome: Outcome, result: string, more: Partial<ExecutedCall> = {}): void => {
    done.set(plan.call, { ...plan.call, turn: options.turn, outcome, result, waits: NO_WAITS, durationMs: 0, ...more });
  };
  for (const plan of plans) if (plan.settled !== undefined) finish(plan, plan.settled.outcome, plan.settled.result);
  const runnable = plans.filter(({ settled }) => settled === undefined);
  const guard = guardOf(runnable, options);
  const suspects = guard?.suspects() ?? new Set<string>();

  const needs = (plan: Plan, other: Plan): boolean => plan !== other && plan.tool?.dependsOn.includes(other.call.name) === true;
  const isHeld = (plan: Plan): boolean => suspects.has(plan.call.id) || runnable.some((other) => needs(plan, other));
  const jobs = runnable.map((plan): Job => {
    const { tool, call } = plan;
    // What is waited for waits for nothing: no two calls can wait for each other.
    const isAwaited = (other: Plan): boolean =>
      other.tool?.parallelizable === true &&
      !isHeld(other) &&
      (needs(plan, other) || (suspects.has(call.id) && other.tool.effect !== 'write'));
    return {
      runsAlone: tool?.parallelizable === false,
      after: runnable.flatMap((other, i) => (isAwaited(other) ? [i] : [])),
      run: async (waits) => {
        const finding = guard === undefined || !suspects.has(call.id) ? undefined : findingOf(guard, call, done);
        if (finding !== undefined) tell(finding, options);
        if (finding !== undefined && options.guard === 'defer') {
          finish(plan, 'deferred', deferral(call, [finding.onName], finding), { waits, guard: finding });
          return;
        }
        const started = performance.now();
        const { outcome, result, ...raw } = await runTool(plan, waits, options);
        finish(plan, outcome, result, {
          waits,
          durationMs: performance.now() - started,
          ...raw,
          ...(finding !== undefined && { guard: finding }),
        });
      },
    };
  });
  await runBatch(jobs, options.cap);
  return calls.flatMap((call) => done.get(call) ?? []);
}

/** Settles what need not run: unknown tools, unfit arguments, repeated ids and repeated writes, calls to be deferred. */
async function planOf(calls: readonly RequestedCall[], { tools }: BatchOptions): Promise<Plan[]> {
  const plans: Plan[] = [];
  const ids = new Set<string>();
  const writes = new Set<string>();
  for (const call of calls) {
    // A result can be fed back once an id.
    if (ids.has(call.id)) continue;
    ids.add(call.id);
    const tool = tools.get(call.name);
    const rejected = (message: string): number =>
      plans.push({ call, tool, input: undefined, settled: { outcome: 'rejected', result: errorText(message) } });
    if (tool === undefined) {
      rejected(`There is no tool "${call.name}". There are: ${[...tools.keys()].join(', ') || 'none'}.`);
      continue;
    }
    const parsed = parseArguments(call.arguments);
    const checked = parsed.ok ? await tool.validate(parsed.value) : parsed;
    if (!checked.ok) {
      rejected(checked.message);
      continue;
    }
    const key = `${call.name} ${JSON.stringify(parsed.ok ? parsed.value : null)}`;
    if (tool.effect === 'write' && writes.has(key)) {
      rejected(`The same ${call.name} was already issued in this turn; it was run once.`);
      continue;
    }
    writes.add(key);
    plans.push({ call, tool, input: checked.value, settled: undefined });
  }
  for (const plan of plans) plan.settled ??= deferred(plan, plans);
  return plans;
}

/**
 * A run-alone tool that defers was called without the results of the look-ups beside it, as was a tool beside those it
 * depends on. What would be deferred itself is waited for by none: something of every batch runs.
 */
function deferred({ tool, call }: Plan, plans: readonly Plan[]): Plan['settled'] {
  if (tool?.onConflict !== 'defer') return undefined;
  const others = plans.filter((other) => other.call !== call && other.settled?.outcome !== 'rejected' && !mayBeDeferred(other.tool));
  const waitedFor = others.filter(
    (other) => tool.dependsOn.includes(other.call.name) || (!tool.parallelizable && other.tool?.effect !== 'write'),
  );
  if (waitedFor.length === 0) return undefined;
  return {
    outcome: 'deferred',
    result: deferral(
      call,
      waitedFor.map((other) => other.call.name),
    ),
  };
}

const mayBeDeferred = (tool: Tool | undefined): boolean =>
  tool?.onConflict === 'defer' && (!tool.parallelizable || tool.dependsOn.length > 0);

function deferral({ name }: RequestedCall, waitedFor: readonly string[], finding?: GuardFinding): string {
  const beside = [...new Set(waitedFor)].join(', ');
  const why =
    finding === undefined
      ? `it was issued in the same turn as ${beside}, before their results were known`
      : `"${finding.sent}" for ${finding.argument} was given by nothing so far, and ${finding.onName}, issued beside it, says ${JSON.stringify(finding.offered)}`;
  return JSON.stringify({
    deferred: true,
    reason: `${name} was not run: ${why}.`,
    next: `Read the results of ${beside}, then issue ${name} again by itself with their values, if it is still right.`,
  });
}

function guardOf(runnable: readonly Plan[], { guard, history }: BatchOptions): Guard | undefined {
  if (guard === 'off' || runnable.length < 2) return undefined;
  return new Guard(
    history,
    runnable.map(({ call, tool }) => {
      const parsed = parseArguments(call.arguments);
      return { id: call.id, name: call.name, arguments: parsed.ok ? parsed.value : undefined, effect: tool?.effect ?? 'unknown' };
    }),
  );
}

/** A guard that fails holds nothing up. */
function findingOf(guard: Guard, call: RequestedCall, done: ReadonlyMap<RequestedCall, ExecutedCall>): GuardFinding | undefined {
  const results = [...done.values()].flatMap(({ id, outcome, result }): [string, string][] => (outcome === 'ok' ? [[id, result]] : []));
  try {
    return guard.check(call.id, new Map(results));
  } catch {
    return undefined;
  }
}

function tell(finding: GuardFinding, { guard, onGuard }: BatchOptions): void {
  trace.getActiveSpan()?.addEvent('fanlight.guard', {
    'fanlight.guard.decision': guard,
    'fanlight.guard.call': finding.call,
    'fanlight.guard.on': finding.on,
    'fanlight.guard.argument': finding.argument,
  });
  onGuard?.(finding, guard === 'defer');
}

async function runTool(
  { tool, call, input }: Plan,
  waits: Waits,
  { toolTimeoutMs, signal, turn, onStart }: BatchOptions,
): Promise<Pick<ExecutedCall, 'outcome' | 'result' | 'value' | 'error'>> {
  if (tool === undefined || signal.aborted) return { outcome: 'rejected', result: errorText('the run was aborted before this call') };
  try {
    const run = (): Promise<unknown> =>
      withTimeout((own) => tool.execute(input, { signal: own, callId: call.id, turn }), tool.timeoutMs ?? toolTimeoutMs, signal);
    const execution = {
      name: call.name,
      callId: call.id,
      arguments: call.arguments,
      description: tool.description,
      attributes: { 'fanlight.wait.slot_ms': round(waits.slotMs), 'fanlight.wait.barrier_ms': round(waits.barrierMs) },
    };
    onStart?.(call.id, waits);
    const value: unknown = await (onStart === undefined ? executeTool(execution, run) : run());
    return { outcome: 'ok', result: resultText(value), value };
  } catch (error) {
    return { outcome: 'error', error, result: errorText(signal.aborted ? `aborted: ${messageOf(error)}` : messageOf(error)) };
  }
}

const round = (ms: number): number => Math.round(ms * 1000) / 1000;
