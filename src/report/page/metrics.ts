import type { Summary } from '../../analysis/report.ts';
import { count, duration, percent } from '../numbers.ts';
import type { PageFact, PageMetric } from '../page-data.ts';
import { judgedParallelCalls, rateText } from '../rates.ts';

/** What is asked of an agent; the docs of the report say so too. */
const LIMITS = { p50Ms: 1400, p95Ms: 4000, correctness: 0.95, wastedParallelRate: 0.01 };

/** How many of the runs that an evaluation scored gave the right answer. */
export interface Correctness {
  correct: number;
  scored: number;
}

/** The metrics of some runs, each with its threshold where it has one. */
export function metricsOf(summary: Summary, { correct, scored }: Correctness): PageMetric[] {
  const { runs, tokens, latencyMs, wastedParallelCalls, wastedParallelRate, parallelCalls } = summary;
  const spent = tokens.input + tokens.output;
  const judged = judgedParallelCalls(summary);
  return [
    latency('p50', latencyMs.p50, LIMITS.p50Ms),
    latency('p95', latencyMs.p95, LIMITS.p95Ms),
    {
      id: 'tokens',
      label: 'Tokens per task',
      text: spent === 0 || runs === 0 ? '–' : Math.round(spent / runs).toLocaleString('en-US'),
      detail: spent === 0 ? 'not recorded' : `about ${tokens.wasted.toLocaleString('en-US')} wasted in all`,
    },
    ...(scored === 0
      ? []
      : [
          {
            id: 'correctness',
            label: 'Final-answer correctness',
            text: percent(correct / scored),
            detail: `${correct} of ${count(scored, 'scored run')}`,
            threshold: `at least ${percent(LIMITS.correctness)}`,
            passed: correct / scored >= LIMITS.correctness,
          },
        ]),
    {
      id: 'wasted-parallel',
      label: 'Wasted parallel calls',
      text: rateText(wastedParallelRate, judged),
      detail: parallelDetail(wastedParallelCalls, parallelCalls, judged),
      threshold: `at most ${percent(LIMITS.wastedParallelRate)}`,
      ...(judged > 0 && { passed: wastedParallelRate <= LIMITS.wastedParallelRate }),
    },
  ];
}

function parallelDetail(wasted: number, calls: number, judged: number): string {
  if (calls === 0) return 'no parallel call';
  return judged === 0 ? `none of ${count(calls, 'parallel call')} could be judged` : `${wasted} of ${count(calls, 'parallel call')}`;
}

function latency(quantile: 'p50' | 'p95', ms: number | null, limit: number): PageMetric {
  return {
    id: `latency-${quantile}`,
    label: `Latency ${quantile}`,
    text: ms === null ? '–' : duration(ms),
    detail: ms === null ? 'no times recorded' : 'from message to answer',
    threshold: `at most ${duration(limit)}`,
    ...(ms !== null && { passed: ms <= limit }),
  };
}

/** What the report is about, in counts. */
export function factsOf(summary: Summary): PageFact[] {
  const { runs, turns, toolCalls, batches, parallelBatches, wastedCalls, wastedByKind, dependentCalls, unknownCalls } = summary;
  const kinds = Object.entries(wastedByKind).filter(([, n]) => n > 0);
  return [
    { label: 'Runs', text: runs.toLocaleString('en-US'), detail: count(turns, 'turn') },
    {
      label: 'Tool calls',
      text: toolCalls.toLocaleString('en-US'),
      detail: `${count(batches, 'batch', 'batches')}, ${parallelBatches.toLocaleString('en-US')} parallel`,
    },
    {
      label: 'Wasted calls',
      text: wastedCalls.toLocaleString('en-US'),
      detail: kinds.map(([kind, n]) => `${n} ${kind}`).join(', ') || 'none',
    },
    { label: 'Dependent calls', text: dependentCalls.toLocaleString('en-US'), detail: 'issued beside what they needed' },
    ...(unknownCalls === 0
      ? []
      : [{ label: 'Unknown', text: unknownCalls.toLocaleString('en-US'), detail: 'not recorded, or the trace ends first' }]),
  ];
}
