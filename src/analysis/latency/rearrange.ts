import type { Schedule, ScheduledCall, ScheduledTurn } from './schedule.ts';

/** What a further turn of this run would take beside its calls: what its turns took on average. */
export const meanTurnMs = ({ turns }: Schedule): number =>
  turns.length === 0 ? 0 : turns.reduce((sum, { modelMs, idleMs }) => sum + modelMs + idleMs, 0) / turns.length;

/** Each of the given calls in a turn of its own, after what is left of its batch. Given every call, it is the serial run. */
export function alone(schedule: Schedule, isAlone: (call: ScheduledCall) => boolean): Schedule {
  const modelMs = meanTurnMs(schedule);
  const turns = schedule.turns.flatMap((turn): ScheduledTurn[] => {
    const beside = turn.calls.filter((call) => !isAlone(call));
    const batches = [...(beside.length > 0 ? [beside] : []), ...turn.calls.filter(isAlone).map((call) => [call])];
    if (batches.length < 2) return [turn];
    return batches.map((calls, i) => (i === 0 ? { ...turn, calls } : { task: turn.task, modelMs, idleMs: 0, calls }));
  });
  return { ...schedule, turns };
}

/**
 * Every call in the earliest turn that what it needs allows, within the answer to one user message. The calls move to
 * the front; turns that are left without any are saved, and their model and idle time with them.
 */
export function atOnce(schedule: Schedule): Schedule {
  const modelMs = meanTurnMs(schedule);
  const tasks = new Map<number, ScheduledTurn[]>();
  for (const turn of schedule.turns) if (turn.calls.length > 0) tasks.set(turn.task, [...(tasks.get(turn.task) ?? []), turn]);
  const batches = new Map([...tasks].map(([task, turns]) => [task, earliest(turns.flatMap(({ calls }) => calls))]));
  const turns = schedule.turns.flatMap((turn): ScheduledTurn[] => {
    if (turn.calls.length === 0) return [turn];
    const waiting = batches.get(turn.task) ?? [];
    const calls = waiting.shift();
    if (calls === undefined) return [];
    const isLast = tasks.get(turn.task)?.at(-1) === turn;
    const further = isLast ? waiting.splice(0) : [];
    return [{ ...turn, calls }, ...further.map((more) => ({ task: turn.task, modelMs, idleMs: 0, calls: more }))];
  });
  return { ...schedule, turns };
}

/** The calls of a task in as few batches as can be, each after those it needs. */
function earliest(calls: readonly ScheduledCall[]): ScheduledCall[][] {
  const byId = new Map(calls.map((call) => [call.id, call]));
  const levels = new Map<number, number>();
  const levelOf = (call: ScheduledCall): number => {
    const known = levels.get(call.id);
    if (known !== undefined) return known;
    // Calls in a circle wait for each other no further.
    levels.set(call.id, 0);
    const level = Math.max(0, ...call.needs.map((id) => byId.get(id)).map((need) => (need === undefined ? 0 : levelOf(need) + 1)));
    levels.set(call.id, level);
    return level;
  };
  const batches: ScheduledCall[][] = [];
  for (const call of calls) (batches[levelOf(call)] ??= []).push(call);
  return batches.filter((batch) => batch !== undefined);
}

/** In each parallel batch the slowest call at what its tool usually takes, where that is less. */
export function withoutStragglers(schedule: Schedule, usualMs: ReadonlyMap<string, number>): Schedule {
  return withCalls(schedule, (calls) => {
    if (calls.length < 2) return calls;
    const slowest = calls.reduce((a, b) => (b.ms > a.ms ? b : a));
    const ms = Math.min(slowest.ms, usualMs.get(slowest.tool) ?? slowest.ms);
    return calls.map((call) => (call === slowest ? { ...call, ms } : call));
  });
}

/** Without these calls. A turn that made no other is saved; what needed one of them needs what that one needed. */
export function without(schedule: Schedule, isDropped: (call: ScheduledCall) => boolean): Schedule {
  const dropped = new Map(schedule.turns.flatMap(({ calls }) => calls.filter(isDropped).map((call) => [call.id, call])));
  if (dropped.size === 0) return schedule;
  const instead = (needs: readonly number[], seen: ReadonlySet<number> = new Set()): number[] =>
    needs.flatMap((id) => {
      const gone = dropped.get(id);
      return gone === undefined ? [id] : seen.has(id) ? [] : instead(gone.needs, new Set([...seen, id]));
    });
  const kept = withCalls(schedule, (calls) =>
    calls.filter((call) => !isDropped(call)).map((call) => ({ ...call, needs: instead(call.needs) })),
  );
  return { ...kept, turns: kept.turns.filter(({ calls }, i) => calls.length > 0 || schedule.turns[i]?.calls.length === 0) };
}

const withCalls = (schedule: Schedule, change: (calls: readonly ScheduledCall[]) => readonly ScheduledCall[]): Schedule => ({
  ...schedule,
  turns: schedule.turns.map((turn) => ({ ...turn, calls: change(turn.calls) })),
});
