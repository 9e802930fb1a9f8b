import { basename } from 'node:path';
import type { ReportProblem } from '../analysis/report.ts';
import type { Config } from '../config/schema.ts';
import { canonicalJson } from '../model/canonical.ts';
import { compare, type Comparison, type ComparisonOptions } from './compare.ts';
import { EvaluationError } from './error.ts';
import { resultsOfTraces } from './from-traces.ts';
import type { RunResult } from './result.ts';
import { readResults, resultsFileAt, type ResultsHeader } from './results-file.ts';
import { confoundsOf } from './suite/environment.ts';

export interface ComparisonReport {
  schemaVersion: 1;
  inputs: string[];
  comparisons: Comparison[];
  warnings: string[];
  problems: ReportProblem[];
}

interface Side {
  input: string;
  byVariant: Map<string, RunResult[]>;
  baseline: string | undefined;
  /** Versions, and what each variant was set to; undefined of traces. */
  environment: Record<string, string> | undefined;
  finished: boolean;
}

/**
 * Compares two results files or two sets of traces; of one, its variants among themselves.
 *
 * @param options `baseline` names the variant of the one input that the others are measured against
 */
export async function compareInputs(
  [a, b]: readonly [string, string?],
  options: ComparisonOptions & { config?: Config } = {},
): Promise<ComparisonReport> {
  const problems: ReportProblem[] = [];
  const first = await sideOf(a, options.config, problems);
  const second = b === undefined ? undefined : await sideOf(b, options.config, problems);
  const comparisons = second === undefined ? within(first, options) : between(first, second, options);
  const sides = second === undefined ? [first] : [first, second];
  const unfinished = sides.filter(({ finished }) => !finished).map(({ input }) => `${input} is of an evaluation that was not finished`);
  const confounds =
    second?.environment !== undefined && first.environment !== undefined ? confoundsOf(first.environment, second.environment) : [];
  return {
    schemaVersion: 1,
    inputs: sides.map(({ input }) => input),
    comparisons,
    warnings: [...unfinished, ...confounds, ...modelWarnings(sides)],
    problems,
  };
}

async function sideOf(input: string, config: Config | undefined, problems: ReportProblem[]): Promise<Side> {
  const file = await resultsFileAt(input);
  if (file !== undefined) {
    const { header, results, problems: broken } = await readResults(file);
    problems.push(...broken);
    return { input, byVariant: grouped(results), baseline: header.baseline, environment: recorded(header), finished: header.finished };
  }
  const own: ReportProblem[] = [];
  const { results } = await resultsOfTraces(
    [input],
    { ...(config !== undefined && { config }), onProblem: (problem) => own.push(problem) },
    { judging: { prices: config?.prices, checks: {}, judge: undefined }, fallback: basename(input) },
  );
  if (results.length === 0) {
    throw new EvaluationError(`${input}: neither a results file nor traces${own[0] === undefined ? '' : `: ${own[0].reason}`}`);
  }
  problems.push(...own);
  return { input, byVariant: grouped(results), baseline: undefined, environment: undefined, finished: true };
}

function recorded({ environment, variants, suite }: ResultsHeader): Record<string, string> {
  const settings = variants.map(({ name, settings: of }) => [`the setting of ${name}`, canonicalJson(of)]);
  return { ...environment, 'the suite': suite, ...Object.fromEntries(settings) };
}

function grouped(results: readonly RunResult[]): Map<string, RunResult[]> {
  const groups = new Map<string, RunResult[]>();
  for (const result of results) groups.set(result.variant, [...(groups.get(result.variant) ?? []), result]);
  return groups;
}

function within({ input, byVariant, baseline: recorded }: Side, options: ComparisonOptions): Comparison[] {
  const names = [...byVariant.keys()];
  const baseline = options.baseline ?? recorded ?? names[0] ?? '';
  if (!byVariant.has(baseline))
    throw new EvaluationError(`${input}: there is no variant ${JSON.stringify(baseline)}; known: ${names.join(', ')}`);
  if (names.length < 2)
    throw new EvaluationError(`${input}: only one variant, ${names.join('')}; name a second results file or set of traces to compare with`);
  return names
    .filter((name) => name !== baseline)
    .map((candidate) => compare(byVariant.get(baseline) ?? [], byVariant.get(candidate) ?? [], { ...options, baseline, candidate }));
}

/** Namesakes; where each side has one variant only, these, whatever they are called. */
function between(a: Side, b: Side, options: ComparisonOptions): Comparison[] {
  const [[nameA, onlyA] = ['', []], [nameB, onlyB] = ['', []]] = [[...a.byVariant][0], [...b.byVariant][0]];
  if (a.byVariant.size === 1 && b.byVariant.size === 1) {
    const same = nameA === nameB;
    return [compare(onlyA, onlyB, { ...options, baseline: same ? a.input : nameA, candidate: same ? b.input : nameB })];
  }
  const common = [...a.byVariant.keys()].filter((name) => b.byVariant.has(name));
  if (common.length === 0) {
    const list = ({ byVariant }: Side): string => [...byVariant.keys()].join(', ');
    throw new EvaluationError(`No variant is in both: ${a.input} has ${list(a)}; ${b.input} has ${list(b)}`);
  }
  return common.map((name) =>
    compare(a.byVariant.get(name) ?? [], b.byVariant.get(name) ?? [], {
      ...options,
      variant: name,
      baseline: 'first',
      candidate: 'second',
    }),
  );
}

function modelWarnings(sides: readonly Side[]): string[] {
  const [a, b] = sides.map(({ byVariant }) => new Set([...byVariant.values()].flat().flatMap(({ models }) => models)));
  if (a === undefined || b === undefined) return [];
  const [before, after] = [a, b].map((models) => [...models].toSorted().join(', ') || 'an unknown model');
  return before === after ? [] : [`answered by different models: ${before} in one, ${after} in the other`];
}
