import type { Run } from '../model/run.ts';
import { quantile } from '../statistics/quantile.ts';
import type { RunReport, Summary } from './report.ts';

/**
 * What is summed over runs. Two tallies merge into one, so that partitions can be analyzed apart; the
 * latencies are kept whole (eight bytes a run), which makes the quantiles exact.
 */
export interface Tally {
  counts: Omit<
    Summary,
    'wastedRate' | 'wastedParallelRate' | 'dependentRate' | 'latencyMs' | 'usd' | 'dialects' | 'unknownParallelCalls'
  > & {
    unknownParallelCalls: number;
    dialects: Record<string, number>;
    usd: NonNullable<Summary['usd']>;
  };
  latencies: number[];
}

export function emptyTally(): Tally {
  return {
    counts: {
      runs: 0,
      dialects: {},
      turns: 0,
      toolCalls: 0,
      batches: 0,
      parallelBatches: 0,
      parallelCalls: 0,
      wastedCalls: 0,
      wastedParallelCalls: 0,
      dependentCalls: 0,
      unknownCalls: 0,
      unknownParallelCalls: 0,
      speculativeCalls: 0,
      wastedByKind: { dropped: 0, superseded: 0, duplicate: 0, unused: 0 },
      tokens: { input: 0, output: 0, wasted: 0 },
      usd: { total: 0, wasted: 0, unpricedRuns: 0 },
    },
    latencies: [],
  };
}

/** The tally of one run. */
export function tallyOf(run: Run, report: RunReport): Tally {
  const tally = emptyTally();
  const { counts } = tally;
  counts.runs = 1;
  counts.dialects[report.dialect] = 1;
  counts.turns = run.turns.length;
  counts.toolCalls = report.calls.length;
  run.calls.forEach((call, i) => {
    const verdict = report.calls[i];
    const isParallel = call.batchSize > 1;
    if (call.index === 0 || call.origin === 'server') {
      counts.batches += 1;
      if (isParallel) counts.parallelBatches += 1;
    }
    if (isParallel) counts.parallelCalls += 1;
    if (call.speculative) counts.speculativeCalls += 1;
    if (verdict?.verdict === 'unknown') {
      counts.unknownCalls += 1;
      if (isParallel) counts.unknownParallelCalls += 1;
    }
    if (verdict !== undefined && verdict.dependsOn.length > 0) counts.dependentCalls += 1;
    if (verdict?.wasted != null) {
      counts.wastedCalls += 1;
      if (isParallel) counts.wastedParallelCalls += 1;
      counts.wastedByKind[verdict.wasted] += 1;
      counts.tokens.wasted += verdict.cost?.tokens ?? 0;
      counts.usd.wasted += verdict.cost?.usd ?? 0;
    }
  });
  counts.tokens.input = report.cost?.tokens.input ?? 0;
  counts.tokens.output = report.cost?.tokens.output ?? 0;
  const usd = report.cost?.usd ?? null;
  if (usd === null) counts.usd = { total: 0, wasted: 0, unpricedRuns: 1 };
  else counts.usd.total = usd;
  if (run.start !== undefined && run.end !== undefined && run.end >= run.start) tally.latencies.push(run.end - run.start);
  return tally;
}

/** Adds `from` to `into`. */
export function mergeTally(into: Tally, from: Tally): void {
  addNumbers(into.counts as unknown as Numbers, from.counts as unknown as Numbers);
  for (const latency of from.latencies) into.latencies.push(latency);
}

type Numbers = { [key: string]: number | Numbers };

function addNumbers(into: Numbers, from: Numbers): void {
  for (const [key, value] of Object.entries(from)) {
    if (typeof value === 'number') into[key] = ((into[key] as number | undefined) ?? 0) + value;
    else addNumbers(into[key] as Numbers, value);
  }
}

/** Rates leave unknown calls out of the denominator; a dependent call is measured against all parallel calls. */
export function summaryOf({ counts, latencies }: Tally): Summary {
  const { dialects, ...shown } = counts;
  return {
    ...shown,
    dialects: Object.fromEntries(Object.entries(dialects).toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))),
    wastedRate: rate(counts.wastedCalls, counts.toolCalls - counts.unknownCalls),
    wastedParallelRate: rate(counts.wastedParallelCalls, counts.parallelCalls - counts.unknownParallelCalls),
    dependentRate: rate(counts.dependentCalls, counts.parallelCalls),
    latencyMs: { p50: quantile(latencies, 0.5) ?? null, p95: quantile(latencies, 0.95) ?? null },
  };
}

const rate = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
