import { createWriteStream } from 'node:fs';
import { GRAPH_DEFAULTS, graphOf } from '../analysis/learned/graph.ts';
import { learnFrom } from '../analysis/learned/observe.ts';
import { emptySummary, mergeSummary } from '../analysis/learned/summary.ts';
import type { ReportProblem } from '../analysis/report.ts';
import { loadConfig } from '../config/load.ts';
import { graphFormats } from '../report/graph/formats.ts';
import { problemText } from '../report/problems.ts';
import { safe } from '../report/safe.ts';
import { backendOptions, backendsOf } from './backend-options.ts';
import { UsageError, type Command, type Values } from './command.ts';
import { outputOptions, printerOf } from './evaluation-output.ts';
import { openOutput } from './output.ts';
import { requireInput, writeReport } from './write-report.ts';

export const graphCommand: Command = {
  name: 'graph',
  summary: 'Learns from many runs which argument of which tool takes its value from which field of which other tool.',
  usage: 'graph [file, folder, glob or - …] [--jaeger URL | --tempo URL] [options]',
  options: {
    ...outputOptions(graphFormats),
    'min-support': {
      type: 'string',
      value: 'N',
      help: `leave out what fewer calls show (default ${GRAPH_DEFAULTS.minSupport})`,
    },
    'min-confidence': {
      type: 'string',
      value: 'SHARE',
      help: `leave out what is less certain, from 0 to 1 (default ${GRAPH_DEFAULTS.minConfidence})`,
    },
    parallel: { type: 'boolean', help: 'also pairs of tools that were run in one batch and never were a mistake' },
    config: { type: 'string', short: 'c', value: 'FILE', help: 'config file (default: fanlight.config.{js,mjs,ts,json} in this folder)' },
    ...backendOptions,
    help: { type: 'boolean', short: 'h', help: 'show this' },
  },
  examples: [
    ['fanlight graph traces/', 'what feeds what, the strongest first'],
    ['fanlight graph traces/ --format dot | dot -Tsvg -o graph.svg', 'as a picture, with Graphviz'],
    ['fanlight graph traces/ --format mermaid --parallel', 'for Markdown, with what ran side by side'],
    [
      'fanlight graph last-month/ --format json -o learned.json',
      'to judge other traces with: fanlight analyze today/ --learned learned.json',
    ],
  ],
  run: runGraph,
};

async function runGraph(values: Values, inputs: string[]): Promise<number> {
  const backends = backendsOf(values);
  requireInput('graph', inputs, backends);
  const print = printerOf(graphFormats, values['format'] as string | undefined);
  const minSupport = numberOf(values, 'min-support', 'a whole number from 1 up', (n) => Number.isSafeInteger(n) && n >= 1);
  const minConfidence = numberOf(values, 'min-confidence', 'a number from 0 to 1', (n) => n >= 0 && n <= 1);
  const options = { ...(minSupport !== undefined && { minSupport }), ...(minConfidence !== undefined && { minConfidence }) };
  const summary = emptySummary();
  await writeReport({
    inputs,
    backends,
    config: await loadConfig(values['config'] as string | undefined, process.cwd()),
    format: {
      id: 'graph',
      start: () => {},
      run: (analyzed) => mergeSummary(summary, learnFrom(analyzed)),
      end: ({ problems }, output) => {
        output.write(print({ graph: graphOf(summary, options), parallel: values['parallel'] === true }, output.colour));
        tell(problems);
      },
    },
    output: openOutput(values['output'] as string | undefined, createWriteStream, process.stdout),
  });
  return 0;
}

function numberOf(values: Values, name: string, what: string, isFine: (n: number) => boolean): number | undefined {
  const text = values[name] as string | undefined;
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text.trim() !== '' && isFine(number)) return number;
  throw new UsageError(`--${name} takes ${what}, not "${text}".`);
}

/** What could not be read goes beside the graph: it is no part of a picture. */
function tell(problems: readonly ReportProblem[]): void {
  for (const problem of problems) process.stderr.write(`${safe(problemText(problem))}\n`);
}
