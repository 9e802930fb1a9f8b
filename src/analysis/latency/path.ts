import { batchMs, type Schedule, type ScheduledCall } from './schedule.ts';

/** What the run was waiting for. */
export type Part =
  | 'model'
  | 'tools'
  /** For a free slot, or for siblings that run one after another. */
  | 'queue'
  /** For siblings that had to be over first: the call runs alone, or depends on them. */
  | 'barrier'
  /** Neither the model nor a tool was at work. */
  | 'idle';

/** A stretch of the critical path. */
export interface Stretch {
  turn: number;
  part: Part;
  ms: number;
  /** The tool whose call the run waited for. */
  tool?: string;
}

/** The critical path: what the run waited for from beginning to end. Its stretches add up to the run's time. */
export function criticalPath({ turns }: Schedule): Stretch[] {
  return turns.flatMap(({ modelMs, idleMs, calls }, turn) => {
    const last = calls.reduce<ScheduledCall | undefined>(
      (a, b) => (a === undefined || b.startMs + b.ms > a.startMs + a.ms ? b : a),
      undefined,
    );
    const batch = last === undefined ? [] : pathOfBatch(last, calls);
    return [{ part: 'model' as const, ms: modelMs }, ...batch, { part: 'idle' as const, ms: idleMs }]
      .filter(({ ms }) => ms > 0)
      .map((stretch) => ({ turn, ...stretch }));
  });
}

/** The batch's last call, and what it waited for before it started. */
function pathOfBatch(last: ScheduledCall, calls: readonly ScheduledCall[]): Omit<Stretch, 'turn'>[] {
  const { tool, startMs, ms } = last;
  const barrier = Math.min(last.barrierMs, startMs);
  const besideOthers = busyBefore(
    startMs,
    calls.filter((call) => call !== last),
  );
  const queue = Math.min(startMs - barrier, Math.max(last.slotMs, besideOthers - barrier));
  return [
    { part: 'barrier', ms: barrier, tool },
    { part: 'queue', ms: queue, tool },
    { part: 'idle', ms: batchMs(calls) - barrier - queue - ms },
    { part: 'tools', ms, tool },
  ];
}

/** How long, before a time, at least one of the calls ran. */
function busyBefore(time: number, calls: readonly ScheduledCall[]): number {
  let [busy, until] = [0, 0];
  for (const { startMs, ms } of calls.toSorted((a, b) => a.startMs - b.startMs)) {
    const end = Math.min(time, startMs + ms);
    busy += Math.max(0, end - Math.max(startMs, until));
    until = Math.max(until, end);
  }
  return busy;
}
