import type { Effect } from '../provenance/effect.ts';
import type { CallSketch, RunSketch } from './sketch.ts';

/** What the traces say of one tool. */
export interface ToolEvidence {
  tool: string;
  effect: Effect;
  calls: number;
  /** In batches of two or more. */
  parallelCalls: number;
  /** Beside a sibling that it should have waited for, by the siblings' tools. */
  dependent: { calls: number; on: Record<string, number>; examples: { run: string; call: string; because: string }[] };
  /** Of the dependent ones: not put aside, so that what was done rests on a guess. */
  stale: number;
  /** In parallel batches, beside others and without harm. */
  safe: number;
  wastedParallel: number;
  rateLimited: number;
}

const MOST_EXAMPLES = 5;

/** Sums up by tool; the most dependent ones first. */
export function evidenceOf(runs: readonly RunSketch[]): ToolEvidence[] {
  const tools = new Map<string, ToolEvidence>();
  for (const run of runs) {
    for (const { calls } of run.turns) for (const call of calls) add(upsert(tools, call), call, calls.length > 1, run.id);
  }
  return [...tools.values()].toSorted((a, b) => b.dependent.calls - a.dependent.calls || b.calls - a.calls || (a.tool < b.tool ? -1 : 1));
}

function upsert(tools: Map<string, ToolEvidence>, { tool, effect }: CallSketch): ToolEvidence {
  const known = tools.get(tool);
  if (known !== undefined) return known;
  const made: ToolEvidence = {
    tool,
    effect,
    calls: 0,
    parallelCalls: 0,
    dependent: { calls: 0, on: Object.create(null) as Record<string, number>, examples: [] },
    stale: 0,
    safe: 0,
    wastedParallel: 0,
    rateLimited: 0,
  };
  tools.set(tool, made);
  return made;
}

function add(evidence: ToolEvidence, call: CallSketch, isParallel: boolean, run: string): void {
  evidence.calls += 1;
  if (call.rateLimited) evidence.rateLimited += 1;
  if (!isParallel) return;
  evidence.parallelCalls += 1;
  if (call.verdict === 'wasted') evidence.wastedParallel += 1;
  if (call.dependsOn.length === 0) {
    if (!call.superseded) evidence.safe += 1;
    return;
  }
  const { dependent } = evidence;
  dependent.calls += 1;
  if (!call.superseded) evidence.stale += 1;
  for (const on of call.dependsOn) dependent.on[on] = (dependent.on[on] ?? 0) + 1;
  if (dependent.examples.length < MOST_EXAMPLES) dependent.examples.push({ run, call: call.id, because: call.because ?? '' });
}
