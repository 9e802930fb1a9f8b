import type { Message } from '../message.ts';
import type { ModelCall } from '../observation.ts';
import { keyParts } from './fingerprint.ts';
import { garbledIds } from './garbled.ts';
import type { SpanTree } from './tree.ts';

/**
 * A framework and the client below it may both record one model call, a span within a span. The inner one counts,
 * unless only the outer one tells what was answered. What stands above several and repeats them is their sum.
 */
export function withoutWrappers(modelCalls: readonly ModelCall[], tree: SpanTree): ModelCall[] {
  const inner = new Map<string, ModelCall[]>();
  for (const call of modelCalls) {
    const outer = tree.modelCallOf(call);
    if (outer !== undefined && outer !== tree.keyOf(call)) inner.set(outer, [...(inner.get(outer) ?? []), call]);
  }
  if (inner.size === 0) return [...modelCalls];
  const repeats = new Set<ModelCall>();
  for (const call of modelCalls) {
    const within = inner.get(tree.keyOf(call) ?? '') ?? [];
    if (!within.some((other) => areSame(call, other))) continue;
    const [only, ...others] = within;
    const isFuller = others.length === 0 && only !== undefined && isAnswered(call) && !isAnswered(only);
    repeats.add(isFuller ? only : call);
  }
  return modelCalls.filter((call) => !repeats.has(call));
}

const isAnswered = (call: ModelCall): boolean => call.output !== undefined && garbledIds(call) === undefined;

/** Another model call may lie within one that lasts until its stream was read; it says something else. */
function areSame(outer: ModelCall, inner: ModelCall): boolean {
  if (isAnswered(outer) && isAnswered(inner)) return share(outer.output, inner.output);
  if (outer.input === undefined || inner.input === undefined) return true;
  return share(outer.input.slice(-1), inner.input.slice(-1));
}

function share(some: readonly Message[] = [], others: readonly Message[] = []): boolean {
  const keys = new Set(keyParts(some).map(({ key }) => key));
  return keyParts(others).some(({ key }) => keys.has(key));
}
