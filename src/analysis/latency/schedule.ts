import type { Run, ToolCall, Turn } from '../../model/run.ts';

/** A call as it ran: numbers only, so that the schedules of a large set of runs can be kept. */
export interface ScheduledCall {
  /** Unique within the run. */
  id: number;
  tool: string;
  /** From its batch's beginning to its start. */
  startMs: number;
  ms: number;
  slotMs: number;
  barrierMs: number;
  /** Calls, by id, without whose results it could not be made: they have to be over in an earlier turn. */
  needs: readonly number[];
  /** Calls of its own batch that it was held back for. */
  after: readonly number[];
  /** A call that should not have been made: beside the one it needed, or for nothing. */
  mistake?: 'dependent' | 'wasted';
  /** A rate limit refused it. */
  refused: boolean;
}

/** One turn: the model's answer, its batch, and what passed before the next turn without either. */
export interface ScheduledTurn {
  /** Turns of one task answer the same user message; no call moves from one task to another. */
  task: number;
  modelMs: number;
  idleMs: number;
  calls: readonly ScheduledCall[];
}

export interface Schedule {
  run: string;
  turns: readonly ScheduledTurn[];
}

/** Why a run has no schedule. */
export type Untimed = 'no times of model calls' | 'no times of tool calls';

export interface Judged {
  /** Calls that a call could not have been made without. */
  needs(call: ToolCall): readonly ToolCall[];
  mistake(call: ToolCall): ScheduledCall['mistake'];
  isRefused(call: ToolCall): boolean;
}

/** Clocks of spans are compared no finer. */
const GRAIN_MS = 2;

type Timed<T> = T & { start: number; end: number };
const isTimed = <T extends { start?: number; end?: number }>(one: T): one is Timed<T> =>
  one.start !== undefined && one.end !== undefined && one.end >= one.start;

/**
 * A run as a schedule. Its turns add up to the run's time, from the first model call to the end of the last one (or of
 * the last batch); the time in which the agent waited for the user's next message is no part of it.
 */
export function scheduleOf(run: Run, judged: Judged): Schedule | Untimed {
  const { turns } = run;
  if (turns.length === 0 || !turns.every(isTimed)) return 'no times of model calls';
  const toolCalls = run.calls.filter(({ origin }) => origin === 'model');
  if (toolCalls.length > 0 && !toolCalls.some(isTimed)) return 'no times of tool calls';
  const ids = new Map(run.calls.map((call, id) => [call, id]));
  return {
    run: run.id,
    turns: turns.map((turn, i) => scheduledTurn(turn, endOf(turn, turns[i + 1]), ids, judged)),
  };
}

/** When a turn is over: the next one starts, or the user is to speak, or its last call has ended. */
function endOf(turn: Timed<Turn>, next: Timed<Turn> | undefined): number {
  if (next === undefined) return Math.max(turn.end, ...turn.calls.filter(isTimed).map(({ end }) => end));
  const usersTurn = next.userTurn !== turn.userTurn && turn.calls.length === 0;
  return Math.max(turn.start, usersTurn ? Math.min(turn.end, next.start) : next.start);
}

function scheduledTurn(turn: Timed<Turn>, end: number, ids: ReadonlyMap<ToolCall, number>, judged: Judged): ScheduledTurn {
  // What is over after the next turn has started was not waited for; the provider's own tools run within the model call.
  const calls = turn.calls.filter((call) => call.origin !== 'server').filter(isTimed);
  const awaited = calls.filter((call) => call.end <= end + GRAIN_MS);
  // Some model spans last until the tools are over.
  const firstStart = Math.min(...awaited.filter(({ speculative }) => !speculative).map(({ start }) => start));
  const begin = Math.max(turn.start, Math.min(turn.end, end, firstStart));
  const scheduled = awaited.map((call): ScheduledCall => {
    const start = Math.max(call.start, begin);
    const { slotMs, barrierMs } = call.waits ?? { slotMs: 0, barrierMs: 0 };
    const held = barrierMs > GRAIN_MS ? awaited.filter((other) => other !== call && other.end <= start - slotMs + GRAIN_MS) : [];
    const mistake = judged.mistake(call);
    const numbers = (list: readonly ToolCall[]): number[] => list.flatMap((other) => ids.get(other) ?? []);
    return {
      id: ids.get(call) ?? -1,
      tool: call.name,
      startMs: start - begin,
      ms: Math.max(0, Math.min(call.end, end) - start),
      slotMs,
      barrierMs,
      needs: numbers(judged.needs(call)),
      after: numbers(held),
      refused: judged.isRefused(call),
      ...(mistake !== undefined && { mistake }),
    };
  });
  const modelMs = begin - turn.start;
  return { task: turn.userTurn, modelMs, idleMs: Math.max(0, end - begin - batchMs(scheduled)), calls: scheduled };
}

/** From the batch's beginning to the end of its last call. */
export const batchMs = (calls: readonly ScheduledCall[]): number => Math.max(0, ...calls.map(({ startMs, ms }) => startMs + ms));

/** What the run took. */
export const actualMs = ({ turns }: Schedule): number =>
  turns.reduce((sum, { modelMs, idleMs, calls }) => sum + modelMs + batchMs(calls) + idleMs, 0);
