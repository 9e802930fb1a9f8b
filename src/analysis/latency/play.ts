import type { Schedule, ScheduledCall } from './schedule.ts';

/**
 * How long a batch takes when nothing but the cap and its own order holds it up: calls start in the order the model
 * listed them, up to `cap` at once, each after those it is held back for. The runtime does the same (`src/runtime/batch.ts`).
 */
export function playBatch(calls: readonly ScheduledCall[], cap = Infinity): number {
  const here = new Set(calls.map(({ id }) => id));
  const ends = new Map<number, number>();
  const running: number[] = [];
  let waiting = calls.map((call) => ({ call, after: call.after.filter((id) => here.has(id)) }));
  let now = 0;
  while (waiting.length > 0) {
    // The slot goes to who has been ready longest; of those, to the first listed.
    const readyAt = ({ after }: { after: readonly number[] }): number => Math.max(0, ...after.map((id) => ends.get(id) ?? Infinity));
    const [next] = running.length < cap ? waiting.filter((one) => readyAt(one) <= now).toSorted((a, b) => readyAt(a) - readyAt(b)) : [];
    if (next !== undefined) {
      ends.set(next.call.id, now + next.call.ms);
      running.push(now + next.call.ms);
      waiting = waiting.filter((other) => other !== next);
    } else if (running.length > 0) {
      now = Math.min(...running);
      for (let i = running.length - 1; i >= 0; i--) if (running[i]! <= now) running.splice(i, 1);
    } else {
      // They wait for each other, which no runtime lets them: nothing holds them then.
      waiting = waiting.map(({ call }) => ({ call, after: [] }));
    }
  }
  return Math.max(0, ...ends.values());
}

/** What a run would take with the turns and batches of this schedule: model and idle time as they were, batches played anew. */
export const play = ({ turns }: Schedule, cap?: number): number =>
  turns.reduce((sum, { modelMs, idleMs, calls }) => sum + modelMs + idleMs + playBatch(calls, cap), 0);
