import { mkdir } from 'node:fs/promises';
import type { ReportProblem } from '../../analysis/report.ts';
import { EvaluationError } from '../error.ts';
import { evaluate, type Evaluation } from '../evaluation.ts';
import { resultsOfTraces } from '../from-traces.ts';
import { Judge } from '../judge/judge.ts';
import type { RunResult } from '../result.ts';
import { filesOf, writeResults } from '../results-file.ts';
import { headerOf } from './header.ts';
import type { LoadedSuite } from './load-suite.ts';

/** Evaluates runs that exist already against a suite's dataset, checks and thresholds; keeps the results as running does. */
export async function evaluateTraces(
  { suite, dataset, folder }: LoadedSuite,
  inputs: readonly string[],
  out: string,
): Promise<{ evaluation: Evaluation; results: RunResult[] }> {
  await mkdir(out, { recursive: true });
  const files = filesOf(out, suite.name);
  const judge = suite.judge === undefined ? undefined : await Judge.open(suite.judge, files.verdicts);
  const problems: ReportProblem[] = [...dataset.problems];
  const { results, unlabelled, unknownExamples } = await resultsOfTraces(
    inputs,
    { ...(suite.config !== undefined && { config: suite.config }), onProblem: (problem) => problems.push(problem) },
    { judging: { prices: suite.config?.prices, checks: suite.checks ?? {}, judge }, dataset },
  );
  if (results.length === 0) {
    const why = [
      ...problems.slice(0, 5).map(({ source, reason }) => `${source}: ${reason}`),
      unlabelled > 0 ? `${unlabelled} runs carry no labels` : '',
      unknownExamples.length > 0 ? `their examples (${unknownExamples.slice(0, 3).join(', ')}) are not in the dataset` : '',
    ];
    throw new EvaluationError(
      [
        'No run to evaluate: spans need the attributes fanlight.variant and fanlight.example, on the run or above it.',
        ...why.filter((text) => text !== ''),
      ].join('\n  '),
    );
  }
  const header = { ...headerOf(suite, dataset.examples, folder), finished: true };
  await writeResults(files.results, header, results);
  const evaluation = evaluate({ header, results, problems, judge: judge?.usage });
  const left = [
    ...(unlabelled > 0 ? [`${unlabelled} runs carry no labels and were left out`] : []),
    ...(unknownExamples.length > 0
      ? [`${unknownExamples.length} examples of the traces are not in the dataset: ${unknownExamples.slice(0, 3).join(', ')}`]
      : []),
  ];
  return { evaluation: { ...evaluation, warnings: [...evaluation.warnings, ...left] }, results };
}
