import type { Policy } from '../runtime/policy.ts';
import { quantile } from '../statistics/quantile.ts';
import type { CallSketch, RunSketch, TurnSketch } from './sketch.ts';

/** What a set of runs came to, or would have come to. */
export interface Figures {
  runs: number;
  calls: number;
  parallelCalls: number;
  wastedRate: number;
  wastedParallelRate: number;
  dependentCalls: number;
  turnsPerRun: number;
  tokensPerRun: number;
  /** Null where no run has times. */
  latencyMs: { p50: number | null; p95: number | null };
}

/**
 * What the given runs would have come to under a policy. It is taken that the model heeds it: what runs alone is issued
 * in a turn of its own, after what the rest of its batch has given, and with the right values. A call that was put
 * aside and issued again is then issued once; any other takes one more turn, at the run's own mean time of a turn and
 * with its history sent once more.
 */
export function replay(runs: readonly RunSketch[], policy: Policy | undefined): Figures {
  return figuresOf(policy === undefined ? runs : runs.map((run) => replayRun(run, policy)));
}

function replayRun(run: RunSketch, policy: Policy): RunSketch {
  const meanMs = meanOf(run.turns.flatMap(({ modelMs, calls }) => (modelMs === undefined || calls.length === 0 ? [] : [modelMs])));
  let ms = run.ms;
  const turns = run.turns.flatMap((turn): TurnSketch[] => {
    const groups = groupsOf(turn.calls, policy);
    if (groups.length === 1 && groups[0]?.length === turn.calls.length) return [turn];
    const made = groups.map((calls, i): TurnSketch =>
      i === 0
        ? { ...turn, calls }
        : {
            modelMs: meanMs,
            inputTokens: turn.inputTokens + turn.outputTokens,
            outputTokens: Math.ceil(turn.outputTokens / turn.calls.length),
            calls,
          },
    );
    if (ms !== undefined) ms += sum(made, toolMs) - toolMs(turn) + (made.length - 1) * (meanMs ?? 0);
    return made;
  });
  return { ...run, ms, turns };
}

/** The turns that a batch becomes; calls that were put aside for want of waiting are not made at all. */
function groupsOf(calls: readonly CallSketch[], { parallelToolCalls, tools = {} }: Policy): CallSketch[][] {
  if (calls.length < 2) return [[...calls]];
  const settings = (call: CallSketch) => (Object.hasOwn(tools, call.tool) ? tools[call.tool] : undefined);
  const waits = (call: CallSketch): boolean =>
    settings(call)?.parallelizable === false ||
    (settings(call)?.dependsOn ?? []).some((on) => calls.some((other) => other !== call && other.tool === on));
  const isMoved = parallelToolCalls === false ? () => true : waits;
  const needed = new Set(calls.filter(isMoved).flatMap(({ dependsOn }) => dependsOn));
  const settled = (call: CallSketch): CallSketch => settle(call, needed);
  const together = calls.filter((call) => !isMoved(call)).map((call) => (needed.has(call.tool) ? settled(call) : call));
  const apart = calls.filter((call) => isMoved(call) && !isGuess(call)).map((call) => [settled(call)]);
  return together.length === 0 && apart.length > 0 ? apart : [together, ...apart];
}

/** Issued too early, and issued again when what it needed was there. */
const isGuess = ({ dependsOn, superseded }: CallSketch): boolean => dependsOn.length > 0 && superseded;

/** Issued when what it needs is there; what a sibling went without is used by it then. */
const settle = (call: CallSketch, needed: ReadonlySet<string>): CallSketch => ({
  ...call,
  dependsOn: [],
  verdict: call.verdict === 'wasted' && !call.superseded && needed.has(call.tool) ? 'used' : call.verdict,
});

const toolMs = ({ calls }: TurnSketch): number => Math.max(0, ...calls.map(({ ms }) => ms ?? 0));

function figuresOf(runs: readonly RunSketch[]): Figures {
  const turns = runs.flatMap((run) => run.turns);
  const calls = turns.flatMap((turn) => turn.calls);
  const parallel = turns.filter((turn) => turn.calls.length > 1).flatMap((turn) => turn.calls);
  const latencies = runs.flatMap(({ ms }) => (ms === undefined ? [] : [ms]));
  return {
    runs: runs.length,
    calls: calls.length,
    parallelCalls: parallel.length,
    wastedRate: wastedRate(calls),
    wastedParallelRate: wastedRate(parallel),
    dependentCalls: calls.filter(({ dependsOn }) => dependsOn.length > 0).length,
    turnsPerRun: ratio(turns.length, runs.length),
    tokensPerRun: ratio(
      sum(turns, ({ inputTokens, outputTokens }) => inputTokens + outputTokens),
      runs.length,
    ),
    latencyMs: { p50: quantile(latencies, 0.5) ?? null, p95: quantile(latencies, 0.95) ?? null },
  };
}

const wastedRate = (calls: readonly CallSketch[]): number =>
  ratio(calls.filter(({ verdict }) => verdict === 'wasted').length, calls.filter(({ verdict }) => verdict !== 'unknown').length);

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
const sum = <T>(list: readonly T[], of: (item: T) => number): number => list.reduce((total, item) => total + of(item), 0);
const meanOf = (list: readonly number[]): number | undefined => (list.length === 0 ? undefined : sum(list, (n) => n) / list.length);
