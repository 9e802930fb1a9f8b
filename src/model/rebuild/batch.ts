import type { Turn } from '../run.ts';

/** A batch is the calls that one assistant message issued to the application. */
export function numberBatch(turn: Turn): void {
  for (const batch of groupBy(turn.calls, (call) => `${call.choice} ${call.origin}`).values()) {
    batch.forEach((call, i) => {
      call.index = i;
      call.batchSize = call.origin === 'server' ? 1 : batch.length;
    });
  }
}

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
