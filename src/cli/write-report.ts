import type { AnalysisOptions, AnalyzedRun } from '../analysis/analyze-run.ts';
import { analyzeRuns } from '../analysis/analyze.ts';
import type { ReportProblem } from '../analysis/report.ts';
import { summaryOf } from '../analysis/summary.ts';
import type { Config } from '../config/schema.ts';
import type { Ending, Format, Output } from '../report/format.ts';
import { problemCount, problemText } from '../report/problems.ts';
import type { Backend } from '../sources/backends/backend.ts';
import { UsageError } from './command.ts';
import type { OpenOutput } from './output.ts';
import { progressLine } from './progress.ts';

export interface Work {
  inputs: readonly string[];
  backends: Backend[];
  config: Config;
  format: Format;
  output: OpenOutput;
  rules?: readonly string[];
  maxLineBytes?: number;
  learned?: NonNullable<AnalysisOptions['learned']>;
  onRun?: (analyzed: AnalyzedRun) => void;
}

/** Throws {@link UsageError} where the command line names nothing to read. */
export function requireInput(command: string, inputs: readonly string[], backends: readonly Backend[]): void {
  if (inputs.length === 0 && backends.length === 0)
    throw new UsageError(
      `Nothing to analyze: name a file, a folder or a glob, - for standard input, or a backend with --jaeger or --tempo.\nSee fanlight ${command} --help.`,
    );
}

/** Reads and analyzes, and writes each run as it comes. Throws {@link UsageError} where there is nothing to report. */
export async function writeReport({
  inputs,
  backends,
  config,
  format,
  output,
  rules,
  maxLineBytes,
  learned,
  onRun,
}: Work): Promise<Ending> {
  const progress = progressLine(process.stderr);
  const problems: ReportProblem[] = [];
  let pulled = 0;
  const onPulled = (traces: number): void => {
    pulled = traces;
    progress.pulled(traces);
  };
  const analysis = analyzeRuns(inputs, {
    config,
    ...(rules !== undefined && { rules }),
    ...(learned !== undefined && { learned }),
    reading: { backends, onProgress: progress.reading, onPulled, ...(maxLineBytes !== undefined && { maxLineBytes }) },
    onProblem: (problem) => problems.push(problem),
  });

  const buffered = new StartLate(format, output);
  for await (const analyzed of analysis) {
    progress.clear();
    buffered.run(analyzed);
    onRun?.(analyzed);
    await output.drained();
    progress.analyzed(analysis.tally.counts.runs);
  }
  progress.clear();
  const summary = summaryOf(analysis.tally);
  checkSomethingRead(summary.runs, inputs, problems, pulled);
  buffered.end({ summary, problems });
  await output.close();
  return { summary, problems };
}

/** Throws {@link UsageError} where no run came of the input. */
export function checkSomethingRead(runs: number, inputs: readonly string[], problems: readonly ReportProblem[], pulled = 0): void {
  if (runs > 0) return;
  if (problems.length > 0 && pulled === 0) throw new UsageError(inputs.length === 0 ? nothingPulled(problems) : nothingReadable(problems));
  throw new UsageError(
    `No model call and no conversation in ${pulled === 0 ? 'the input' : 'what was pulled'}. Spans have to say what was asked and answered, in the words of a dialect that is known; conversation logs need \`messages\`. See docs/dialects.md.`,
  );
}

/** Writes the start of a report only once there is one, so that an error leaves no half of it behind. */
class StartLate {
  readonly #format: Format;
  readonly #output: Output;
  #isStarted = false;

  constructor(format: Format, output: Output) {
    this.#format = format;
    this.#output = output;
  }

  run(analyzed: Parameters<Format['run']>[0]): void {
    this.#start();
    this.#format.run(analyzed, this.#output);
  }

  end(ending: Parameters<Format['end']>[0]): void {
    this.#start();
    this.#format.end(ending, this.#output);
  }

  #start(): void {
    if (!this.#isStarted) this.#format.start(this.#output);
    this.#isStarted = true;
  }
}

function nothingPulled(problems: readonly ReportProblem[]): string {
  return ['Nothing could be pulled:', ...problems.slice(0, 5).map(({ source, reason }) => `  ${source}  ${reason}`)].join('\n');
}

function nothingReadable(problems: readonly ReportProblem[]): string {
  const shown = problems.slice(0, 5).map((problem) => `  ${problemText(problem)}`);
  return [
    'Nothing in the input could be read:',
    ...shown,
    ...(problems.length > 5 ? [`  and ${problemCount(problems.slice(5))} more`] : []),
    'fanlight reads spans (OTLP; what Jaeger, Tempo, Zipkin, Phoenix and ClickHouse export) and logs of runs and messages (JSON, JSON Lines, CSV, Parquet), plain, gzip or zstd.',
    'Try one file by name, or see the README, "Read your own traces".',
  ].join('\n');
}
