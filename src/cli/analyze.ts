import { createWriteStream } from 'node:fs';
import type { Severity } from '../../analyzers/finding.ts';
import { rules } from '../../analyzers/index.ts';
import { loadConfig } from '../config/load.ts';
import type { Format } from '../report/format.ts';
import { formats } from '../report/formats/index.ts';
import { count } from '../report/numbers.ts';
import { nothingJudged } from '../report/rates.ts';
import { backendOptions, backendsOf } from './backend-options.ts';
import { unknownName, UsageError, type Command, type Values } from './command.ts';
import { learnedFrom, learnedOptions } from './learned-options.ts';
import { openOutput } from './output.ts';
import { requireInput, writeReport } from './write-report.ts';

const SEVERITIES: readonly Severity[] = ['info', 'warning', 'error'];

export const analyzeCommand: Command = {
  name: 'analyze',
  summary: 'Reads traces and says which tool calls were wasted, and which should have waited for another.',
  usage: 'analyze [file, folder, glob or - …] [--jaeger URL | --tempo URL] [options]',
  options: {
    format: { type: 'string', short: 'f', value: 'NAME', help: `how to print: ${Object.keys(formats).join(', ')} (default pretty)` },
    output: { type: 'string', short: 'o', value: 'FILE', help: 'write there instead of standard output' },
    rule: {
      type: 'string',
      short: 'r',
      multiple: true,
      value: 'ID',
      help: `run only this rule; may be repeated (${rules.map((rule) => rule.id).join(', ')})`,
    },
    'fail-on': { type: 'string', value: 'SEVERITY', help: 'exit with 1 on findings of this severity or above: info, warning, error' },
    config: { type: 'string', short: 'c', value: 'FILE', help: 'config file (default: fanlight.config.{js,mjs,ts,json} in this folder)' },
    'max-line-bytes': { type: 'string', value: 'N', help: 'longest line that is read (default 67108864)' },
    ...learnedOptions,
    ...backendOptions,
    help: { type: 'boolean', short: 'h', help: 'show this' },
  },
  examples: [
    ['fanlight analyze traces/', 'everything in a folder: OTLP (JSON, JSON Lines, protobuf; gzip, zstd) and conversation logs'],
    ['fanlight analyze otel.jsonl --format json -o report.json', 'the whole report as JSON'],
    ['zcat traces.jsonl.gz | fanlight analyze - --fail-on warning', 'from a pipe, as a gate in CI'],
    ['fanlight analyze traces/ --learn', 'learns first what feeds which argument, then judges with it'],
    ['fanlight analyze --jaeger http://localhost:16686 --service agent --lookback 6h', 'what a running Jaeger has of a service'],
    [
      'fanlight analyze --tempo https://tempo.example.com --service agent --header "Authorization: Bearer $TOKEN"',
      'what a running Tempo has',
    ],
  ],
  run: runAnalyze,
};

async function runAnalyze(values: Values, inputs: string[]): Promise<number> {
  const backends = backendsOf(values);
  requireInput('analyze', inputs, backends);
  const format = formatOf(values['format'] as string | undefined);
  const failOn = severityOf(values['fail-on'] as string | undefined);
  const only = values['rule'] as string[] | undefined;
  for (const id of only ?? []) checkRule(id);
  const config = await loadConfig(values['config'] as string | undefined, process.cwd());
  const maxLineBytes = bytesOf(values['max-line-bytes'] as string | undefined);

  const reading = { config, ...(maxLineBytes !== undefined && { maxLineBytes }) };
  const learned = await learnedFrom(values, inputs, backends, reading);

  let failed = false;
  const { summary } = await writeReport({
    inputs,
    backends,
    ...reading,
    ...(learned !== undefined && { learned }),
    format,
    output: openOutput(values['output'] as string | undefined, createWriteStream, process.stdout),
    ...(only !== undefined && { rules: only }),
    onRun: ({ report }) => {
      failed ||=
        failOn !== undefined && report.findings.some((finding) => SEVERITIES.indexOf(finding.severity) >= SEVERITIES.indexOf(failOn));
    },
  });
  if (failOn !== undefined && nothingJudged(summary)) {
    process.stderr.write(
      `Warning: nothing was judged. Of ${count(summary.toolCalls, 'tool call')} every verdict is unknown: what was said was not recorded, or the traces end first. Switch content capture on where the spans are made; the pages of docs/dialects.md say how.\n`,
    );
  }
  return failed ? 1 : 0;
}

function formatOf(name = 'pretty'): Format {
  const create = formats[name];
  if (create !== undefined && Object.hasOwn(formats, name)) return create();
  throw unknownName('format', name, Object.keys(formats));
}

function severityOf(name: string | undefined): Severity | undefined {
  if (name === undefined || SEVERITIES.includes(name as Severity)) return name as Severity | undefined;
  throw unknownName('severity', name, SEVERITIES);
}

function checkRule(id: string): void {
  const ids = rules.map((rule) => rule.id);
  if (!ids.includes(id)) throw unknownName('rule', id, ids);
}

function bytesOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const bytes = Number(text);
  if (!Number.isInteger(bytes) || bytes <= 0) throw new UsageError(`--max-line-bytes takes a whole number of bytes, not "${text}"`);
  return bytes;
}
