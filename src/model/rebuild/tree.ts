import type { ModelCall, Observation, ToolExecution } from '../observation.ts';
import type { Labels } from '../run.ts';

/** Span ancestry within traces: who stands above whom. Cyclic or missing parents end the walk, they never loop. */
export interface SpanTree {
  /** The nearest enclosing agent scope, as a trace-unique key. */
  agentOf(observation: Observation): string | undefined;
  /** The parent span, as a trace-unique key. */
  parentOf(observation: Observation): string | undefined;
  /** The nearest model call above, with nothing but plain spans between, as a trace-unique key. */
  modelCallOf(observation: Observation): string | undefined;
  /** The observation's own span, as a trace-unique key. */
  keyOf(observation: Observation): string | undefined;
  /** The conversation that the observation, or the nearest scope above it that knows, is a part of. */
  conversationOf(observation: ModelCall | ToolExecution): string | undefined;
  /** The labels of the observation and of every span above it; the nearest has the say. */
  labelsOf(observation: Observation): Labels | undefined;
}

interface Node {
  parent: string | undefined;
  agent: boolean;
  kind: Observation['kind'];
  labels: Labels | undefined;
  conversationId: string | undefined;
}

export function buildSpanTree(observations: readonly Observation[]): SpanTree {
  const nodes = new Map<string, Node>();
  for (const observation of observations) {
    const key = keyOf(observation.origin.traceId, observation.origin.spanId);
    if (key === undefined) continue;
    nodes.set(key, {
      parent: keyOf(observation.origin.traceId, observation.origin.parentSpanId),
      agent: observation.kind === 'scope' && observation.agent,
      kind: observation.kind,
      labels: observation.origin.labels,
      conversationId: observation.kind === 'scope' ? observation.conversationId : undefined,
    });
  }

  const nearestAgent = new Map<string, string | undefined>();
  const agentAbove = (start: string | undefined): string | undefined => {
    const path: string[] = [];
    const onPath = new Set<string>();
    let found: string | undefined;
    let at = start;
    while (at !== undefined && !onPath.has(at)) {
      if (nearestAgent.has(at)) {
        found = nearestAgent.get(at);
        break;
      }
      const node = nodes.get(at);
      path.push(at);
      onPath.add(at);
      if (node === undefined) break;
      if (node.agent) {
        found = at;
        break;
      }
      at = node.parent;
    }
    for (const key of path) nearestAgent.set(key, found);
    return found;
  };

  /** From a span upwards. */
  function* pathFrom(start: string | undefined): Generator<Node> {
    const seen = new Set<string>();
    for (let at = start; at !== undefined && !seen.has(at); at = nodes.get(at)?.parent) {
      seen.add(at);
      const node = nodes.get(at);
      if (node !== undefined) yield node;
    }
  }

  const labelsAbove = (start: string | undefined): Labels | undefined => {
    let labels: Labels | undefined;
    for (const { labels: own } of pathFrom(start)) if (own !== undefined) labels = { ...own, ...labels };
    return labels;
  };

  const modelCallAbove = (start: string | undefined): string | undefined => {
    const seen = new Set<string>();
    for (let at = start; at !== undefined && !seen.has(at); at = nodes.get(at)?.parent) {
      seen.add(at);
      const node = nodes.get(at);
      if (node?.kind === 'model') return at;
      if (node?.kind !== 'scope' || node.agent) return undefined;
    }
    return undefined;
  };

  const conversationAbove = (start: string | undefined): string | undefined => {
    for (const { conversationId } of pathFrom(start)) if (conversationId !== undefined) return conversationId;
    return undefined;
  };

  return {
    modelCallOf: ({ origin }) => modelCallAbove(keyOf(origin.traceId, origin.parentSpanId)),
    keyOf: ({ origin }) => keyOf(origin.traceId, origin.spanId),
    conversationOf: ({ conversationId, origin }) => conversationId ?? conversationAbove(keyOf(origin.traceId, origin.parentSpanId)),
    labelsOf: ({ origin }) => labelsAbove(keyOf(origin.traceId, origin.spanId)),
    agentOf: ({ origin }) => agentAbove(keyOf(origin.traceId, origin.parentSpanId)),
    parentOf: ({ origin }) => keyOf(origin.traceId, origin.parentSpanId),
  };
}

function keyOf(traceId: string | undefined, spanId: string | undefined): string | undefined {
  return spanId === undefined ? undefined : `${traceId ?? ''}/${spanId}`;
}
