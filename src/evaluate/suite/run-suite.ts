import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import pLimit from 'p-limit';
import { EvaluationError } from '../error.ts';
import { Judge, type JudgeUsage } from '../judge/judge.ts';
import { judgeRun } from '../judge-run.ts';
import { cellOf, type RunResult } from '../result.ts';
import { appendResult, filesOf, readResults, sortResults, writeResults, type ResultsFile } from '../results-file.ts';
import type { Capture } from './capture.ts';
import { headerOf } from './header.ts';
import type { LoadedSuite } from './load-suite.ts';
import { runCell, type Cell } from './run-cell.ts';
import type { CheckedSuite } from './suite.ts';

export interface RunSuiteOptions {
  /** Folder of the results, the traces and the judge's verdicts. */
  out: string;
  /** Catches the spans of the runs; undefined for agents that give their messages. */
  capture: Capture | undefined;
  /** Starts over, also where an interrupted evaluation could go on. */
  fresh?: boolean;
  signal?: AbortSignal;
  onProgress?: (progress: { done: number; total: number; resumed: number }) => void;
}

export interface SuiteOutcome extends ResultsFile {
  /** Why not every cell has its result; undefined where each has. */
  stopped: string | undefined;
  /** Results that an interrupted evaluation left. */
  resumed: number;
  judge: JudgeUsage | undefined;
  /** What went wrong and cost no result. */
  warnings: string[];
}

/** Runs every example by every variant, and keeps each result at once: what was interrupted goes on where it was. */
export async function runSuite({ suite, dataset, folder }: LoadedSuite, options: RunSuiteOptions): Promise<SuiteOutcome> {
  if (suite.run === undefined) {
    throw new EvaluationError(`Suite ${suite.name} has no \`run\`: give it one, or evaluate traces that exist with --traces.`);
  }
  await mkdir(options.out, { recursive: true });
  const files = filesOf(options.out, suite.name);
  const header = headerOf(suite, dataset.examples, folder);
  const earlier = options.fresh === true ? [] : await resumable(files.results, header.key);
  await writeResults(files.results, header, earlier);
  await keepTraces(files.traces, earlier);

  const judge = suite.judge === undefined ? undefined : await Judge.open(suite.judge, files.verdicts);
  const judging = { prices: suite.config?.prices, checks: suite.checks ?? {}, judge };
  const results = [...earlier];
  const done = new Set(earlier.map(cellOf));
  const cells = cellsOf(suite, dataset.examples).filter((cell) => !done.has(keyOf(cell)));
  const total = cells.length + earlier.length;
  const signal = options.signal ?? new AbortController().signal;
  const budget = budgetOf(suite, results);
  const limit = pLimit(suite.concurrency ?? 4);
  const context = await setUp(suite);
  let failure: unknown;
  try {
    await Promise.all(
      cells.map((cell) =>
        limit(async () => {
          if (signal.aborted || budget.spent() !== undefined) return;
          budget.start();
          const { ended, line } = await runCell(cell, suite, { capture: options.capture, context, signal });
          // What an interrupt cut short is no result.
          if (signal.aborted && ended.error !== undefined) return;
          const result = await judgeRun(ended, judging);
          if (line !== undefined) await appendFile(files.traces, `${line}\n`);
          await appendResult(files.results, result);
          results.push(result);
          options.onProgress?.({ done: results.length, total, resumed: earlier.length });
        }),
      ),
    );
  } catch (error) {
    failure = error;
  }
  const warning = await tearDown(suite, context);
  if (failure !== undefined) throw failure;
  const stopped = results.length === total ? undefined : signal.aborted ? 'interrupted' : budget.spent();
  const last = { ...header, finished: stopped === undefined };
  await writeResults(files.results, last, results);
  return {
    header: last,
    results: sortResults(last, results),
    problems: dataset.problems,
    stopped,
    resumed: earlier.length,
    judge: judge?.usage,
    warnings: warning === undefined ? [] : [warning],
  };
}

async function setUp({ name, setup }: CheckedSuite): Promise<unknown> {
  try {
    return await setup?.();
  } catch (error) {
    throw new EvaluationError(`The setup of suite ${name} failed: ${messageOf(error)}`, { cause: error });
  }
}

/** By then every run has its result: what fails now costs none of them. */
async function tearDown({ name, teardown }: CheckedSuite, context: unknown): Promise<string | undefined> {
  try {
    await teardown?.(context);
    return undefined;
  } catch (error) {
    return `the teardown of suite ${name} failed: ${messageOf(error)}`;
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Only an unfinished evaluation of the very same is gone on from: a finished one is run anew. */
async function resumable(path: string, key: string): Promise<RunResult[]> {
  if (!existsSync(path)) return [];
  const { header, results } = await readResults(path).catch(() => ({ header: undefined, results: [] }));
  return header?.key === key && !header.finished ? results : [];
}

/** Traces of runs whose result was not written any more would count twice. */
async function keepTraces(path: string, results: readonly RunResult[]): Promise<void> {
  const ids = new Set(results.map(({ runId }) => runId));
  const lines = results.length === 0 || !existsSync(path) ? [] : (await readFile(path, 'utf8')).split('\n');
  await writeFile(
    path,
    lines
      .filter((line) => ids.has(runIdOf(line)))
      .map((line) => `${line}\n`)
      .join(''),
  );
}

function runIdOf(line: string): string | undefined {
  try {
    const value = JSON.parse(line) as { id?: string; resourceSpans?: { scopeSpans?: { spans?: { traceId?: string }[] }[] }[] };
    return value.resourceSpans?.[0]?.scopeSpans?.[0]?.spans?.[0]?.traceId ?? value.id;
  } catch {
    return undefined;
  }
}

/** Variants take turns on each example, so that a slow hour hits them alike. */
const cellsOf = ({ variants, trials = 1 }: CheckedSuite, examples: LoadedSuite['dataset']['examples']): Cell[] =>
  Array.from({ length: trials }, (_, trial) =>
    examples.flatMap((example) => variants.map((variant) => ({ example, variant, trial }))),
  ).flat();

const keyOf = ({ example, variant, trial }: Cell): string => cellOf({ variant: variant.name, example: example.id, trial });

function budgetOf({ budget = {} }: CheckedSuite, results: readonly RunResult[]): { start(): void; spent(): string | undefined } {
  let started = 0;
  const sum = (of: (metrics: NonNullable<RunResult['metrics']>) => number): number =>
    results.reduce((total, { metrics }) => total + (metrics === null ? 0 : of(metrics)), 0);
  return {
    start: () => void (started += 1),
    spent() {
      if (started >= (budget.runs ?? Infinity)) return `the budget of ${budget.runs} runs is spent`;
      if (budget.usd !== undefined && results.some(({ metrics }) => metrics !== null && metrics.usd === null)) {
        return `the budget is in dollars, and the price of ${results.find(({ metrics }) => metrics?.usd === null)?.models.join(', ')} is not known: give it in the suite's config.prices`;
      }
      if (budget.usd !== undefined && sum(({ usd }) => usd ?? 0) >= budget.usd) return `the budget of $${budget.usd} is spent`;
      if (budget.tokens !== undefined && results.some(({ metrics }) => metrics !== null && metrics.tokens === null)) {
        return 'the budget is in tokens, and a run did not tell what it used: trace the agent, or return its `usage`';
      }
      if (budget.tokens !== undefined && sum(({ tokens }) => (tokens === null ? 0 : tokens.input + tokens.output)) >= budget.tokens) {
        return `the budget of ${budget.tokens} tokens is spent`;
      }
      return undefined;
    },
  };
}
