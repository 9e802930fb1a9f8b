import { writeFile } from 'node:fs/promises';
import { analyzeRuns } from '../analysis/analyze.ts';
import type { ReportProblem } from '../analysis/report.ts';
import { graphOf } from '../analysis/learned/graph.ts';
import { learnFrom } from '../analysis/learned/observe.ts';
import { emptySummary, mergeSummary } from '../analysis/learned/summary.ts';
import { loadConfig } from '../config/load.ts';
import { evidenceOf, recommend, sketchOf, type PolicyReport, type RunSketch } from '../policy/index.ts';
import { markdownBlocks, prettyBlocks } from '../report/evaluation/formats.ts';
import { descriptionPatch, promptRule, toolCode } from '../report/policy/advice.ts';
import { policyBlocks } from '../report/policy/blocks.ts';
import { problemText } from '../report/problems.ts';
import { safe } from '../report/safe.ts';
import { backendOptions, backendsOf } from './backend-options.ts';
import { UsageError, type Command, type Values } from './command.ts';
import { outputOptions, printerOf, printTo, type Print } from './evaluation-output.ts';
import { progressLine } from './progress.ts';
import { requireInput } from './write-report.ts';

const FORMATS: Readonly<Record<string, Print<PolicyReport>>> = {
  pretty: (report, colour) => prettyBlocks(policyBlocks(report), colour),
  markdown: (report) => markdownBlocks(policyBlocks(report)),
  json: (report) => `${JSON.stringify(report, undefined, 2)}\n`,
  policy: ({ policy }) => `${JSON.stringify(policy, undefined, 2)}\n`,
  prompt: promptRule,
  descriptions: descriptionPatch,
  code: toolCode,
};

export const policyCommand: Command = {
  name: 'policy',
  summary: 'Says what to change: which tools run alone or wait for others, from the traces, with what it would have brought.',
  usage: 'policy [file, folder, glob or - …] [--jaeger URL | --tempo URL] [options]',
  options: {
    ...outputOptions(FORMATS),
    save: { type: 'string', value: 'FILE', help: 'also write the policy there, for fanlight/runtime' },
    config: { type: 'string', short: 'c', value: 'FILE', help: 'config file (default: fanlight.config.{js,mjs,ts,json} in this folder)' },
    ...backendOptions,
    help: { type: 'boolean', short: 'h', help: 'show this' },
  },
  examples: [
    ['fanlight policy traces/ --save policy.json', 'the evidence and the effect, and a file for the runtime'],
    ['fanlight policy traces/ --format prompt', 'the same as a rule for the system prompt'],
    ['fanlight policy traces/ --format code', 'the same as lines for defineTool; --format descriptions for tools defined elsewhere'],
  ],
  run: runPolicy,
};

async function runPolicy(values: Values, inputs: string[]): Promise<number> {
  const backends = backendsOf(values);
  requireInput('policy', inputs, backends);
  const print = printerOf(FORMATS, values['format'] as string | undefined);
  const config = await loadConfig(values['config'] as string | undefined, process.cwd());
  const progress = progressLine(process.stderr);
  const problems: ReportProblem[] = [];
  const runs: RunSketch[] = [];
  const learned = emptySummary();
  const reading = { backends, onProgress: progress.reading, onPulled: progress.pulled };
  for await (const analyzed of analyzeRuns(inputs, { config, reading, onProblem: (problem) => problems.push(problem) })) {
    runs.push(sketchOf(analyzed));
    mergeSummary(learned, learnFrom(analyzed));
    progress.analyzed(runs.length);
  }
  progress.clear();
  for (const problem of problems) process.stderr.write(`${safe(problemText(problem))}\n`);
  if (runs.length === 0) throw new UsageError('No run to learn from. fanlight analyze on the same input says what could be read.');
  const report = recommend(runs, evidenceOf(runs), graphOf(learned).edges);
  const path = values['save'] as string | undefined;
  if (path !== undefined) await writeFile(path, `${JSON.stringify(report.policy, undefined, 2)}\n`);
  await printTo(values['output'] as string | undefined, print, report);
  return 0;
}
