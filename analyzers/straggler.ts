import type { Run } from '../src/model/run.ts';
import { refusalOf } from '../src/provenance/rate-limits.ts';
import type { Evidence, Finding } from './finding.ts';
import { argumentPlace, spanIdsOf } from './places.ts';
import { defineRule, type Rule, type RuleContext } from './rule.ts';
import { durationOf, timedCalls, timeText, type TimedCall } from './times.ts';

/** How much slower than the slowest sibling, and than its tool usually is. */
const SLOWER = 2;
const AT_LEAST_MS = 300;
/** The same where the run does not tell what the tool usually takes. */
const MUCH_SLOWER = 3;
const MUCH_AT_LEAST_MS = 1000;
const ENOUGH_SIBLINGS = 2;

/** From so many other calls on, their median is what a tool usually takes. */
const ENOUGH = 3;

/** A parallel batch that one call made long. What counts: `docs/rules/straggler.md`. */
export const straggler: Rule = defineRule({
  id: 'straggler',
  summary: 'A parallel batch whose slowest call took far longer than its siblings, and than that tool usually takes',
  severity: 'info',
  analyze: (context) => context.run.turns.flatMap(({ calls }) => findingOf(timedCalls(calls), context) ?? []),
});

function findingOf(batch: readonly TimedCall[], { run, facts }: RuleContext): Finding | undefined {
  const [last, ...siblings] = batch.toSorted((a, b) => b.end - a.end);
  if (last === undefined || siblings.length === 0) return undefined;
  // Of that rate-limited tells more.
  if (refusalOf(last, facts) !== undefined) return undefined;
  const took = durationOf(last);
  const slowest = Math.max(...siblings.map(durationOf));
  const usual = usualOf(last, run);
  const isSlow =
    usual === undefined
      ? siblings.length >= ENOUGH_SIBLINGS && took >= MUCH_SLOWER * slowest && took - slowest >= MUCH_AT_LEAST_MS
      : took >= SLOWER * Math.max(slowest, usual.ms) && took - Math.max(slowest, usual.ms) >= AT_LEAST_MS;
  if (!isSlow) return undefined;
  const saved = Math.min(last.end - Math.max(...siblings.map(({ end }) => end)), took - (usual?.ms ?? 0));
  if (saved < AT_LEAST_MS) return undefined;
  const ms = Math.round(saved * 1000) / 1000;
  return {
    rule: 'straggler',
    severity: 'info',
    message: `${last.name} alone took ${timeText(took)} of a batch of ${batch.length}; without it the batch would have been over ${timeText(saved)} earlier`,
    calls: [last, ...siblings].map(({ id }) => id),
    spanIds: spanIdsOf([last]),
    confidence: usual === undefined ? 0.55 : usual.calls >= ENOUGH ? 0.8 : 0.65,
    evidence: evidenceOf(last, took, slowest, usual),
    cost: { ms, criticalMs: ms },
    fix: `Give ${last.name} a time limit or a second attempt, or make it faster; if it is slow by nature, issue it a turn ahead of need or leave it to a background job.`,
  };
}

interface Usual {
  ms: number;
  calls: number;
}

/** What the tool's other calls in the run took: their median, or the slowest of a few. */
function usualOf(call: TimedCall, run: Run): Usual | undefined {
  const times = timedCalls(run.calls)
    .filter((other) => other !== call && other.name === call.name)
    .map(durationOf)
    .toSorted((a, b) => a - b);
  const ms = times.length < ENOUGH ? times.at(-1) : times[Math.floor(times.length / 2)];
  return ms === undefined ? undefined : { ms, calls: times.length };
}

function evidenceOf(call: TimedCall, took: number, slowest: number, usual: Usual | undefined): Evidence[] {
  const to = argumentPlace(call, '$');
  return [
    { kind: 'timed', value: `${call.name} took ${timeText(took)}, the slowest call beside it ${timeText(slowest)}`, to },
    ...(usual === undefined
      ? []
      : [
          {
            kind: 'timed' as const,
            value:
              usual.calls < ENOUGH
                ? `${call.name} took at most ${timeText(usual.ms)} elsewhere in the run`
                : `${call.name} took ${timeText(usual.ms)} in the median of its ${usual.calls} other calls of the run`,
            to,
          },
        ]),
  ];
}
