import type { Observation } from '../observation.ts';

/**
 * What a scope around one model call used is what the call used. Two calls in it would have to share, so then neither
 * is told.
 */
export function lendUsage(observations: readonly Observation[]): readonly Observation[] {
  const lenders = new Map<string, Observation & { kind: 'scope' }>();
  for (const observation of observations)
    if (observation.kind === 'scope' && observation.usage !== undefined)
      lenders.set(`${observation.origin.traceId} ${observation.origin.spanId}`, observation);
  if (lenders.size === 0) return observations;

  const parentOf = ({ origin }: Observation): string => `${origin.traceId} ${origin.parentSpanId}`;
  const calls = new Map<string, number>();
  for (const observation of observations)
    if (observation.kind === 'model') calls.set(parentOf(observation), (calls.get(parentOf(observation)) ?? 0) + 1);
  return observations.map((observation) => {
    const usage = lenders.get(parentOf(observation))?.usage;
    const isAlone = observation.kind === 'model' && calls.get(parentOf(observation)) === 1;
    return isAlone && observation.usage === undefined && usage !== undefined ? { ...observation, usage } : observation;
  });
}
