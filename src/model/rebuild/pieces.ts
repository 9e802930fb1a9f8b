import type { Observation } from '../observation.ts';

/**
 * Writers tell of a call in pieces, when it starts and when it ends, and exports overlap: what has the same ids is one
 * observation, which holds what either told.
 */
export function joinPieces(observations: readonly Observation[]): Observation[] {
  const joined: Observation[] = [];
  const places = new Map<string, number>();
  for (const observation of observations) {
    const { traceId, spanId } = observation.origin;
    const key = spanId === undefined ? undefined : `${traceId ?? ''}/${spanId}`;
    const at = key === undefined ? undefined : places.get(key);
    const earlier = at === undefined ? undefined : joined[at];
    const whole = earlier && asOne(earlier, observation);
    if (at !== undefined && whole !== undefined) {
      joined[at] = whole;
      continue;
    }
    if (key !== undefined) places.set(key, joined.length);
    joined.push(observation);
  }
  return joined;
}

/** A scope only says that the span is there; two kinds that both say more are two observations of one span. */
function asOne(a: Observation, b: Observation): Observation | undefined {
  if (a.kind === b.kind) return merged(a, b);
  if (b.kind === 'scope') return a;
  return a.kind === 'scope' ? b : undefined;
}

/** Where both tell, the one that knows the end has the say, else the later. */
function merged(a: Observation, b: Observation): Observation {
  const [first, last] = a.end !== undefined && b.end === undefined ? [b, a] : [a, b];
  return { ...first, ...last, origin: { ...first.origin, ...last.origin } } as Observation;
}
