import type { Finding } from '../../analyzers/finding.ts';
import type { AnalyzedRun } from '../analysis/analyze-run.ts';
import type { CallReport } from '../analysis/report.ts';
import { spanKey, type Span } from '../dialects/span.ts';
import type { Run, ToolCall, Turn } from '../model/run.ts';

export type Value = string | number | boolean | string[];

/** What a verdict adds to a span. */
export interface Annotation {
  attributes: Record<string, Value>;
  events: { name: string; attributes: Record<string, Value> }[];
  links: { traceId: string; spanId: string; attributes: Record<string, Value> }[];
}

/** Name of the event that a finding is, and attribute of the link that a use is. */
export const FINDING = 'fanlight.finding';
export const LINK = 'fanlight.link';

/** By `traceId/spanId`. */
export type Annotations = Map<string, Annotation>;

/**
 * What analyzed runs add to their spans: verdicts on tool spans, findings as events on the span they are about (the
 * model call where the tool has no span), links from what used a result to the tool that gave it, counts on the root.
 *
 * @param spans all of the trace, to find each run's root by
 */
export function annotationsOf(runs: readonly AnalyzedRun[], spans: readonly Span[]): Annotations {
  const annotations: Annotations = new Map();
  const at = (key: string): Annotation => {
    const known = annotations.get(key) ?? { attributes: {}, events: [], links: [] };
    annotations.set(key, known);
    return known;
  };
  const known = new Map(spans.map((span) => [spanKey(span.traceId, span.spanId), span]));
  const roots = new Map<string, CallReport[]>();
  for (const { run, report, uses } of runs) {
    run.calls.forEach((call, i) => {
      const verdict = report.calls[i];
      const place = placeOf(call, run);
      const turn = keyOf(run.turns[call.turn]) ?? place;
      // What a history only repeats was judged where it happened.
      if (verdict === undefined || place === undefined || !known.has(place)) return;
      if (keyOf(call) !== undefined) Object.assign(at(place).attributes, attributesOf(call, verdict));
      const root = rootOf(turn !== undefined && known.has(turn) ? turn : place, known);
      const counted = roots.get(root) ?? [];
      roots.set(root, counted);
      counted.push(verdict);
    });
    const byId = new Map(run.calls.map((call) => [call.id, call]));
    for (const finding of report.findings) {
      const about = byId.get(finding.calls[0] ?? '');
      const place = about && placeOf(about, run);
      if (place !== undefined && known.has(place)) at(place).events.push(eventOf(finding));
    }
    for (const { of, turn, call } of uses) {
      const user = (call && keyOf(call)) ?? keyOf(turn);
      if (user === undefined || !known.has(user) || of.traceId === undefined || of.spanId === undefined) continue;
      at(user).links.push({ traceId: of.traceId, spanId: of.spanId, attributes: { [LINK]: 'used' } });
    }
  }
  for (const [root, calls] of roots) Object.assign(at(root).attributes, countsOf(calls));
  return annotations;
}

/** The span of a call, or of the turn that made it where the tool has none. */
export const placeOf = (call: ToolCall, run: Run): string | undefined => keyOf(call) ?? keyOf(run.turns[call.turn]);

export const keyOf = (at: ToolCall | Turn | undefined): string | undefined =>
  at?.traceId === undefined || at.spanId === undefined ? undefined : spanKey(at.traceId, at.spanId);

function attributesOf(call: ToolCall, { verdict, wasted, confidence, dependsOn }: CallReport): Record<string, Value> {
  return {
    'fanlight.verdict': verdict,
    ...(wasted !== null && { 'fanlight.wasted': wasted }),
    'fanlight.confidence': Math.round(confidence * 1000) / 1000,
    'fanlight.batch.size': call.batchSize,
    'fanlight.batch.index': call.index,
    ...(dependsOn.length > 0 && { 'fanlight.depends_on': dependsOn }),
  };
}

function eventOf({ rule, severity, message, calls, confidence, evidence, cost, fix }: Finding): Annotation['events'][number] {
  return {
    name: FINDING,
    attributes: {
      'fanlight.rule': rule,
      'fanlight.severity': severity,
      'fanlight.message': message,
      'fanlight.calls': calls,
      'fanlight.confidence': Math.round(confidence * 1000) / 1000,
      ...(evidence.length > 0 && { 'fanlight.evidence': JSON.stringify(evidence) }),
      ...(cost.tokens !== undefined && { 'fanlight.cost.tokens': cost.tokens }),
      ...(cost.ms !== undefined && { 'fanlight.cost.ms': cost.ms }),
      ...(cost.criticalMs !== undefined && { 'fanlight.cost.critical_ms': cost.criticalMs }),
      ...(cost.usd !== undefined && { 'fanlight.cost.usd': cost.usd }),
      ...(fix !== undefined && { 'fanlight.fix': fix }),
    },
  };
}

function countsOf(calls: readonly CallReport[]): Record<string, Value> {
  const parallel = calls.filter(({ batchSize }) => batchSize > 1);
  const judged = parallel.filter(({ verdict }) => verdict !== 'unknown');
  const wasted = judged.filter(({ verdict }) => verdict === 'wasted').length;
  return {
    'fanlight.tool_calls': calls.length,
    'fanlight.wasted_calls': calls.filter(({ verdict }) => verdict === 'wasted').length,
    'fanlight.wasted_parallel_rate': judged.length === 0 ? 0 : wasted / judged.length,
    'fanlight.dependent_calls': calls.filter(({ dependsOn }) => dependsOn.length > 0).length,
  };
}

/** The nearest agent above a span; without one, the topmost span that is known. */
function rootOf(start: string, known: ReadonlyMap<string, Span>): string {
  const seen = new Set<string>();
  let top = start;
  for (let at: string | undefined = start; at !== undefined && !seen.has(at);) {
    seen.add(at);
    const span = known.get(at);
    if (span === undefined) break;
    top = at;
    if (span.attributes['gen_ai.operation.name'] === 'invoke_agent') return at;
    at = span.parentSpanId === undefined ? undefined : spanKey(span.traceId, span.parentSpanId);
  }
  return top;
}
