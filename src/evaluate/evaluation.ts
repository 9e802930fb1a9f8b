import { agreementOf, type Agreement } from './agreement.ts';
import type { ReportProblem } from '../analysis/report.ts';
import { clustersOf, compare, type Comparison } from './compare.ts';
import type { JudgeUsage } from './judge/judge.ts';
import { METRICS, type MetricId } from './metrics.ts';
import type { RunResult } from './result.ts';
import type { ResultsHeader } from './results-file.ts';
import { intervalsOf, type Interval, type Resampling } from '../statistics/bootstrap.ts';
import { statisticOf } from './statistic.ts';
import { gate, type GateRow } from './thresholds.ts';

export interface MetricValue {
  value: number | null;
  /** 95 %. */
  interval: Interval | null;
}

/** What one variant came to. */
export interface VariantReport {
  name: string;
  examples: number;
  runs: number;
  /** Runs that threw, timed out or left no trace. */
  failed: number;
  /** Why they failed, the most frequent first. */
  errors: { message: string; runs: number }[];
  /** Checks that gave no verdict, the judge's among them, and why, the most frequent first. */
  checkErrors: number;
  checkErrorReasons: { message: string; runs: number }[];
  models: string[];
  metrics: Record<MetricId, MetricValue>;
  gate: GateRow[];
  passed: boolean;
}

/** An evaluation as `--format json` prints it. Fields may be added; none is renamed without a new `schemaVersion`. */
export interface Evaluation {
  schemaVersion: 1;
  suite: string;
  note?: string;
  baseline: string;
  environment: Record<string, string>;
  variants: VariantReport[];
  /** Each variant against the baseline. */
  comparisons: Comparison[];
  agreement?: Agreement;
  judge?: JudgeUsage;
  /** Whether every gated variant keeps every threshold, and everything was run. */
  gate: { variants: string[]; passed: boolean; reasons: string[] };
  problems: ReportProblem[];
  /** What speaks against trusting a comparison. */
  warnings: string[];
}

export interface EvaluationParts {
  header: ResultsHeader;
  results: readonly RunResult[];
  problems?: readonly ReportProblem[] | undefined;
  stopped?: string | undefined;
  judge?: JudgeUsage | undefined;
  warnings?: readonly string[] | undefined;
}

/** Sums results up: the variants' metrics with intervals, each against the baseline, and the gate. Pure. */
export function evaluate(
  { header, results, problems = [], stopped, judge, warnings = [] }: EvaluationParts,
  resampling: Resampling = {},
): Evaluation {
  const byVariant = new Map(header.variants.map(({ name }) => [name, results.filter(({ variant }) => variant === name)]));
  const measured = new Map([...byVariant].map(([name, list]) => [name, metricsOf(list, resampling)]));
  const unmeasured = METRICS.filter(
    ({ id }) => header.thresholds[id] !== undefined && [...measured.values()].every((metrics) => metrics[id].value === null),
  );
  const thresholds = { ...header.thresholds, ...Object.fromEntries(unmeasured.map(({ id }) => [id, false])) };
  const valuesOf = (name: string) => mapValues(measured.get(name), ({ value }) => value);
  const variants = [...byVariant].map(([name, list]): VariantReport => {
    const rows = gate(valuesOf(name), name === header.baseline ? undefined : valuesOf(header.baseline), thresholds);
    return {
      name,
      examples: new Set(list.map(({ example }) => example)).size,
      runs: list.length,
      failed: list.filter(({ error }) => error !== undefined).length,
      errors: tallied(list.flatMap(({ error }) => (error === undefined ? [] : [error]))),
      checkErrorReasons: tallied(
        list.flatMap(({ checks }) => checks.flatMap(({ passed, name: check, reason }) => (passed === null ? [`${check}: ${reason}`] : []))),
      ),
      checkErrors: list.reduce((sum, { checks }) => sum + checks.filter(({ passed }) => passed === null).length, 0),
      models: [...new Set(list.flatMap(({ models }) => models))].toSorted(),
      metrics: measured.get(name)!,
      gate: rows,
      passed: rows.every(({ passed }) => passed),
    };
  });
  const agreement = agreementOf(results);
  const reasons = [...reasonsOf(variants, header.gate, stopped), ...datasetReasons(problems)];
  return {
    schemaVersion: 1,
    suite: header.suite,
    ...(header.note !== undefined && { note: header.note }),
    baseline: header.baseline,
    environment: header.environment,
    variants,
    comparisons: variants
      .filter(({ name, runs }) => name !== header.baseline && runs > 0)
      .map(({ name }) =>
        compare(byVariant.get(header.baseline) ?? [], byVariant.get(name) ?? [], {
          ...resampling,
          baseline: header.baseline,
          candidate: name,
        }),
      ),
    ...(agreement !== undefined && { agreement }),
    ...(judge !== undefined && { judge }),
    gate: { variants: header.gate, passed: reasons.length === 0, reasons },
    problems: [...problems],
    warnings: [
      ...warnings,
      ...modelWarnings(variants),
      ...(results.length === 0
        ? []
        : unmeasured.map(
            ({ id, label }) =>
              `${label}: not measured, so not gated${id === 'correctness' ? '; give the dataset checks, or references and the suite a judge' : ''}`,
          )),
    ],
  };
}

function tallied(messages: readonly string[]): VariantReport['errors'] {
  const counts = new Map<string, number>();
  for (const message of messages) counts.set(message, (counts.get(message) ?? 0) + 1);
  return [...counts].map(([message, runs]) => ({ message, runs })).toSorted((a, b) => b.runs - a.runs);
}

function metricsOf(results: readonly RunResult[], resampling: Resampling): Record<MetricId, MetricValue> {
  const clusters = [...clustersOf(results).values()];
  const statistics = METRICS.map(({ measure }) => statisticOf(measure, clusters));
  const intervals = clusters.length === 0 ? [] : intervalsOf(statistics, clusters.length, resampling);
  const once = new Int32Array(clusters.length).fill(1);
  return Object.fromEntries(
    METRICS.map(({ id }, i): [MetricId, MetricValue] => [id, { value: statistics[i]!(once) ?? null, interval: intervals[i] ?? null }]),
  ) as Record<MetricId, MetricValue>;
}

const mapValues = (
  metrics: Record<MetricId, MetricValue> | undefined,
  of: (value: MetricValue) => number | null,
): Record<MetricId, number | null> =>
  Object.fromEntries(METRICS.map(({ id }) => [id, metrics === undefined ? null : of(metrics[id])])) as Record<MetricId, number | null>;

function reasonsOf(variants: readonly VariantReport[], gated: readonly string[], stopped: string | undefined): string[] {
  const failing = variants
    .filter(({ name }) => gated.includes(name))
    .flatMap(({ name, runs, failed: failures, gate: rows }) => {
      if (runs === 0) return [`${name} has no run`];
      if (runs === failures) return [`${name}: every run failed`];
      const failed = rows.filter(({ passed }) => !passed).map(({ metric }) => METRICS.find(({ id }) => id === metric)?.label ?? metric);
      return failed.length === 0 ? [] : [`${name}: ${failed.join(', ')}`];
    });
  return stopped === undefined ? failing : [...failing, `not everything was run: ${stopped}`];
}

/** A dataset that shrinks unnoticed is no gate. */
const datasetReasons = (problems: readonly ReportProblem[]): string[] =>
  problems.length === 0
    ? []
    : [`not everything was run: ${problems.length} ${problems.length === 1 ? 'line' : 'lines'} of input could not be read`];

/** A model's name may stand for another snapshot tomorrow: what answered is told, and told apart. */
function modelWarnings(variants: readonly VariantReport[]): string[] {
  const named = variants.filter(({ models }) => models.length > 0);
  const [first] = named;
  const other = named.find(({ models }) => models.join() !== first?.models.join());
  if (first === undefined || other === undefined) return [];
  return [
    `the variants were answered by different models: ${named.map(({ name, models }) => `${name} by ${models.join(', ')}`).join('; ')}`,
  ];
}
