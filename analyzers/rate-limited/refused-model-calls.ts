import type { ToolCall, Turn } from '../../src/model/run.ts';
import { RATE_LIMIT } from '../../src/text/words.ts';
import type { Finding } from '../finding.ts';
import { excerpt } from '../places.ts';
import type { RuleContext } from '../rule.ts';
import { timeText } from '../times.ts';

const isRefused = ({ error, calls }: Turn): boolean => error !== undefined && calls.length === 0 && RATE_LIMIT.test(error);

/** Model calls that a rate limit refused, one finding for each row of them: the results of a batch waited meanwhile. */
export function refusedModelCalls({ run: { turns } }: RuleContext): Finding[] {
  const findings: Finding[] = [];
  for (let first = 0; first < turns.length; first++) {
    if (!isRefused(turns[first]!)) continue;
    let last = first;
    while (last + 1 < turns.length && isRefused(turns[last + 1]!)) last++;
    const finding = findingOf(turns.slice(first, last + 1), turns[last + 1], turns.slice(0, first));
    if (finding !== undefined) findings.push(finding);
    first = last;
  }
  return findings;
}

function findingOf(refused: readonly Turn[], next: Turn | undefined, before: readonly Turn[]): Finding | undefined {
  const held = heldUp(refused, next, before);
  const [first] = refused;
  if (held.length === 0 || first === undefined) return undefined;
  const ms = first.start === undefined || next?.start === undefined ? undefined : Math.max(0, next.start - first.start);
  const times = refused.length === 1 ? 'once' : `${refused.length} times`;
  return {
    rule: 'rate-limited',
    severity: 'warning',
    message: `the model was refused ${times} by a rate limit in turn ${first.index + 1}${ms === undefined ? '' : `; it was asked again ${timeText(ms)} later`}`,
    calls: held.map(({ id }) => id),
    spanIds: refused.flatMap(({ spanId }) => spanId ?? []),
    confidence: 0.9,
    evidence: refused.slice(0, MOST).map(({ error = '' }) => ({ kind: 'absent' as const, value: `the model's answer: ${excerpt(error)}` })),
    cost: ms === undefined ? {} : { ms, criticalMs: ms },
    fix: 'Send fewer requests at a time to this model, or ask for a higher limit; fewer turns, and shorter histories, use up less of it.',
  };
}

const MOST = 3;

/** The calls whose results could not be told meanwhile; before there were any, those that could not be issued. */
function heldUp(refused: readonly Turn[], next: Turn | undefined, before: readonly Turn[]): readonly ToolCall[] {
  const fed = refused.flatMap((turn) => turn.fed);
  if (fed.length > 0) return fed;
  return before.findLast(({ calls }) => calls.length > 0)?.calls ?? next?.calls ?? [];
}
