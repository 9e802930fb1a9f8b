import type { Finding } from '../../analyzers/finding.ts';
import { rules as allRules } from '../../analyzers/index.ts';
import { tokenCostOf } from '../../analyzers/cost.ts';
import { judgmentsOf, type Judgments } from '../../analyzers/judgments.ts';
import type { Prices } from '../../analyzers/prices.ts';
import type { Rule } from '../../analyzers/rule.ts';
import type { Config } from '../config/schema.ts';
import type { Run, ToolCall, Turn } from '../model/run.ts';
import { factsOf, type Facts } from '../provenance/facts.ts';
import type { LearnedGraph } from './learned/graph-schema.ts';
import type { CallReport, RunReport } from './report.ts';
import { runCost } from './run-cost.ts';

/** Options of an analysis: the config's, and which rules to run. */
export interface AnalysisOptions {
  config?: Config;
  /** Ids of the rules to run; all by default. */
  rules?: readonly string[];
  /** What a corpus taught about the tools; `dependent-parallel` is sharper with it. */
  learned?: Pick<LearnedGraph, 'edges'>;
}

/** One analyzed run, with what rendering it needs beyond its report. */
export interface AnalyzedRun {
  run: Run;
  report: RunReport;
  /** Where the results of calls that were used came up again. */
  uses: ResultUse[];
  /** What is known of the run; each fact is computed when it is first asked for. */
  facts: Facts;
  judgments: Judgments;
}

/** A result that was used: by what the model said in a turn, or by the arguments of a later call. */
export interface ResultUse {
  of: ToolCall;
  turn: Turn;
  call?: ToolCall;
}

/** Analyzes one run. Pure: depends on nothing but the run and the options. */
export function analyzeRun(run: Run, options: AnalysisOptions = {}): AnalyzedRun {
  const { config = {} } = options;
  const { prices = {} } = config;
  markSpeculative(run, config);
  const facts = factsOf(run, { effects: effectsOf(config), learned: options.learned });
  const judgments = judgmentsOf(run, facts);
  const findings = allRules
    .filter((rule) => options.rules === undefined || options.rules.includes(rule.id))
    .flatMap((rule) => runRule(rule, run, facts, judgments, config));
  return {
    run,
    report: {
      id: run.id,
      ...(run.traceId !== undefined && { traceId: run.traceId }),
      dialect: run.dialect,
      source: run.source,
      ...(run.labels !== undefined && { labels: run.labels }),
      turns: run.turns.length,
      calls: run.calls.map((call) => reportCall(call, facts, judgments, callCost(call, run, prices))),
      cost: runCost(run, prices),
      findings,
    },
    uses: usesOf(run, facts, judgments),
    facts,
    judgments,
  };
}

function usesOf(run: Run, facts: Facts, judgments: Judgments): ResultUse[] {
  return run.calls.flatMap((of) => {
    if (judgments.verdicts.get(of)?.verdict !== 'used') return [];
    const uses = new Map<Turn | ToolCall, ResultUse>();
    for (const { where } of facts.credits.get(of)?.uses ?? []) {
      const turn = run.turns[where.turn];
      if (turn === undefined) continue;
      uses.set(where.call ?? turn, where.call === undefined ? { of, turn } : { of, turn, call: where.call });
    }
    return [...uses.values()];
  });
}

const DEFAULT_CONFIDENCE = 0.5;

function runRule(rule: Rule, run: Run, facts: Facts, judgments: Judgments, config: Config): Finding[] {
  const setting = config.rules?.[rule.id];
  const options = typeof setting === 'object' ? setting : { severity: setting };
  if (options.severity === 'off') return [];
  const { severity } = options;
  const names = new Map(run.calls.map((call) => [call.id, call.name]));
  const matches = (patterns: readonly string[], id: string | undefined): boolean =>
    patterns.some((pattern) => toPattern(pattern).test(names.get(id ?? '') ?? ''));
  return rule
    .analyze({ run, facts, judgments, prices: config.prices ?? {} })
    .filter((finding) => finding.confidence >= (config.thresholds?.confidence ?? DEFAULT_CONFIDENCE))
    .filter(({ calls: [about] }) => typeof setting !== 'object' || !matches(setting.ignoreTools ?? [], about))
    .filter(({ calls: [about] }) => typeof setting !== 'object' || setting.onlyTools === undefined || matches(setting.onlyTools, about))
    .map((finding) => (severity === undefined ? finding : { ...finding, severity }));
}

/** A tool name as settings give it; `*` matches any characters. */
export const toPattern = (glob: string): RegExp =>
  new RegExp(`^${glob.replaceAll(/[.+?^${}()|[\]\\]/gu, String.raw`\$&`).replaceAll('*', '.*')}$`, 'u');

function effectsOf(config: Config): Record<string, 'read' | 'write' | 'unknown'> {
  const entries = Object.entries(config.tools ?? {}).flatMap(([name, { effect }]) =>
    effect === undefined ? [] : [[name, effect] as const],
  );
  return Object.fromEntries(entries);
}

function markSpeculative(run: Run, config: Config): void {
  for (const call of run.calls) if (config.tools?.[call.name]?.speculative === true) call.speculative = true;
}

function callCost(call: ToolCall, run: Run, prices: Prices): CallReport['cost'] {
  const { tokens, usd } = tokenCostOf(call, run, prices);
  return tokens === undefined ? undefined : { tokens, ...(usd !== undefined && { usd }) };
}

function reportCall(call: ToolCall, facts: Facts, judgments: Judgments, cost: CallReport['cost']): CallReport {
  const verdict = judgments.verdicts.get(call);
  const outcome = facts.outcome(call);
  return {
    id: call.id,
    name: call.name,
    turn: call.turn,
    batchSize: call.batchSize,
    ...(call.spanId !== undefined && { spanId: call.spanId }),
    ...(call.start !== undefined && call.end !== undefined && { durationMs: Math.round((call.end - call.start) * 1000) / 1000 }),
    effect: facts.effect(call),
    outcome: outcome === 'failure' ? 'error' : call.result === undefined ? 'missing' : 'ok',
    verdict: verdict?.verdict ?? 'unknown',
    wasted: verdict?.wasted ?? null,
    dependsOn: (judgments.dependences.get(call) ?? []).map(({ on }) => on.id),
    confidence: verdict?.confidence ?? 0,
    ...(call.speculative && { speculative: true }),
    ...(cost !== undefined && { cost }),
  };
}
