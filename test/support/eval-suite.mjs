// A suite whose agent is real but for the model: with `hasty` it books beside the look-up. Notes every run it starts in
// the file that EVAL_NOTES names; EVAL_MODEL_MS slows the model down.
import { appendFileSync } from 'node:fs';
import OpenAI from 'openai6';
import { defineSuite } from '../../dist/src/evaluate/index.js';
import { bookingAgent, startModel } from './booking-agent.mjs';

const KINDS = { careful: ['careful'], mixed: ['hasty', 'careful', 'curious'] };

export default defineSuite(({ live }) => ({
  name: 'small',
  note: live ? 'Said to be live.' : 'Simulated: the model is scripted.',
  dataset: 'eval-dataset.jsonl',
  variants: [
    { name: 'careful', settings: { kinds: 1 } },
    { name: 'mixed', settings: { kinds: 3 } },
  ],
  gate: ['careful'],
  concurrency: 4,
  setup: async () => {
    const model = await startModel(Number(process.env.EVAL_MODEL_MS ?? 1));
    return { model, agent: bookingAgent(new OpenAI({ apiKey: 'none', baseURL: model.url })) };
  },
  teardown: ({ model }) => model.close(),
  checks: { 'names the day': ({ answer }) => ({ passed: answer.includes('Tuesday'), reason: answer }) },
  run: async ({ example, input, variant, trial, context }) => {
    if (process.env.EVAL_NOTES) appendFileSync(process.env.EVAL_NOTES, `${variant.name} ${example.id} ${trial}\n`);
    const kinds = KINDS[variant.name];
    return context.agent(kinds[input.n % kinds.length], input.n);
  },
}));
