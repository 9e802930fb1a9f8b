import type { AnalyzedRun } from '../analysis/analyze-run.ts';
import type { ReportProblem, Summary } from '../analysis/report.ts';

/** Where a format writes; `colour` is off for pipes and files. */
export interface Output {
  write(text: string): void;
  colour: boolean;
}

/** What the end of a report tells. */
export interface Ending {
  summary: Summary;
  problems: readonly ReportProblem[];
}

/** One way of showing a report. Runs come one by one, so that a format that can stream does. */
export interface Format {
  id: string;
  start(output: Output): void;
  run(analyzed: AnalyzedRun, output: Output): void;
  end(ending: Ending, output: Output): void;
}
