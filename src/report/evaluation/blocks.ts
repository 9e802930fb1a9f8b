import type { ReportProblem } from '../../analysis/report.ts';
import type { Comparison } from '../../evaluate/compare.ts';
import type { Evaluation, VariantReport } from '../../evaluate/evaluation.ts';
import { METRICS } from '../../evaluate/metrics.ts';
import { count, percent } from '../numbers.ts';
import { problemsBySource, problemText, shownProblems } from '../problems.ts';
import { comparedText, CORRECTED, differenceText, intervalText, metricOf, thresholdText, valueText, verdictText } from './words.ts';

/** What an evaluation says, before it is put into a format. */
export type Block =
  | { kind: 'title'; text: string }
  | { kind: 'heading'; text: string }
  | { kind: 'text'; text: string; tone?: Tone }
  | { kind: 'list'; items: readonly string[] }
  /** The first column is text, the others stand right. */
  | { kind: 'table'; header: readonly string[]; rows: readonly (readonly Cell[])[] };

export type Tone = 'good' | 'bad' | 'dim' | 'note';
export type Cell = string | { text: string; tone: Tone };

export function evaluationBlocks(evaluation: Evaluation): Block[] {
  const { suite, note, variants, comparisons, gate, judge, agreement } = evaluation;
  const runs = variants.reduce((sum, variant) => sum + variant.runs, 0);
  return [
    { kind: 'title', text: `${suite}: ${count(variants.length, 'variant')}, ${count(runs, 'run')}` },
    ...(note === undefined ? [] : [{ kind: 'text' as const, text: note, tone: 'note' as const }]),
    metricsTable(variants),
    { kind: 'text', text: 'Each value with its 95 % interval below it; thresholds are held against the value.', tone: 'dim' },
    ...errorBlocks(variants),
    ...comparisons.flatMap(comparisonBlocks),
    ...(comparisons.length === 0 ? [] : [CAVEAT]),
    ...(agreement === undefined
      ? []
      : [
          {
            kind: 'text' as const,
            text: `Judge and checks agree on ${agreement.agreed} of ${count(agreement.runs, 'run')} (${percent(agreement.agreed / agreement.runs)}${agreement.kappa === null ? '' : `, kappa ${agreement.kappa.toFixed(2)}`}); the judge alone passed ${agreement.judgePassedOnly}, the checks alone ${agreement.codePassedOnly}.`,
          },
        ]),
    ...(judge === undefined
      ? []
      : [
          {
            kind: 'text' as const,
            text: `Judge: ${count(judge.requests, 'request')}, ${count(judge.tokens, 'token')}, and ${count(judge.cached, 'verdict')} from the cache besides, ${count(judge.errors, 'error')}.`,
          },
        ]),
    ...warningBlocks(evaluation.warnings),
    ...problemBlocks(evaluation.problems),
    {
      kind: 'text',
      text: `Recorded: ${Object.entries(evaluation.environment)
        .map(([name, version]) => `${name} ${version}`)
        .join(', ')}.`,
      tone: 'dim',
    },
    gateBlock(gate),
  ];
}

function gateBlock({ variants, passed, reasons }: Evaluation['gate']): Block {
  if (!passed) return { kind: 'text', text: `✗ Gate not passed. ${reasons.join('; ')}`, tone: 'bad' };
  if (variants.length === 0) return { kind: 'text', text: 'No gate: none of the variants that were run is gated.', tone: 'note' };
  return { kind: 'text', text: `✓ Gate passed: ${variants.join(', ')}`, tone: 'good' };
}

const CAVEAT: Block = { kind: 'text', text: CORRECTED, tone: 'dim' };

function comparisonBlocks(comparison: Comparison): Block[] {
  return [
    {
      kind: 'heading',
      text: `${comparison.variant === undefined ? '' : `${comparison.variant}, `}${comparison.candidate} against ${comparison.baseline}: ${comparedText(comparison)}`,
    },
    {
      kind: 'table',
      header: ['', comparison.baseline, comparison.candidate, 'difference', '95 % interval', 'verdict'],
      rows: comparison.rows
        .filter(({ verdict }) => verdict !== 'not measured')
        .map((row) => [
          metricOf(row.metric).label,
          valueText(row.metric, row.baseline),
          valueText(row.metric, row.candidate),
          differenceText(row.metric, row.difference),
          intervalText(row.metric, row.interval, differenceText),
          { text: verdictText(row), tone: row.verdict === 'better' ? 'good' : row.verdict === 'worse' ? 'bad' : 'dim' },
        ]),
    },
  ];
}

export function comparisonReportBlocks({
  inputs,
  comparisons,
  warnings,
  problems,
}: Pick<Evaluation, 'comparisons' | 'warnings' | 'problems'> & { inputs: readonly string[] }): Block[] {
  const named = inputs.length > 1 ? `first: ${inputs[0]}; second: ${inputs[1]}` : (inputs[0] ?? '');
  return [
    { kind: 'title', text: named },
    ...comparisons.flatMap(comparisonBlocks),
    CAVEAT,
    ...warningBlocks(warnings),
    ...problemBlocks(problems),
  ];
}

const MOST_ERRORS = 5;

function errorBlocks(variants: readonly VariantReport[]): Block[] {
  const listOf = (heading: string, of: (variant: VariantReport) => VariantReport['errors']): Block[] => {
    const items = variants.flatMap((variant) =>
      of(variant)
        .slice(0, MOST_ERRORS)
        .map(({ message, runs }) => `${variant.name}: ${message} (${count(runs, 'run')})`),
    );
    return items.length === 0
      ? []
      : [
          { kind: 'heading', text: heading },
          { kind: 'list', items },
        ];
  };
  return [
    ...listOf('Runs that failed', ({ errors }) => errors),
    ...listOf('Checks without a verdict', ({ checkErrorReasons }) => checkErrorReasons),
  ];
}

const warningBlocks = (warnings: readonly string[]): Block[] =>
  warnings.length === 0
    ? []
    : [
        { kind: 'heading', text: 'Mind, when comparing' },
        { kind: 'list', items: warnings },
      ];

export function problemBlocks(problems: readonly ReportProblem[]): Block[] {
  if (problems.length === 0) return [];
  const { shown, rest } = shownProblems(problems);
  return [
    { kind: 'heading', text: problemsBySource(problems) },
    { kind: 'list', items: [...shown.map(problemText), ...(rest === undefined ? [] : [rest])] },
  ];
}

function metricsTable(variants: readonly VariantReport[]): Block {
  const rows = METRICS.flatMap(({ id, label }): Cell[][] => {
    const gates = variants.map(({ gate }) => gate.find(({ metric }) => metric === id));
    const threshold = gates.find((row) => row !== undefined);
    if (variants.every(({ metrics }) => metrics[id].value === null) && threshold === undefined) return [];
    return [
      [
        label,
        ...variants.map(({ metrics }, i): Cell => {
          const passed = gates[i]?.passed;
          const text = valueText(id, metrics[id].value);
          return passed === undefined ? text : { text: `${passed ? '✓' : '✗'} ${text}`, tone: passed ? 'good' : 'bad' };
        }),
        threshold === undefined ? '' : thresholdText(threshold),
      ],
      ['', ...variants.map(({ metrics }): Cell => ({ text: intervalText(id, metrics[id].interval), tone: 'dim' })), ''],
    ];
  });
  const about = (label: string, of: (variant: VariantReport) => number): Cell[][] =>
    variants.some((variant) => of(variant) > 0) ? [[label, ...variants.map((variant) => of(variant).toLocaleString('en-US')), '']] : [];
  return {
    kind: 'table',
    header: ['', ...variants.map(({ name }) => name), 'threshold'],
    rows: [
      ['runs', ...variants.map(({ runs }) => runs.toLocaleString('en-US')), ''],
      ...about('failed runs', ({ failed }) => failed),
      ...about('checks without a verdict', ({ checkErrors }) => checkErrors),
      ...rows,
    ],
  };
}
