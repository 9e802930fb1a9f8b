import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EvaluationError } from '../evaluate/error.ts';
import { filesOf } from '../evaluate/results-file.ts';
import { installCapture } from '../evaluate/suite/capture.ts';
import { loadSuite } from '../evaluate/suite/load-suite.ts';
import { percent } from '../report/numbers.ts';
import { safe } from '../report/safe.ts';
import { UsageError, type Command, type Values } from './command.ts';
import { evaluateByRunning } from './evaluate-by-running.ts';
import { writeEvaluationPage } from './evaluation-page.ts';
import { openInBrowser } from './open-in-browser.ts';

const SUITE = fileURLToPath(new URL('../../../fixtures/booking/suite.mjs', import.meta.url));
const VARIANTS = new Set(['parallel-off', 'parallel-on']);
const RUNS = 40;

export const demoCommand: Command = {
  name: 'demo',
  summary: 'Runs a booking agent with parallel calls off and on, against a scripted model, and opens the page that shows both.',
  usage: 'demo [options]',
  options: {
    output: { type: 'string', short: 'o', value: 'FILE', help: 'the page (default fanlight-demo.html)' },
    runs: { type: 'string', value: 'N', help: `conversations, each with both (default ${RUNS})` },
    'no-open': { type: 'boolean', help: 'do not open it in the browser' },
    help: { type: 'boolean', short: 'h', help: 'show this' },
  },
  examples: [
    ['fanlight demo', 'some 15 seconds, then the page'],
    ['fanlight demo --runs 300 --no-open -o demo.html', 'the whole suite, to a file'],
  ],
  run: runDemo,
};

async function runDemo(values: Values, positionals: string[]): Promise<number> {
  if (positionals.length > 0) throw new UsageError(`fanlight demo takes no input, not "${positionals[0]}".\nSee fanlight demo --help.`);
  const runs = Number((values['runs'] as string | undefined) ?? RUNS);
  if (!Number.isInteger(runs) || runs <= 0) throw new UsageError(`--runs takes a whole number above 0, not "${String(values['runs'])}".`);
  const path = (values['output'] as string | undefined) ?? 'fanlight-demo.html';
  const capture = await installCapture();
  if (capture === undefined) {
    throw new EvaluationError('The demo traces a real agent: npm install openai @opentelemetry/sdk-node, then run it again.');
  }
  const { suite, dataset, folder } = await loadSuite(SUITE, { live: false });
  const narrowed = {
    folder,
    dataset: { ...dataset, examples: dataset.examples.slice(0, runs) },
    suite: { ...suite, gate: [], variants: suite.variants.filter(({ name }) => VARIANTS.has(name)) },
  };
  process.stderr.write(`${safe(suite.note ?? '')}\n`);
  const out = await mkdtemp(join(tmpdir(), 'fanlight-demo-'));
  try {
    const evaluated = await evaluateByRunning(narrowed, { out, capture, fresh: true });
    await writeEvaluationPage(path, [filesOf(out, suite.name).traces], {
      ...evaluated,
      title: 'Parallel tool calls, off and on',
      config: suite.config,
    });
    for (const { name, metrics } of evaluated.evaluation.variants) {
      const [p50, waste] = [metrics.latencyP50Ms.value ?? 0, metrics.wastedParallelRate.value ?? 0];
      process.stdout.write(`${name.padEnd(14)}p50 ${Math.round(p50)} ms, wasted parallel calls ${percent(waste)}\n`);
    }
    process.stdout.write(`${safe(path)}: open a run with wasted calls, then "side by side".\n`);
  } finally {
    await rm(out, { recursive: true, force: true });
  }
  if (values['no-open'] !== true) await openInBrowser(path);
  return 0;
}
