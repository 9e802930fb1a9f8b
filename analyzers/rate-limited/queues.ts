import type { Finding } from '../finding.ts';
import { argumentPlace, spanIdsOf } from '../places.ts';
import type { RuleContext } from '../rule.ts';
import { timedCalls, timeText, type TimedCall } from '../times.ts';

/** What a batch must have lost to be worth a word: in milliseconds, and as a share of its time. */
const AT_LEAST_MS = 100;
const SHARE = 0.2;

/** Batches that would have been over earlier had none of their calls waited for a free slot. */
export const queueFindings = ({ run }: RuleContext): Finding[] => run.turns.flatMap(({ calls }) => findingOf(timedCalls(calls)) ?? []);

const slotMsOf = ({ waits }: TimedCall): number => waits?.slotMs ?? 0;

function findingOf(batch: readonly TimedCall[]): Finding | undefined {
  const queued = batch.filter((call) => slotMsOf(call) > 0).toSorted((a, b) => slotMsOf(b) - slotMsOf(a));
  const [longest] = queued;
  if (longest === undefined) return undefined;
  const end = Math.max(...batch.map((call) => call.end));
  const asked = Math.min(...batch.map((call) => call.start - slotMsOf(call)));
  const paid = end - Math.max(...batch.map((call) => call.end - slotMsOf(call)));
  if (paid < AT_LEAST_MS || paid < SHARE * (end - asked)) return undefined;
  const ms = Math.round(paid * 1000) / 1000;
  const worth = queued.filter((call) => slotMsOf(call) >= AT_LEAST_MS);
  return {
    rule: 'rate-limited',
    severity: 'info',
    message: `${worth.length} of ${batch.length} calls of the batch waited for a free slot; with one free for each it would have been over ${timeText(paid)} earlier`,
    calls: worth.map(({ id }) => id),
    spanIds: spanIdsOf(worth),
    confidence: 0.9,
    evidence: worth.slice(0, MOST).map((call) => ({
      kind: 'timed' as const,
      value: `${call.name} waited ${timeText(slotMsOf(call))} for a free slot`,
      to: argumentPlace(call, '$'),
    })),
    cost: { ms, criticalMs: ms },
    fix: 'Let more calls of a turn run at once, if what they ask bears it (maxToolConcurrency); otherwise ask for fewer things in one turn, or for many in one call.',
  };
}

const MOST = 4;
