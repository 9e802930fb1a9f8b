import { resolve } from 'node:path';
import { EvaluationError } from '../evaluate/error.ts';
import type { Evaluation } from '../evaluate/evaluation.ts';
import { filesOf } from '../evaluate/results-file.ts';
import { installCapture } from '../evaluate/suite/capture.ts';
import { evaluateTraces } from '../evaluate/suite/evaluate-traces.ts';
import { loadSuite, type LoadedSuite } from '../evaluate/suite/load-suite.ts';
import { evaluationBlocks } from '../report/evaluation/blocks.ts';
import { markdownBlocks, prettyBlocks } from '../report/evaluation/formats.ts';
import { junit } from '../report/evaluation/junit.ts';
import { safe } from '../report/safe.ts';
import { UsageError, type Command, type Values } from './command.ts';
import { evaluateByRunning } from './evaluate-by-running.ts';
import { writeEvaluationPage } from './evaluation-page.ts';
import { outputOptions, printerOf, printTo, type Print } from './evaluation-output.ts';

const FORMATS: Readonly<Record<string, Print<Evaluation>>> = {
  pretty: (evaluation, colour) => prettyBlocks(evaluationBlocks(evaluation), colour),
  json: (evaluation) => `${JSON.stringify(evaluation, undefined, 2)}\n`,
  markdown: (evaluation) => markdownBlocks(evaluationBlocks(evaluation)),
  junit,
};

export const evalCommand: Command = {
  name: 'eval',
  summary: 'Runs an agent over a dataset, variant by variant: latency, tokens, correctness, wasted calls; and a gate.',
  usage: 'eval <suite file> [options]',
  options: {
    ...outputOptions(FORMATS),
    out: { type: 'string', value: 'DIR', help: 'where results and traces are kept (default fanlight-results/<name of the suite>)' },
    variant: { type: 'string', multiple: true, value: 'NAME', help: 'only this variant; may be repeated' },
    limit: { type: 'string', value: 'N', help: 'only the first N examples' },
    trials: { type: 'string', value: 'N', help: 'runs of each example by each variant' },
    concurrency: { type: 'string', value: 'N', help: 'runs at once' },
    traces: {
      type: 'string',
      multiple: true,
      value: 'INPUT',
      help: 'evaluate these traces instead of running: a file, folder or glob; may be repeated',
    },
    html: { type: 'string', value: 'FILE', help: 'also write a page: the metrics, every run, runs side by side' },
    'no-judge': { type: 'boolean', help: 'ask no judge' },
    fresh: { type: 'boolean', help: 'start over where an interrupted evaluation would be gone on from' },
    live: { type: 'boolean', help: 'told to a suite that is a function: run against the real model instead of a simulation' },
    help: { type: 'boolean', short: 'h', help: 'show this' },
  },
  examples: [
    ['fanlight eval evals/booking.mjs', 'every variant on every example; exit code 1 if a threshold fails'],
    ['fanlight eval evals/booking.mjs --variant parallel-on --limit 20', 'a first look'],
    ['fanlight eval evals/booking.mjs --html report.html', 'with a page of every run, side by side'],
    ['fanlight eval evals/booking.mjs --format junit -o results.xml', 'for a CI server'],
    ['fanlight eval evals/booking.mjs --traces traces/', 'runs that exist already, tagged with fanlight.variant and fanlight.example'],
  ],
  run: runEval,
};

async function runEval(values: Values, positionals: string[]): Promise<number> {
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0) throw new UsageError('Name one suite file.\nSee fanlight eval --help.');
  const print = printerOf(FORMATS, values['format'] as string | undefined);
  const traces = values['traces'] as string[] | undefined;
  // Before the suite's own code is loaded: an agent's instrumentation has to find the tracer provider.
  const capture = traces === undefined ? await installCapture() : undefined;
  for (const name of ['limit', 'trials', 'concurrency']) countOf(name, values[name] as string | undefined);
  const loaded = narrow(await loadSuite(file, { live: values['live'] === true }), values);
  const out = resolve((values['out'] as string | undefined) ?? `fanlight-results/${loaded.suite.name}`);
  const evaluated =
    traces === undefined
      ? await evaluateByRunning(loaded, { out, capture, fresh: values['fresh'] === true })
      : await evaluateTraces(loaded, traces, out);
  const { evaluation } = evaluated;
  await printTo(values['output'] as string | undefined, print, evaluation);
  const page = values['html'] as string | undefined;
  const { name: title, config } = loaded.suite;
  if (page !== undefined) await writePage(page, traces ?? [filesOf(out, title).traces], { ...evaluated, title, config });
  // What a suite leaves open must not keep the process.
  setTimeout(() => process.exit(), 3000).unref();
  return evaluation.gate.passed ? 0 : 1;
}

/** What was evaluated has been printed by then; without a single trace there is no page. */
async function writePage(...[path, traces, evaluated]: Parameters<typeof writeEvaluationPage>): Promise<void> {
  try {
    await writeEvaluationPage(path, traces, evaluated);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${safe(path)} was not written: no run left a trace.\n`);
  }
}

/** The suite with what the command line says of it. */
function narrow(loaded: LoadedSuite, values: Values): LoadedSuite {
  const { suite, dataset } = loaded;
  const number = (name: string): number | undefined => countOf(name, values[name] as string | undefined);
  const names = (values['variant'] as string[] | undefined) ?? suite.variants.map(({ name }) => name);
  const unknown = names.find((name) => !suite.variants.some((variant) => variant.name === name));
  if (unknown !== undefined) {
    throw new EvaluationError(
      `There is no variant ${JSON.stringify(unknown)}; the suite has ${suite.variants.map(({ name }) => name).join(', ')}.`,
    );
  }
  const variants = suite.variants.filter(({ name }) => names.includes(name));
  const [limit, trials, concurrency] = [number('limit'), number('trials'), number('concurrency')];
  const { judge, ...rest } = suite;
  return {
    ...loaded,
    dataset: limit === undefined ? dataset : { ...dataset, examples: dataset.examples.slice(0, limit) },
    suite: {
      ...rest,
      variants,
      baseline: names.includes(suite.baseline) ? suite.baseline : variants[0]!.name,
      ...(suite.gate !== undefined && { gate: suite.gate.filter((name) => names.includes(name)) }),
      ...(judge !== undefined && values['no-judge'] !== true && { judge }),
      ...(trials !== undefined && { trials }),
      ...(concurrency !== undefined && { concurrency }),
    },
  };
}

function countOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value <= 0) throw new UsageError(`--${name} takes a whole number above 0, not "${text}".`);
  return value;
}
