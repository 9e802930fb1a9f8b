import type { AnalyzedRun } from '../analysis/analyze-run.ts';
import type { Config } from '../config/schema.ts';
import { isCorrect } from './agreement.ts';
import { runChecks, type CheckFunction } from './checks/run-checks.ts';
import type { Example } from './dataset.ts';
import type { Judge } from './judge/judge.ts';
import type { RunResult } from './result.ts';
import { finalAnswer, runMetrics, sumMetrics } from './run-metrics.ts';

/** How runs are judged, the same for those just made and those read from traces. */
export interface Judging {
  prices: Config['prices'];
  checks: Readonly<Record<string, CheckFunction>>;
  judge: Judge | undefined;
}

/** One run as it ended: what it answered, its trace, or why it failed. */
export interface EndedRun {
  variant: string;
  trial: number;
  example: Example;
  /** Of the trace: more than one where agents ran agents. */
  runs: readonly AnalyzedRun[];
  answer?: string | undefined;
  /** Tokens, as the agent says, where the trace does not. */
  usage?: { input: number; output: number } | undefined;
  error?: string | undefined;
}

export async function judgeRun(ended: EndedRun, { prices, checks, judge }: Judging): Promise<RunResult> {
  const { example, runs, error } = ended;
  const [main] = runs;
  const answer = ended.answer ?? (main === undefined ? '' : finalAnswer(main.run));
  const results = error === undefined ? await runChecks({ example, answer, runs }, checks) : [];
  if (judge !== undefined && error === undefined && example.reference !== undefined) results.push(await judge.judge(example, answer));
  const isChecked = (example.checks ?? []).length > 0 || (judge !== undefined && example.reference !== undefined);
  return {
    variant: ended.variant,
    example: example.id,
    trial: ended.trial,
    weight: example.weight ?? 1,
    ...(main !== undefined && { runId: main.run.id }),
    metrics: withUsage(ended, sumMetrics(runs.map((analyzed) => ({ run: analyzed.run, metrics: runMetrics(analyzed, prices) })))),
    // A run that failed gave no right answer.
    correct: error === undefined ? isCorrect(results) : isChecked ? false : null,
    checks: results,
    models: [...new Set(runs.flatMap(({ run }) => run.turns.flatMap(({ model }) => (model === undefined ? [] : [model]))))].toSorted(),
    ...(error !== undefined && { error }),
    answer,
  };
}

const withUsage = ({ usage }: EndedRun, metrics: RunResult['metrics']): RunResult['metrics'] =>
  metrics === null || metrics.tokens !== null || usage === undefined
    ? metrics
    : { ...metrics, tokens: { input: usage.input, output: usage.output } };
