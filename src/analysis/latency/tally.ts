import type { ToolCall } from '../../model/run.ts';
import { refusalOf } from '../../provenance/rate-limits.ts';
import type { AnalyzedRun } from '../analyze-run.ts';
import { scheduleOf, type Schedule, type Untimed } from './schedule.ts';
import { noSpeculation, speculationOf, type Speculation } from './speculation.ts';

/**
 * What is kept of a set of runs. Two tallies merge into one, so that partitions can be analyzed apart; the schedules are
 * kept whole (some numbers a call), so that every what-if can be asked afterwards.
 */
export interface LatencyTally {
  schedules: Schedule[];
  /** Runs without a schedule, by reason. */
  leftOut: Map<Untimed, number>;
  /** By tool. */
  speculation: Map<string, Speculation>;
}

export const emptyLatencyTally = (): LatencyTally => ({ schedules: [], leftOut: new Map(), speculation: new Map() });

/** @param needs the calls that a call could not have been made without */
export function latencyTallyOf(analyzed: AnalyzedRun, needs: (call: ToolCall) => readonly ToolCall[]): LatencyTally {
  const { run, facts, judgments } = analyzed;
  const schedule = scheduleOf(run, {
    needs,
    isRefused: (call) => refusalOf(call, facts) !== undefined,
    mistake: (call) => {
      if (judgments.verdicts.get(call)?.verdict !== 'wasted') return undefined;
      return judgments.dependences.has(call) ? 'dependent' : 'wasted';
    },
  });
  if (typeof schedule === 'string') return { ...emptyLatencyTally(), leftOut: new Map([[schedule, 1]]) };
  return { schedules: [schedule], leftOut: new Map(), speculation: speculationOf(analyzed, schedule) };
}

/** Adds `from` to `into`. */
export function mergeLatencyTally(into: LatencyTally, from: LatencyTally): void {
  for (const schedule of from.schedules) into.schedules.push(schedule);
  for (const [reason, runs] of from.leftOut) into.leftOut.set(reason, (into.leftOut.get(reason) ?? 0) + runs);
  for (const [tool, sums] of from.speculation) {
    const known = into.speculation.get(tool) ?? noSpeculation();
    into.speculation.set(tool, known);
    for (const key of Object.keys(sums) as (keyof Speculation)[]) known[key] += sums[key];
  }
}
