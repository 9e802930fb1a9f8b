import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import OpenAI from 'openai6';
import { afterAll, describe, expect, test } from 'vitest';
import { rebuildRuns } from '../../src/model/rebuild/index.ts';
import { analyzeRun } from '../../src/analysis/analyze-run.ts';
import { openAiConversations } from '../../src/dialects/openai-conversations.ts';
import { analyzedRuns } from '../../src/integrations/subject.ts';
import { defineTool, runAgent } from '../../src/runtime/index.ts';
import { startOpenAIServer } from '../support/openai-server.mjs';
import { clean, guessed, guessedItems, otlp } from './conversations.ts';

const [run] = rebuildRuns(openAiConversations.read({ id: 'mine', messages: guessed }, { source: 'log.jsonl' }));
if (run === undefined) throw new Error('no run');

/** {@link guessed} as LangChain's messages are while a program runs: they serialize themselves. */
const TYPES: Record<string, string> = { user: 'HumanMessage', assistant: 'AIMessage', tool: 'ToolMessage' };
const langChain = (guessed as ChatMessage[]).map(({ role, content, tool_calls = [], tool_call_id }) => ({
  lc_serializable: true,
  toJSON: () => ({
    lc: 1,
    type: 'constructor',
    id: ['langchain_core', 'messages', TYPES[role]],
    kwargs: {
      content: content ?? '',
      tool_call_id,
      tool_calls: tool_calls.map(({ id, function: { name, arguments: args } }) => ({ id, name, args: JSON.parse(args) as object })),
    },
  }),
}));

interface ChatMessage {
  role: string;
  content: string | null;
  tool_calls?: { id: string; function: { name: string; arguments: string } }[];
  tool_call_id?: string;
}

/** What each run of a subject holds, as "calls/wasted". */
async function shapeOf(subject: unknown): Promise<string[]> {
  const runs = await analyzedRuns(subject);
  return runs.map(({ report }) => `${report.calls.length}/${report.calls.filter(({ verdict }) => verdict === 'wasted').length}`);
}

describe('a subject is', () => {
  test.each<[string, unknown, string[]]>([
    ['chat messages', guessed, ['3/1']],
    ['Responses items', guessedItems, ['3/1']],
    ['an object with messages', { messages: guessed, note: 'as a proxy writes them' }, ['3/1']],
    ['a Responses request with its answer', { input: guessedItems.slice(0, -1), output: guessedItems.slice(-1) }, ['3/1']],
    ['messages of LangChain, alive', langChain, ['3/1']],
    ['the state of an agent of LangGraph', { messages: langChain, llmCalls: 3 }, ['3/1']],
    ['any of these as JSON', JSON.stringify({ messages: guessed }), ['3/1']],
    ['a run', run, ['3/1']],
    ['an analyzed run', analyzeRun(run), ['3/1']],
    ['OTLP JSON', otlp({ content: true }), ['2/0']],
    ['several of them', [guessed, { messages: clean }, run], ['3/1', '3/1', '2/0']],
  ])('%s', async (_, subject, expected) => {
    expect((await shapeOf(subject)).toSorted()).toEqual(expected.toSorted());
  });

  test('a promise of one', async () => {
    expect(await shapeOf(Promise.resolve(clean))).toEqual(['2/0']);
  });

  test('finished spans of the OpenTelemetry SDK, of several batches together', async () => {
    const exporter = new InMemorySpanExporter();
    const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).getTracer('test');
    const chat = (input: object[], output: object): void =>
      tracer
        .startSpan('chat', {
          attributes: {
            'gen_ai.operation.name': 'chat',
            'gen_ai.input.messages': JSON.stringify(input),
            'gen_ai.output.messages': JSON.stringify([output]),
          },
        })
        .end();
    const asked = { role: 'user', parts: [{ type: 'text', content: 'Free on Tuesday?' }] };
    const issued = { role: 'assistant', parts: [{ type: 'tool_call', id: 'call_Zq81hd72Ks', name: 'get_calendar', arguments: {} }] };
    chat([asked], issued);
    const answered = { role: 'tool', parts: [{ type: 'tool_call_response', id: 'call_Zq81hd72Ks', response: 'slot-8841 at 15:00' }] };
    chat([asked, issued, answered], { role: 'assistant', parts: [{ type: 'text', content: 'Yes, slot-8841.' }] });
    const [first, ...others] = exporter.getFinishedSpans();
    expect(await shapeOf([first, ...others])).toEqual(['1/0']);
    expect(await shapeOf([[first], others])).toEqual(['1/0']);
  });
});

describe('the result of runAgent', async () => {
  const server = await startOpenAIServer(({ count }) =>
    count === 1 ? { calls: [{ id: 'call_1', name: 'get_calendar', arguments: {} }] } : { text: 'slot-8841 is free.' },
  );
  afterAll(() => server.close());
  const get_calendar = defineTool({
    name: 'get_calendar',
    description: 'Free slots',
    parameters: { type: 'object' },
    execute: () => 'slot-8841',
  });
  const client = new OpenAI({ baseURL: server.url, apiKey: 'none' });
  const result = await runAgent({ client, model: 'gpt-5-mini', tools: [get_calendar], messages: 'Free on Tuesday?' });

  test('brings its history and its tokens', async () => {
    const [analyzed] = await analyzedRuns(result);
    expect(analyzed?.report.calls.map(({ name, verdict }) => [name, verdict])).toEqual([['get_calendar', 'used']]);
    expect(analyzed?.run.turns.at(-1)?.usage).toEqual({ inputTokens: result.usage.input, outputTokens: result.usage.output });
  });
});

describe('what holds no run is an error that says what was met and what to give', () => {
  test.each<[string, unknown, RegExp]>([
    ['a number', 7, /no run in the number "7"\. Give an array of chat messages/u],
    ['nothing', undefined, /no run in undefined\./u],
    ['an empty array', [], /no run in an empty array\./u],
    ['an answer', { answer: 'Tuesday' }, /no run in an object with answer\.[^]*a JSON object in no form that is known/u],
    ['prose', 'Yes.\nTuesday at three.', /no run in the text "Yes\.\\nTuesday/u],
    ['a text that would hide what it says', 'a\u202e\u009b', /no run in a\\u202e\\u009b\./u],
    ['an object that only looks like a run', { turns: [], calls: ['+31 20'] }, /no run in an object with turns, calls\./u],
    ['a text that says it is a run', JSON.stringify(run), /no run in the text/u],
    ['a text that says it was analyzed', JSON.stringify([{ run, report: { calls: [] } }]), /no run in the text/u],
    ['arrays in arrays', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, /no run in an array of 1/u],
    ['standard input', '-', /no run in the text "-"/u],
    ['spans without model calls', { resourceSpans: [] }, /no run in an object with resourceSpans/u],
  ])('%s', async (_, subject, message) => {
    await expect((async () => analyzedRuns(subject))()).rejects.toThrow(message);
  });
});
