import { Client } from 'langsmith';
import { evaluate, type EvaluateOptions } from 'langsmith/evaluation';
import { traceable } from 'langsmith/traceable';
import { wrapOpenAI } from 'langsmith/wrappers/openai';
import OpenAI from 'openai6';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { dependentParallel, wastedCalls, within } from '../../src/integrations/langsmith.ts';
import { startOpenAIServer } from '../support/openai-server.mjs';
import { clean, guessed } from './conversations.ts';
import { startLangSmithServer } from './langsmith-server.ts';

/** What the model says, turn by turn: it books beside the calendar look-up, with a slot that it made up. */
const TURNS = [
  {
    calls: [
      { id: 'call_1', name: 'get_calendar', arguments: { doctor: 'Okafor' } },
      { id: 'call_2', name: 'book_appointment', arguments: { slot_id: 'slot-tue-pm' } },
    ],
  },
  { calls: [{ id: 'call_3', name: 'book_appointment', arguments: { slot_id: 'slot-8841' } }] },
  { text: 'Done: Tuesday at 15:00 with Dr Okafor, confirmation BK-20931.' },
];

const model = await startOpenAIServer(({ body }) => {
  const said = body.messages ?? body.input;
  const answers = said.filter((item: Item) => item.role === 'tool' || item.type === 'function_call_output').length;
  return TURNS[answers === 0 ? 0 : answers === 2 ? 1 : 2] ?? { text: '' };
});
const langSmith = await startLangSmithServer();
afterAll(() => Promise.all([model.close(), langSmith.close()]));
beforeEach(() => langSmith.feedback.splice(0));
beforeAll(() => {
  vi.spyOn(console, 'log').mockImplementation(() => {});
});

interface Item {
  role?: string;
  type?: string;
}

const openai = wrapOpenAI(new OpenAI({ baseURL: model.url, apiKey: 'none', maxRetries: 0 }));
const client = new Client({ apiUrl: langSmith.url, apiKey: 'none' });

const getCalendar = traceable(async ({ doctor }: { doctor: string }) => ({ doctor, slots: [{ slot_id: 'slot-8841', at: '15:00' }] }), {
  name: 'get_calendar',
  run_type: 'tool',
});
const bookAppointment = traceable(
  async ({ slot_id }: { slot_id: string }) => (slot_id === 'slot-8841' ? { confirmation: 'BK-20931' } : { error: 'slot_not_found' }),
  { name: 'book_appointment', run_type: 'tool' },
);
const runTool = (name: string, args: string): Promise<object> =>
  name === 'get_calendar' ? getCalendar(JSON.parse(args)) : bookAppointment(JSON.parse(args));

type Inputs = { question: string };
type Agent = (inputs: Inputs) => Promise<object>;

/** Goes on with one array, as agents do: the traced inputs are that very array. */
const chatAgent =
  (stream: boolean): Agent =>
  async ({ question }) => {
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: question }];
    for (;;) {
      const message = stream
        ? await streamed(messages)
        : (await openai.chat.completions.create({ model: 'gpt-5-mini', messages })).choices[0]?.message;
      if (message === undefined) throw new Error('no answer');
      messages.push(message);
      const calls = (message.tool_calls ?? []).filter((each) => each.type === 'function');
      if (calls.length === 0) return { answer: message.content };
      const results = await Promise.all(calls.map((call) => runTool(call.function.name, call.function.arguments)));
      calls.forEach(({ id }, i) => messages.push({ role: 'tool', tool_call_id: id, content: JSON.stringify(results[i]) }));
    }
  };

async function streamed(messages: OpenAI.ChatCompletionMessageParam[]): Promise<OpenAI.ChatCompletionMessage> {
  const stream = await openai.chat.completions.create({
    model: 'gpt-5-mini',
    messages,
    stream: true,
    stream_options: { include_usage: true },
  });
  const message = {
    role: 'assistant' as const,
    content: '',
    refusal: null,
    tool_calls: [] as OpenAI.ChatCompletionMessageFunctionToolCall[],
  };
  for await (const chunk of stream) {
    const delta = chunk.choices[0]?.delta;
    message.content += delta?.content ?? '';
    for (const { index, id = '', function: part } of delta?.tool_calls ?? []) {
      const call = (message.tool_calls[index] ??= { id, type: 'function', function: { name: part?.name ?? '', arguments: '' } });
      call.function.arguments += part?.arguments ?? '';
    }
  }
  const { tool_calls, ...said } = message;
  return tool_calls.length === 0 ? said : message;
}

const responsesAgent: Agent = async ({ question }) => {
  const input: OpenAI.Responses.ResponseInputItem[] = [{ role: 'user', content: question }];
  for (;;) {
    const response = await openai.responses.create({ model: 'gpt-5-mini', input });
    input.push(...(response.output as OpenAI.Responses.ResponseInputItem[]));
    const calls = response.output.filter((item) => item.type === 'function_call');
    if (calls.length === 0) return { answer: response.output_text };
    const results = await Promise.all(calls.map((call) => runTool(call.name, call.arguments)));
    calls.forEach(({ call_id }, i) => input.push({ type: 'function_call_output', call_id, output: JSON.stringify(results[i]) }));
  }
};

const evaluators = [wastedCalls(), dependentParallel(), within({ latencyMs: 60_000, tokens: 54, toolCalls: 3 })];

/** Runs LangSmith's own `evaluate` on one example, over the wire; the feedback by its key. */
async function feedbackOf(
  agent: Agent,
  own: EvaluateOptions['evaluators'] = evaluators,
): Promise<Map<string, { score: number | null; comment: string }>> {
  const now = new Date().toISOString();
  const example = { id: crypto.randomUUID(), dataset_id: crypto.randomUUID(), inputs: { question: 'Dr Okafor on Tuesday?' }, runs: [] };
  await evaluate(agent, {
    data: [{ ...example, created_at: now, modified_at: now }],
    client,
    ...(own !== undefined && { evaluators: own }),
  });
  return new Map(langSmith.feedback.map(({ key, score, comment }) => [key, { score, comment }]));
}

describe('evaluators, in LangSmith’s evaluate', () => {
  test.each<[string, Agent]>([
    ['chat completions', chatAgent(false)],
    ['streamed chat completions', chatAgent(true)],
    ['Responses', responsesAgent],
  ])('read the run tree of wrapOpenAI and traceable tools: %s', async (_, agent) => {
    const feedback = await feedbackOf(agent);
    expect(feedback.get('no_wasted_calls')?.score).toBeCloseTo(2 / 3);
    expect(feedback.get('no_wasted_calls')?.comment).toContain('book_appointment was wasted (superseded)');
    expect(feedback.get('no_dependent_parallel_calls')?.score).toBe(0.5);
    expect(feedback.get('no_dependent_parallel_calls')?.comment).toContain('it guessed slot_id "slot-tue-pm"');
    expect(feedback.get('within_bounds')).toEqual({ score: 1, comment: expect.stringContaining('tokens is 54, within 54') });
    expect(feedback.get('within_bounds')?.comment).toMatch(/latencyMs is \d+ ms, within 60\.0 s/u);
  });

  test('times of tools come from the run tree', async () => {
    const feedback = await feedbackOf(chatAgent(false), [wastedCalls()]);
    expect(feedback.get('no_wasted_calls')?.comment).toMatch(/cost +about \d+ tokens, \d+ ms o/u);
  });

  test('where nothing was traced, the messages that the target returned are read', async () => {
    expect((await feedbackOf(async () => ({ messages: guessed }))).get('no_wasted_calls')?.score).toBeCloseTo(2 / 3);
    langSmith.feedback.splice(0);
    expect((await feedbackOf(async () => clean)).get('no_wasted_calls')?.score).toBe(1);
  });

  test('what does not apply has no score', async () => {
    const feedback = await feedbackOf(async () => ({ answer: 'Tuesday.' }));
    expect(feedback.get('no_wasted_calls')).toEqual({
      score: null,
      comment: expect.stringMatching(/^not applicable: fanlight finds no run/u),
    });
    expect(feedback.get('within_bounds')?.score).toBeNull();
  });

  test('an answer that names a file does not make it read one', async () => {
    expect((await feedbackOf(async () => ({ outputs: import.meta.filename }))).get('no_wasted_calls')?.score).toBeNull();
  });

  test('`from` says what to judge, `key` how to call it', async () => {
    const feedback = await feedbackOf(
      async () => ({ kept: { history: clean } }),
      [wastedCalls({ key: 'mine', from: ({ run }) => (run.outputs as { kept: { history: object[] } }).kept.history })],
    );
    expect(feedback.get('mine')?.score).toBe(1);
  });
});
