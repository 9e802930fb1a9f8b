// Evaluators for LangSmith. Nothing is uploaded here; with LANGSMITH_API_KEY and without `uploadRuns`, it is an experiment.
//   npm run eval-langsmith
import { dependentParallel, wastedCalls, within } from 'fanlight/langsmith';
import { evaluate } from 'langsmith/evaluation';
import { traceable } from 'langsmith/traceable';
import { wrapOpenAI } from 'langsmith/wrappers/openai';
import OpenAI from 'openai';
import { answer, tools } from '../booking-agent.mjs';

const client = wrapOpenAI(new OpenAI());
const traced = Object.fromEntries(Object.entries(tools).map(([name, tool]) => [name, traceable(tool, { name, run_type: 'tool' })]));
const now = new Date().toISOString();
const example = { id: crypto.randomUUID(), dataset_id: crypto.randomUUID(), created_at: now, modified_at: now, runs: [] };

const { results } = await evaluate(async ({ question }) => ({ text: (await answer(client, question, traced)).text }), {
  data: [{ ...example, inputs: { question: 'Can I see Dr Okafor on Tuesday afternoon?' } }],
  evaluators: [wastedCalls(), dependentParallel(), within({ latencyMs: 10_000, toolCalls: 3 })],
  uploadRuns: false,
});
for (const { key, score, comment } of results[0].evaluationResults.results) console.log(`${key} ${score}\n${comment}\n`);
