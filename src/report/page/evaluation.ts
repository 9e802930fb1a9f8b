import type { Comparison } from '../../evaluate/compare.ts';
import type { Evaluation, VariantReport } from '../../evaluate/evaluation.ts';
import { METRICS } from '../../evaluate/metrics.ts';
import type { RunResult } from '../../evaluate/result.ts';
import { CORRECTED, differenceText, intervalText, metricOf, thresholdText, valueText, verdictText } from '../evaluation/words.ts';
import type { PageEvaluation, PageMetric, PageScore } from '../page-data.ts';

/** An evaluation in the page's words. */
export const pageEvaluation = ({ variants, comparisons, gate, note }: Evaluation): PageEvaluation => ({
  variants: variants.map((variant) => ({ name: variant.name, gate: gateOf(variant, gate.variants), metrics: metricsOf(variant) })),
  comparisons: comparisons.map(pageComparison),
  ...(comparisons.length > 0 && { caveat: CORRECTED }),
  ...(note !== undefined && { note }),
});

/** A variant of which no run succeeded has not passed, whatever is asked of it. */
function gateOf({ name, runs, failed, passed }: VariantReport, gated: readonly string[]): PageEvaluation['variants'][number]['gate'] {
  if (!gated.includes(name)) return 'not gated';
  return passed && failed < runs ? 'passed' : 'failed';
}

function metricsOf({ metrics, gate }: VariantReport): PageMetric[] {
  return METRICS.flatMap(({ id, label }): PageMetric[] => {
    const row = gate.find(({ metric }) => metric === id);
    const { value, interval } = metrics[id];
    if (value === null && row === undefined) return [];
    return [
      {
        id,
        label,
        text: valueText(id, value),
        ...(interval !== null && { detail: intervalText(id, interval) }),
        ...(row !== undefined && { threshold: thresholdText(row), passed: row.passed }),
      },
    ];
  });
}

const pageComparison = ({ baseline, candidate, rows }: Comparison): PageEvaluation['comparisons'][number] => ({
  baseline,
  candidate,
  rows: rows
    .filter(({ verdict }) => verdict !== 'not measured')
    .map((row) => ({
      label: metricOf(row.metric).label,
      a: valueText(row.metric, row.baseline),
      b: valueText(row.metric, row.candidate),
      difference: differenceText(row.metric, row.difference),
      interval: intervalText(row.metric, row.interval, differenceText),
      verdict: verdictText(row),
    })),
});

/** What the checks said of a run. One that gave no verdict has not passed, and says so. */
export const pageScore = ({ correct, checks }: RunResult): PageScore => ({
  correct,
  checks: checks.map(({ name, passed, reason }) => ({
    name,
    passed: passed === true,
    reason: passed === null ? `no verdict: ${reason}` : reason,
  })),
});
