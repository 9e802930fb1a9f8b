import type { ToolCall } from '../../model/run.ts';
import { argumentsOf } from '../../provenance/arguments.ts';
import type { AnalyzedRun } from '../analyze-run.ts';

/**
 * What each call could not have been made without, as far as values tell: a call needs an earlier one whose result gave
 * its arguments something. A decision leaves no such trace; so whatever may write needs all that came before it and is
 * needed by all that comes after it, and every call needs those before it that failed or found nothing.
 */
export function needsOf({ run, uses, facts }: AnalyzedRun): (call: ToolCall) => readonly ToolCall[] {
  const usedBy = new Map<ToolCall, ToolCall[]>();
  for (const { of, call } of uses) if (call !== undefined) usedBy.set(call, [...(usedBy.get(call) ?? []), of]);
  const sourcesOf = (call: ToolCall): Set<ToolCall> => {
    const supplies = argumentsOf(call).flatMap((argument) => facts.supply.of(argument) ?? []);
    const offers = supplies.filter(({ fromContext }) => !fromContext).flatMap(({ results }) => results);
    return new Set([...(usedBy.get(call) ?? []), ...offers.map((offer) => offer.call)]);
  };
  const mayWrite = (call: ToolCall): boolean => facts.effect(call) !== 'read';
  const decides = (earlier: ToolCall): boolean => mayWrite(earlier) || facts.outcome(earlier) !== 'answer';
  const writes = run.turns.filter(({ calls }) => calls.some(mayWrite)).map(({ index }) => index);
  return (call) => {
    const sources = sourcesOf(call);
    // The last write waits for all that came before it, so that waiting for it is enough.
    const lastWrite = writes.findLast((turn) => turn < call.turn) ?? 0;
    const earlier = run.turns.slice(lastWrite, call.turn).flatMap(({ calls }) => calls);
    return earlier.filter((other) => mayWrite(call) || decides(other) || sources.has(other));
  };
}
