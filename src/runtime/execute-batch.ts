import { trace } from '@opentelemetry/api';
import { executeTool } from '../../instrumentation/tools/execute.ts';
import { readToolDefinitions } from '../dialects/tool-definitions.ts';
import type { Message } from '../model/message.ts';
import { runBatch, type Job, type Waits } from './batch.ts';
import { Guard, type GuardFinding, type GuardMode } from './guard.ts';
import type { RequestedCall } from './model-api.ts';
import { deferral, dependsOn, placesOf, planOf, type Place, type Plan } from './plan-batch.ts';
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
  /** A write that is issued twice with the same arguments runs once. Default true. */
  mergesWrites?: boolean;
  /** Called with each call as soon as it is over. */
  onDone?: (call: ExecutedCall) => void;
  onGuard?: ((finding: GuardFinding, isHeld: boolean) => void) | undefined;
}

const NO_WAITS: Waits = { barrierMs: 0, slotMs: 0 };

/**
 * Runs the calls of one turn: at once up to the cap, run-alone tools by themselves, guesses held back. Never rejects;
 * there is one result for every call id, in the order of the calls, whatever happens to any of them.
 */
export async function executeBatch(calls: readonly RequestedCall[], options: BatchOptions): Promise<ExecutedCall[]> {
  const plans = await planOf(calls, options.tools, options.mergesWrites ?? true);
  const done = new Map<RequestedCall, ExecutedCall>();
  const finish = (plan: Plan, outcome: Outcome, result: string, more: Partial<ExecutedCall> = {}): void => {
    for (const call of [plan.call, ...plan.twins]) {
      const executed = { ...call, turn: options.turn, outcome, result, waits: NO_WAITS, durationMs: 0, ...more };
      done.set(call, executed);
      options.onDone?.(executed);
    }
  };
  for (const plan of plans) if (plan.settled !== undefined) finish(plan, plan.settled.outcome, plan.settled.result);
  const runnable = plans.filter(({ settled }) => settled === undefined);
  const guard = guardOf(runnable, options);
  const suspects = suspectsOf(guard);
  const places = placesOf(runnable, suspects);
  const jobs = runnable.map((plan, i): Job => {
    const { call } = plan;
    return {
      ...(places[i] as Place),
      run: async (waits) => {
        // The guard may have held what this call needs.
        const held = runnable.filter((other) => other !== plan && dependsOn(plan, other) && done.get(other.call)?.outcome === 'deferred');
        if (held.length > 0) {
          finish(
            plan,
            'deferred',
            deferral(
              call,
              held.map((other) => other.call.name),
            ),
            { waits },
          );
          return;
        }
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

function guardOf(runnable: readonly Plan[], { guard, history, tools }: BatchOptions): Guard | undefined {
  if (guard === 'off' || runnable.length < 2) return undefined;
  return new Guard(
    history,
    readToolDefinitions([...tools.values()].map(({ name, description, schema }) => ({ name, description, parameters: schema }))),
    runnable.map(({ call, tool, args }) => ({ id: call.id, name: call.name, arguments: args, effect: tool?.effect ?? 'unknown' })),
  );
}

/** A guard that fails holds nothing up. */
function suspectsOf(guard: Guard | undefined): Set<string> {
  try {
    return guard?.suspects() ?? new Set();
  } catch {
    return new Set();
  }
}

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
