import { analyzeRuns } from '../analysis/analyze.ts';
import { toPattern } from '../analysis/analyze-run.ts';
import { needsOf } from '../analysis/latency/needs.ts';
import { latencyReportOf, type LatencyReport } from '../analysis/latency/report.ts';
import { emptyLatencyTally, latencyTallyOf, mergeLatencyTally, type LatencyTally } from '../analysis/latency/tally.ts';
import type { ReportProblem } from '../analysis/report.ts';
import { closest } from '../config/closest.ts';
import { loadConfig } from '../config/load.ts';
import { markdownBlocks, prettyBlocks } from '../report/evaluation/formats.ts';
import { latencyBlocks } from '../report/latency/blocks.ts';
import { backendOptions, backendsOf } from './backend-options.ts';
import { UsageError, type Command, type Values } from './command.ts';
import { outputOptions, printerOf, printTo, type Print } from './evaluation-output.ts';
import { progressLine } from './progress.ts';
import { checkSomethingRead, requireInput } from './write-report.ts';

type Printed = LatencyReport & { problems: ReportProblem[] };

const FORMATS: Readonly<Record<string, Print<Printed>>> = {
  pretty: (report, colour) => prettyBlocks(latencyBlocks(report, report.problems), colour),
  json: (report) => `${JSON.stringify(report, undefined, 2)}\n`,
  markdown: (report) => markdownBlocks(latencyBlocks(report, report.problems)),
};

export const latencyCommand: Command = {
  name: 'latency',
  summary: 'Reads traces and says what parallel calls saved, what they could have saved, and where the rest of the time went.',
  usage: 'latency [file, folder, glob or - …] [--jaeger URL | --tempo URL] [options]',
  options: {
    ...outputOptions(FORMATS),
    cap: { type: 'string', value: 'N', help: 'what if at most N calls of a turn ran at once (default: no limit)' },
    alone: {
      type: 'string',
      multiple: true,
      value: 'TOOL',
      help: 'what if this tool always had a turn of its own; may be repeated, * matches any characters',
    },
    config: { type: 'string', short: 'c', value: 'FILE', help: 'config file (default: fanlight.config.{js,mjs,ts,json} in this folder)' },
    ...backendOptions,
    help: { type: 'boolean', short: 'h', help: 'show this' },
  },
  examples: [
    ['fanlight latency traces/', 'one call a turn, as it was, and everything independent at once'],
    ["fanlight latency traces/ --cap 4 --alone 'book_*'", 'with at most four calls at once, and with bookings alone'],
    ['fanlight latency otel.jsonl --format json -o latency.json', 'all figures as JSON'],
  ],
  run: runLatency,
};

async function runLatency(values: Values, inputs: string[]): Promise<number> {
  const backends = backendsOf(values);
  requireInput('latency', inputs, backends);
  const print = printerOf(FORMATS, values['format'] as string | undefined);
  const cap = capOf(values['cap'] as string | undefined);
  const alone = (values['alone'] as string[] | undefined) ?? [];
  const config = await loadConfig(values['config'] as string | undefined, process.cwd());

  const progress = progressLine(process.stderr);
  const problems: ReportProblem[] = [];
  const tally = emptyLatencyTally();
  let pulled = 0;
  const onPulled = (traces: number): void => progress.pulled((pulled = traces));
  const analysis = analyzeRuns(inputs, {
    config,
    rules: [],
    reading: { backends, onProgress: progress.reading, onPulled },
    onProblem: (problem) => problems.push(problem),
  });
  for await (const analyzed of analysis) {
    mergeLatencyTally(tally, latencyTallyOf(analyzed, needsOf(analyzed)));
    progress.analyzed(analysis.tally.counts.runs);
  }
  progress.clear();
  checkSomethingRead(analysis.tally.counts.runs, inputs, problems, pulled);
  checkTimed(tally);
  for (const tool of alone) checkTool(tool, tally);
  const report = latencyReportOf(tally, { alone, ...(cap !== undefined && { cap }) });
  await printTo(values['output'] as string | undefined, print, { ...report, problems });
  return 0;
}

function capOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const cap = Number(text);
  if (Number.isSafeInteger(cap) && cap > 0) return cap;
  throw new UsageError(`--cap takes a whole number of calls, such as 4, not "${text}".`);
}

function checkTimed({ schedules, leftOut }: LatencyTally): void {
  if (schedules.length > 0) return;
  const reasons = [...leftOut].map(([reason, runs]) => `${runs.toLocaleString('en-US')} with ${reason}`).join(', ');
  throw new UsageError(
    `None of the runs has times (${reasons}). Conversation logs have none; latency needs spans of model calls and of tools. See docs/instrumentation.md.`,
  );
}

function checkTool(tool: string, { schedules }: LatencyTally): void {
  const names = [...new Set(schedules.flatMap(({ turns }) => turns.flatMap(({ calls }) => calls.map((call) => call.tool))))];
  const pattern = toPattern(tool);
  if (names.some((name) => pattern.test(name))) return;
  const near = closest(tool, names);
  throw new UsageError(`No run calls a tool "${tool}"${near === undefined ? '.' : `; did you mean ${near}?`}`);
}
