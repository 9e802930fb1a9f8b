import { createWriteStream } from 'node:fs';
import type { Config } from '../config/schema.ts';
import type { Evaluation } from '../evaluate/evaluation.ts';
import type { RunResult } from '../evaluate/result.ts';
import type { Ending } from '../report/format.ts';
import { html, type HtmlOptions } from '../report/formats/html.ts';
import { pageEvaluation, pageScore } from '../report/page/evaluation.ts';
import { openOutput } from './output.ts';
import { writeReport } from './write-report.ts';

export interface EvaluatedRuns {
  evaluation: Evaluation;
  results: readonly RunResult[];
}

/** What an evaluation adds to the page of its traces. */
export function pageOptions({ evaluation, results }: EvaluatedRuns): HtmlOptions {
  const byRun = new Map(results.map((result) => [result.runId, result]));
  return {
    evaluation: pageEvaluation(evaluation),
    scoreOf: ({ run }) => {
      const result = byRun.get(run.id);
      return result === undefined ? undefined : pageScore(result);
    },
  };
}

/** Writes the page of an evaluation and the traces of its runs. */
export function writeEvaluationPage(
  path: string,
  traces: readonly string[],
  { title, config = {}, ...evaluated }: EvaluatedRuns & { title: string; config?: Config | undefined },
): Promise<Ending> {
  return writeReport({
    inputs: traces,
    backends: [],
    config,
    format: html({ title, ...pageOptions(evaluated) }),
    output: openOutput(path, createWriteStream, process.stdout),
  });
}
