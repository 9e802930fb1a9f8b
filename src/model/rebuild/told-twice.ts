import type { ModelCall, Observation } from '../observation.ts';
import { keyOf } from './tree.ts';

/**
 * Model calls that only repeat what other model calls below them tell: the sums over a loop's turns that some
 * writers put on its root in the form of a call, or one call seen by two instrumentations. Below a tool's span
 * stand calls of its own, and one that begins when the other is over was merely begun in its context.
 */
export function toldTwice(observations: readonly Observation[]): Set<ModelCall> {
  const byKey = new Map<string, Observation>();
  for (const observation of observations) {
    const key = keyOf(observation.origin.traceId, observation.origin.spanId);
    if (key !== undefined) byKey.set(key, observation);
  }
  const inner = new Map<ModelCall, ModelCall[]>();
  for (const call of observations) {
    if (call.kind !== 'model') continue;
    const outer = enclosing(call, byKey);
    if (outer !== undefined) inner.set(outer, [...(inner.get(outer) ?? []), call]);
  }
  const repeated = new Set<ModelCall>();
  // Of one call that is told twice, the one that holds its content is kept.
  for (const [outer, [only, ...others]] of inner) {
    const isFuller = outer.output !== undefined && only !== undefined && only.output === undefined && !inner.has(only);
    repeated.add(others.length === 0 && isFuller ? only : outer);
  }
  return repeated;
}

function enclosing(call: ModelCall, byKey: ReadonlyMap<string, Observation>): ModelCall | undefined {
  const seen = new Set<string>();
  let at = keyOf(call.origin.traceId, call.origin.parentSpanId);
  while (at !== undefined && !seen.has(at)) {
    seen.add(at);
    const above = byKey.get(at);
    if (above === undefined || above.kind === 'tool' || above === call) return undefined;
    if (above.kind === 'model') return contains(above, call) ? above : undefined;
    at = keyOf(above.origin.traceId, above.origin.parentSpanId);
  }
  return undefined;
}

const contains = (outer: ModelCall, call: ModelCall): boolean =>
  outer.end === undefined || call.start === undefined || call.start < outer.end;
