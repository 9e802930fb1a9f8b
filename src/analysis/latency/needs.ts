import type { ToolCall } from '../../model/run.ts';
import type { AnalyzedRun } from '../analyze-run.ts';

/**
 * What each call could not have been made without, as far as the results that were used tell: a call needs an earlier
 * one whose result its arguments took something from. A decision leaves no such trace; so whatever may write needs all
 * that came before it, and every call needs those before it that failed or found nothing.
 */
export function needsOf({ run, uses, facts }: AnalyzedRun): (call: ToolCall) => readonly ToolCall[] {
  const sources = new Map<ToolCall, Set<ToolCall>>();
  for (const { of, call } of uses) {
    if (call === undefined) continue;
    sources.set(call, (sources.get(call) ?? new Set()).add(of));
  }
  return (call) =>
    run.calls.filter(
      (earlier) =>
        earlier.turn < call.turn &&
        (facts.effect(call) !== 'read' ||
          facts.effect(earlier) !== 'read' ||
          sources.get(call)?.has(earlier) === true ||
          facts.outcome(earlier) !== 'answer'),
    );
}
