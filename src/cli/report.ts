import { createWriteStream, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { loadConfig } from '../config/load.ts';
import { evaluate } from '../evaluate/evaluation.ts';
import { filesOf, readResults, resultsFileAt } from '../evaluate/results-file.ts';
import { html } from '../report/formats/html.ts';
import { count } from '../report/numbers.ts';
import { problemsIn } from '../report/problems.ts';
import { safe } from '../report/safe.ts';
import { backendOptions, backendsOf } from './backend-options.ts';
import { UsageError, type Command, type Values } from './command.ts';
import { pageOptions, type EvaluatedRuns } from './evaluation-page.ts';
import { openInBrowser } from './open-in-browser.ts';
import { openOutput } from './output.ts';
import { requireInput, writeReport } from './write-report.ts';

export const reportCommand: Command = {
  name: 'report',
  summary: 'Reads traces and writes one HTML page: timelines of the runs, wasted calls with their evidence, runs side by side.',
  usage: 'report [file, folder, glob or - …] [--jaeger URL | --tempo URL] [options]',
  options: {
    output: { type: 'string', short: 'o', value: 'FILE', help: 'write there (default report.html)' },
    title: { type: 'string', value: 'TEXT', help: 'heading of the page (default "fanlight report")' },
    open: { type: 'boolean', help: 'open it in the browser' },
    config: { type: 'string', short: 'c', value: 'FILE', help: 'config file (default: fanlight.config.{js,mjs,ts,json} in this folder)' },
    ...backendOptions,
    help: { type: 'boolean', short: 'h', help: 'show this' },
  },
  examples: [
    ['fanlight report traces/ --open', 'a page of everything in a folder, in the browser'],
    ['fanlight report fanlight-results/booking', 'an evaluation: its metrics, and the runs of its variants side by side'],
    ['fanlight report traces/*.jsonl -o nightly.html --title "Nightly run"', 'a file to keep or to send'],
  ],
  run: runReport,
};

async function runReport(values: Values, inputs: string[]): Promise<number> {
  const backends = backendsOf(values);
  requireInput('report', inputs, backends);
  const path = (values['output'] as string | undefined) ?? 'report.html';
  const { traces, evaluated } = await withResults(inputs);
  const title = (values['title'] as string | undefined)?.trim() || evaluated?.evaluation.suite;
  const { summary, problems } = await writeReport({
    inputs: traces,
    backends,
    config: await loadConfig(values['config'] as string | undefined, process.cwd()),
    format: html({ ...(title !== undefined && { title }), ...(evaluated !== undefined && pageOptions(evaluated)) }),
    output: openOutput(path, createWriteStream, process.stdout),
  });
  const size = Math.ceil(statSync(path).size / 1000).toLocaleString('en-US');
  const { runs, toolCalls, wastedCalls } = summary;
  process.stderr.write(`${safe(path)}: ${count(runs, 'run')}, ${count(toolCalls, 'tool call')}, ${wastedCalls} wasted (${size} kB)\n`);
  if (problems.length > 0) process.stderr.write(`${problemsIn(problems)}; the page lists them\n`);
  if (values['open'] === true) await openInBrowser(path);
  return 0;
}

/** Inputs that are results of an evaluation, or a folder that holds some, tell the page more than traces do. */
async function withResults(inputs: readonly string[]): Promise<{ traces: string[]; evaluated: EvaluatedRuns | undefined }> {
  const traces: string[] = [];
  let evaluated: EvaluatedRuns | undefined;
  for (const input of inputs) {
    const file = input === '-' ? undefined : await resultsFileAt(input);
    if (file !== undefined) {
      if (evaluated !== undefined) throw new UsageError('A page shows one evaluation: name one. To compare two, see fanlight compare.');
      const results = await readResults(file);
      evaluated = { evaluation: evaluate(results), results: results.results };
    }
    traces.push(file === input ? filesOf(dirname(file), '').traces : input);
  }
  return { traces, evaluated };
}
