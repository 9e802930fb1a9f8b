// Runs conversations of the booking suite against the scripted model, through the real client, and analyzes their spans.
import { trace } from '@opentelemetry/api';
import pLimit from 'p-limit';
import { instrumentOpenAI } from '../../dist/instrumentation/index.js';
import { analyzeSpans } from '../../dist/src/analysis/analyze-spans.js';
import { fromSdk } from '../../dist/src/sources/from-sdk.js';
import { run } from '../../fixtures/booking/agent.mjs';
import { startModel } from '../../fixtures/booking/model.mjs';

const VARIANTS = {
  off: { parallelToolCalls: false },
  on: { parallelToolCalls: true },
  flagged: { parallelToolCalls: true, flagged: true },
  guarded: { parallelToolCalls: true, guard: 'defer' },
};

/**
 * @param {{ OpenAI: Function, tracing: import('./tracing.ts').Tracing, examples: object[], variants: string[], trials?: number, timeScale?: number, concurrency?: number }} options
 * `tracing` is the process's own
 */
export async function runSuite({ OpenAI, tracing, examples, variants, trials = 1, timeScale = 0.01, concurrency = 16 }) {
  const model = await startModel({ timeScale });
  const client = instrumentOpenAI(new OpenAI({ apiKey: 'scripted', baseURL: model.url }), { content: 'full' });
  const tracer = trace.getTracer('booking-suite');
  const limit = pLimit(concurrency);
  const answers = new Map();
  const cells = Array.from({ length: trials }, (_, i) => i + 1).flatMap((trial) =>
    examples.flatMap((example) => variants.map((variant) => ({ trial, example, variant }))),
  );
  const converse = ({ trial, example, variant }) =>
    tracer.startActiveSpan(
      'cell',
      { root: true, attributes: { 'fanlight.variant': variant, 'fanlight.example': example.id, 'fanlight.trial': trial } },
      async (span) => {
        const settings = VARIANTS[variant];
        answers.set(
          keyOf(variant, example.id, trial),
          await run({ example, variant: { settings }, trial, client, model: 'scripted', timeScale }),
        );
        span.end();
      },
    );
  try {
    await Promise.all(cells.map((cell) => limit(() => converse(cell))));
  } finally {
    await model.close();
  }
  const runs = analyzeSpans(tracing.spans().map(fromSdk)).map((analyzed) => {
    const { variant, example, trial } = analyzed.run.labels;
    return { ...analyzed, variant, example, trial, ...answers.get(keyOf(variant, example, trial)) };
  });
  return { runs, mistakes: model.mistakes };
}

const keyOf = (...parts) => parts.join(' ');
