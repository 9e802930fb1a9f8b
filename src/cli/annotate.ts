import { createWriteStream } from 'node:fs';
import type { ReportProblem } from '../analysis/report.ts';
import { summaryOf } from '../analysis/summary.ts';
import { loadConfig } from '../config/load.ts';
import { annotateTraces } from '../export/annotate.ts';
import { otlpText } from '../export/otlp-json.ts';
import { endpointOf, sendOtlp } from '../export/send-otlp.ts';
import { problemText } from '../report/problems.ts';
import { safe } from '../report/safe.ts';
import { readTime } from '../sources/otlp.ts';
import { UsageError, type Command, type Values } from './command.ts';
import { headersOf } from './backend-options.ts';
import { openOutput } from './output.ts';
import { progressLine } from './progress.ts';

export const annotateCommand: Command = {
  name: 'annotate',
  summary: 'Reads traces and writes them again as OTLP JSON with the verdicts on their spans, to a file or to an OTLP endpoint.',
  details:
    'It takes spans (OTLP, Jaeger, Tempo, Zipkin, Phoenix, ClickHouse) and whole conversations, of which it makes spans. Exports\nwithout spans, such as those of LangSmith and Langfuse, are left out: see docs/exporter.md.',
  usage: 'annotate <file, folder, glob or - …> [--to URL | --output FILE]',
  options: {
    to: { type: 'string', value: 'URL', help: 'send them there by OTLP/HTTP, such as http://localhost:4318' },
    header: { type: 'string', multiple: true, value: "'NAME: VALUE'", help: 'header for --to; may be repeated' },
    output: { type: 'string', short: 'o', value: 'FILE', help: 'write there, a request a line (default: standard output)' },
    config: { type: 'string', short: 'c', value: 'FILE', help: 'config file (default: fanlight.config.{js,mjs,ts,json} in this folder)' },
    help: { type: 'boolean', short: 'h', help: 'show this' },
  },
  examples: [
    ['fanlight annotate traces/ --to http://localhost:4318', 'old exports, to be looked at in Jaeger: search for fanlight.verdict=wasted'],
    ['fanlight annotate otel.jsonl -o annotated.jsonl', 'into a file'],
  ],
  run: runAnnotate,
};

async function runAnnotate(values: Values, inputs: string[]): Promise<number> {
  if (inputs.length === 0)
    throw new UsageError('Nothing to annotate: name a file, a folder or a glob, or - for standard input.\nSee fanlight annotate --help.');
  const to = values['to'] as string | undefined;
  if (to !== undefined && values['output'] !== undefined) throw new UsageError('Either --to or --output, not both.');
  if (to === undefined && values['header'] !== undefined) throw new UsageError('--header goes with --to.');
  const headers = headersOf((values['header'] as string[] | undefined) ?? []);
  const endpoint = to === undefined ? undefined : endpointOf(to);
  const url = endpoint?.url;
  const config = await loadConfig(values['config'] as string | undefined, process.cwd());
  const output = url === undefined ? openOutput(values['output'] as string | undefined, createWriteStream, process.stdout) : undefined;
  const progress = progressLine(process.stderr);
  const problems: ReportProblem[] = [];
  const requests = annotateTraces(inputs, {
    config,
    reading: { onProblem: (problem) => problems.push(problem), onProgress: progress.reading },
  });
  let spans = 0;
  let [from, until] = [Infinity, -Infinity];
  for (;;) {
    const { value, done } = await requests.next();
    progress.clear();
    if (done === true) {
      for (const problem of problems) process.stderr.write(`${safe(problemText(problem))}\n`);
      if (spans === 0)
        throw new UsageError(
          'Nothing in the input has spans or is a whole conversation; nothing was written. See fanlight annotate --help for what it takes.',
        );
      await output?.close();
      const { runs, toolCalls, wastedCalls, dependentCalls } = summaryOf(value);
      process.stderr.write(
        `${spans} spans of ${runs === 1 ? '1 run' : `${runs} runs`}${url === undefined ? '' : ` sent to ${safe(url)}`}: ${toolCalls} tool calls, ${wastedCalls} wasted, ${dependentCalls} that should have waited for another\n${timesOf(from, until)}`,
      );
      return 0;
    }
    for (const span of value.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans))) {
      spans++;
      const start = readTime(span['startTimeUnixNano']);
      if (start !== undefined) [from, until] = [Math.min(from, start), Math.max(until, start)];
    }
    if (endpoint === undefined) {
      output?.write(`${otlpText(value)}\n`);
      await output?.drained();
    } else {
      await sendOtlp({ url: endpoint.url, headers: { ...endpoint.headers, ...headers } }, value);
    }
  }
}

/** Viewers show the last hour unless told otherwise. */
function timesOf(from: number, until: number): string {
  if (!Number.isFinite(from) || Date.now() - from < 3_600_000) return '';
  const day = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')}`;
  return `They began between ${day(from)} and ${day(until)} UTC: let the viewer look back that far.\n`;
}
