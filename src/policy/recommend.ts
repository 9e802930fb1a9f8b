import type { GraphEdge } from '../analysis/learned/graph-schema.ts';
import type { Policy } from '../runtime/policy.ts';
import type { ToolEvidence } from './evidence.ts';
import { replay, type Figures } from './replay.ts';
import type { RunSketch } from './sketch.ts';

/** A policy, and all that speaks for it. */
export interface PolicyReport {
  policy: Policy;
  tools: ToolAdvice[];
  agent: AgentAdvice;
  /** The given runs as they were, and as they would have been: with the policy, and with parallel calls off. */
  replay: { before: Figures; after: Figures; parallelOff: Figures };
}

export interface ToolAdvice {
  evidence: ToolEvidence;
  /** Undefined where there is nothing to change. */
  change: 'alone' | 'after' | undefined;
  why: string;
  /** What usually feeds its arguments, from the tools it should have waited for. */
  fedBy?: { argument: string; tool: string; field: string; calls: number; of: number }[];
  /** The replay with this change alone. */
  alone?: Figures;
}

export interface AgentAdvice {
  parallelToolCalls: 'leave on' | 'switch off' | 'not used';
  why: string;
  maxToolConcurrency?: { value: number; why: string };
}

/** A read that was too early once may have been chance; a write on a guess is one too many. */
const MIN_DEPENDENT_READS = 3;
const MIN_DEPENDENT_SHARE = 0.02;
/** Below this gain in p50, turns at once are not worth their mistakes. */
const WORTH_KEEPING = 0.05;
const MIN_RUNS = 20;

/** @param edges what was learned of the same runs: which field feeds which argument */
export function recommend(runs: readonly RunSketch[], evidence: readonly ToolEvidence[], edges: readonly GraphEdge[] = []): PolicyReport {
  const tools = evidence.map((one) => withEffect(adviseTool(one), runs, edges));
  const changes = Object.fromEntries(
    tools.flatMap((advice) => (advice.change === undefined ? [] : [[advice.evidence.tool, settingsOf(advice)]])),
  );
  const flags: Policy = { version: 1, ...(Object.keys(changes).length > 0 && { tools: changes }) };
  const before = replay(runs, undefined);
  const flagged = replay(runs, flags);
  const parallelOff = replay(runs, { version: 1, parallelToolCalls: false });
  const agent = adviseAgent(runs, evidence, { before, flagged, parallelOff });
  const policy: Policy = {
    ...flags,
    ...(agent.parallelToolCalls === 'switch off' && { parallelToolCalls: false }),
    ...(agent.maxToolConcurrency !== undefined && { maxToolConcurrency: agent.maxToolConcurrency.value }),
  };
  return { policy, tools, agent, replay: { before, after: replay(runs, policy), parallelOff } };
}

function withEffect(advice: ToolAdvice, runs: readonly RunSketch[], edges: readonly GraphEdge[]): ToolAdvice {
  if (advice.change === undefined) return advice;
  const { tool, dependent } = advice.evidence;
  const fedBy = edges
    .filter(({ from, to }) => to.tool === tool && Object.hasOwn(dependent.on, from.tool))
    .map(({ from, to, support, opportunities }) => ({
      argument: to.path,
      tool: from.tool,
      field: from.path,
      calls: support,
      of: opportunities,
    }));
  const alone = replay(runs, { version: 1, tools: { [tool]: settingsOf(advice) } });
  return { ...advice, ...(fedBy.length > 0 && { fedBy }), alone };
}

function adviseTool(evidence: ToolEvidence): ToolAdvice {
  const { effect, parallelCalls, dependent, stale, tool } = evidence;
  const share = parallelCalls === 0 ? 0 : dependent.calls / parallelCalls;
  const on = Object.entries(dependent.on).toSorted((a, b) => b[1] - a[1]);
  const counted = `${dependent.calls} of ${parallelCalls} parallel calls should have waited for ${on.map(([name, n]) => `${name} (${n})`).join(', ')}`;
  if (parallelCalls === 0) return { evidence, change: undefined, why: 'never beside another call' };
  if (dependent.calls === 0) return { evidence, change: undefined, why: `${evidence.safe} of ${parallelCalls} parallel calls were safe` };
  const went = stale === 0 ? '' : `; ${stale} went through on a guess`;
  if (effect !== 'read')
    return {
      evidence,
      change: 'alone',
      why: `${counted}${went}. A ${effect === 'write' ? 'write' : 'call that may write'} on a guess has to be undone`,
    };
  if (dependent.calls < MIN_DEPENDENT_READS || share < MIN_DEPENDENT_SHARE) {
    return {
      evidence,
      change: undefined,
      why: `${counted}: too few to change anything for a look-up (${tool} would lose its parallel calls)`,
    };
  }
  return { evidence, change: 'after', why: `${counted}${went}` };
}

function settingsOf({ evidence, change, why }: ToolAdvice): NonNullable<Policy['tools']>[string] {
  const { effect } = evidence;
  const reason = why;
  if (change === 'alone') return { parallelizable: false, ...(effect === 'unknown' ? { onConflict: 'defer' } : { effect }), reason };
  return { dependsOn: Object.keys(evidence.dependent.on).toSorted(), onConflict: 'defer', effect, reason };
}

function adviseAgent(
  runs: readonly RunSketch[],
  evidence: readonly ToolEvidence[],
  { before, flagged, parallelOff }: Record<'before' | 'flagged' | 'parallelOff', Figures>,
): AgentAdvice {
  const limit = concurrencyOf(runs, evidence);
  const cap = limit === undefined ? {} : { maxToolConcurrency: limit };
  if (before.parallelCalls === 0) return { parallelToolCalls: 'not used', why: 'no batch has more than one call', ...cap };
  const [with50, off50] = [flagged.latencyMs.p50, parallelOff.latencyMs.p50];
  if (with50 === null || off50 === null)
    return { parallelToolCalls: 'leave on', why: 'the traces have no times: what parallel calls win is not known', ...cap };
  const gain = off50 === 0 ? 0 : (off50 - with50) / off50;
  const won = `with it p50 is ${Math.round(with50)} ms, one call at a time it would be ${Math.round(off50)} ms (${(100 * gain).toFixed(0)} % less)`;
  if (runs.length < MIN_RUNS) return { parallelToolCalls: 'leave on', why: `${won}; ${runs.length} runs are too few to say more`, ...cap };
  if (gain < WORTH_KEEPING && before.wastedParallelRate > parallelOff.wastedRate) {
    return {
      parallelToolCalls: 'switch off',
      why: `${won}: not worth ${(100 * before.wastedParallelRate).toFixed(1)} % of parallel calls wasted`,
      ...cap,
    };
  }
  return { parallelToolCalls: 'leave on', why: won, ...cap };
}

const LIMITED_SHARE = 0.05;

/** The widest batch of which few calls met a rate limit. */
function concurrencyOf(runs: readonly RunSketch[], evidence: readonly ToolEvidence[]): { value: number; why: string } | undefined {
  const limited = evidence.reduce((sum, { rateLimited }) => sum + rateLimited, 0);
  if (limited === 0) return undefined;
  const sizes = new Map<number, { calls: number; limited: number }>();
  for (const { calls } of runs.flatMap(({ turns }) => turns)) {
    if (calls.length === 0) continue;
    const at = sizes.get(calls.length) ?? { calls: 0, limited: 0 };
    at.calls += calls.length;
    at.limited += calls.filter(({ rateLimited }) => rateLimited).length;
    sizes.set(calls.length, at);
  }
  const sorted = [...sizes].toSorted((a, b) => a[0] - b[0]);
  const first = sorted.find(([, at]) => at.limited / at.calls > LIMITED_SHARE);
  if (first === undefined || first[0] === 1) return undefined;
  return { value: first[0] - 1, why: `${first[1].limited} of ${first[1].calls} calls in batches of ${first[0]} met a rate limit` };
}
