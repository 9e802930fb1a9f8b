import { analyzeRuns, type AnalyzeOptions } from '../analysis/analyze.ts';
import type { AnalyzedRun } from '../analysis/analyze-run.ts';
import type { Dataset, Example } from './dataset.ts';
import { judgeRun, type Judging } from './judge-run.ts';
import type { RunResult } from './result.ts';

export interface TracedResults {
  results: RunResult[];
  /** Runs without the label that was asked for. */
  unlabelled: number;
  /** Examples that the traces name and the dataset does not have. */
  unknownExamples: string[];
}

/**
 * Results of runs that exist already. A run belongs to the variant and example that its labels name (the attributes
 * `fanlight.variant`, `fanlight.example`, `fanlight.trial`); runs of one trace that carry the same are one task.
 *
 * @param fallback variant of runs without a label; without it they are left out
 */
export async function resultsOfTraces(
  inputs: readonly string[],
  options: AnalyzeOptions,
  { judging, dataset, fallback }: { judging: Judging; dataset?: Dataset | undefined; fallback?: string | undefined },
): Promise<TracedResults> {
  const tasks = new Map<string, { variant: string; example: string; runs: AnalyzedRun[] }>();
  let unlabelled = 0;
  for await (const analyzed of analyzeRuns(inputs, options)) {
    const { labels = {}, traceId, id } = analyzed.run;
    const variant = labels.variant ?? fallback;
    if (variant === undefined || (dataset !== undefined && labels.example === undefined)) {
      unlabelled += 1;
      continue;
    }
    const example = labels.example ?? id;
    const key = JSON.stringify([variant, example, labels.trial, labels.example === undefined ? id : traceId]);
    const task = tasks.get(key);
    if (task === undefined) tasks.set(key, { variant, example, runs: [analyzed] });
    else task.runs.push(analyzed);
  }
  const examples = dataset && new Map(dataset.examples.map((example) => [example.id, example]));
  const unknownExamples = new Set<string>();
  const trials = new Map<string, number>();
  const results: RunResult[] = [];
  for (const { variant, example, runs } of tasks.values()) {
    const known: Example | undefined = examples === undefined ? { id: example } : examples.get(example);
    if (known === undefined) {
      unknownExamples.add(example);
      continue;
    }
    const cell = JSON.stringify([variant, example]);
    const trial = trials.get(cell) ?? 0;
    trials.set(cell, trial + 1);
    const sorted = runs.toSorted((a, b) => (a.run.start ?? 0) - (b.run.start ?? 0));
    results.push(await judgeRun({ variant, trial, example: known, runs: sorted }, judging));
  }
  return { results, unlabelled, unknownExamples: [...unknownExamples] };
}
