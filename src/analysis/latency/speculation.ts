import { costOf } from '../../../analyzers/cost.ts';
import { PROOF } from '../../../analyzers/verdict.ts';
import type { ToolCall } from '../../model/run.ts';
import type { AnalyzedRun } from '../analyze-run.ts';
import { batchMs, type Schedule, type ScheduledCall } from './schedule.ts';
import { meanTurnMs } from './rearrange.ts';

/** What calls of one tool won and cost that were issued ahead of need, on purpose. */
export interface Speculation {
  calls: number;
  /** Their results were used. */
  won: number;
  /** Their results came, and nothing used them. */
  lost: number;
  /** By how much the run would have been longer had the calls that won been issued when needed. */
  savedMs: number;
  /** By how much calls, won or lost, made their own batches longer. */
  heldUpMs: number;
  /** Of the calls that were lost: written, and sent along in every later input. */
  lostTokens: number;
}

export const noSpeculation = (): Speculation => ({ calls: 0, won: 0, lost: 0, savedMs: 0, heldUpMs: 0, lostTokens: 0 });

/** The speculative calls of a run, by tool. A call whose result was not recorded, or may still come, neither won nor lost. */
export function speculationOf({ run, facts }: AnalyzedRun, schedule: Schedule): Map<string, Speculation> {
  const found = new Map<string, Speculation>();
  for (const call of run.calls) {
    if (!call.speculative) continue;
    const sums = found.get(call.name) ?? noSpeculation();
    found.set(call.name, sums);
    sums.calls += 1;
    const credit = facts.credits.get(call);
    const isUsed = credit !== undefined && credit.score >= PROOF;
    const isOver = call.result?.content !== undefined && !call.pending && call.fedTurn !== undefined;
    if (!isUsed && !isOver) continue;
    const { criticalMs = 0, tokens = 0 } = costOf(call, run, {});
    sums.heldUpMs += criticalMs;
    if (isUsed) {
      sums.won += 1;
      sums.savedMs += savedMs(call, Math.min(...credit.uses.map(({ where }) => where.turn)), run.turns[call.turn]?.end, schedule);
    } else {
      sums.lost += 1;
      sums.lostTokens += tokens;
    }
  }
  return found;
}

/**
 * Issued when needed, the call would have gone out in the turn before its result was used. There it would have made the
 * batch longer, or a turn of its own necessary where that turn called nothing. Used in the very next turn, it saved no
 * more than the head start it had on the model's answer.
 */
function savedMs(call: ToolCall, usedIn: number, answered: number | undefined, schedule: Schedule): number {
  const ms = Math.max(0, (call.end ?? 0) - (call.start ?? 0));
  if (usedIn - 1 <= call.turn) return Math.min(ms, Math.max(0, (answered ?? 0) - (call.start ?? Infinity)));
  const others: readonly ScheduledCall[] = schedule.turns[usedIn - 1]?.calls ?? [];
  return others.length === 0 ? ms + meanTurnMs(schedule) : Math.max(0, ms - batchMs(others));
}
