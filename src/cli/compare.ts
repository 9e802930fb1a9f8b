import { loadConfig } from '../config/load.ts';
import { compareInputs, type ComparisonReport } from '../evaluate/compare-inputs.ts';
import { comparisonReportBlocks } from '../report/evaluation/blocks.ts';
import { markdownBlocks, prettyBlocks } from '../report/evaluation/formats.ts';
import { UsageError, type Command, type Values } from './command.ts';
import { outputOptions, printerOf, printTo, type Print } from './evaluation-output.ts';

const FORMATS: Readonly<Record<string, Print<ComparisonReport>>> = {
  pretty: (report, colour) => prettyBlocks(comparisonReportBlocks(report), colour),
  json: (report) => `${JSON.stringify(report, undefined, 2)}\n`,
  markdown: (report) => markdownBlocks(comparisonReportBlocks(report)),
};

export const compareCommand: Command = {
  name: 'compare',
  summary: 'Compares two results of fanlight eval, or two sets of traces: differences with intervals, and a verdict in words.',
  usage: 'compare <results or traces> [results or traces] [options]',
  options: {
    ...outputOptions(FORMATS),
    baseline: { type: 'string', value: 'NAME', help: 'of one input: the variant the others are measured against' },
    'fail-on-worse': { type: 'boolean', help: 'exit with 1 where a metric is worse' },
    config: {
      type: 'string',
      short: 'c',
      value: 'FILE',
      help: 'config file, for traces (default: fanlight.config.{js,mjs,ts,json} in this folder)',
    },
    help: { type: 'boolean', short: 'h', help: 'show this' },
  },
  examples: [
    ['fanlight compare before/ after/', 'two evaluations, variant by variant'],
    ['fanlight compare fanlight-results/booking/', 'the variants of one evaluation'],
    ['fanlight compare traces/monday.jsonl traces/tuesday.jsonl', 'two sets of traces; paired where they carry fanlight.example'],
  ],
  run: runCompare,
};

async function runCompare(values: Values, inputs: string[]): Promise<number> {
  const [a, b, ...rest] = inputs;
  if (a === undefined || rest.length > 0)
    throw new UsageError('Name one or two inputs: results files or traces.\nSee fanlight compare --help.');
  const print = printerOf(FORMATS, values['format'] as string | undefined);
  const config = await loadConfig(values['config'] as string | undefined, process.cwd());
  const baseline = values['baseline'] as string | undefined;
  const report = await compareInputs(b === undefined ? [a] : [a, b], { config, ...(baseline !== undefined && { baseline }) });
  await printTo(values['output'] as string | undefined, print, report);
  const isWorse = report.comparisons.some(({ rows }) => rows.some(({ verdict }) => verdict === 'worse'));
  return values['fail-on-worse'] === true && isWorse ? 1 : 0;
}
