import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { instrumentOpenAI } from '../../instrumentation/index.ts';
import { helpers, MAJORS, openai, type Client, type Major } from '../support/openai-clients.ts';
import { startOpenAIServer } from '../support/openai-server.mjs';
import { startTracing, type Tracing } from '../support/tracing.ts';

/** Every supported major × API × way of calling × how it ends, over HTTP, against the bare client's own behaviour. */
const APIS = ['chat', 'responses'] as const;
const WAYS = ['plain', 'stream', 'helper'] as const;
const ENDS = ['success', 'error', 'abort'] as const;

const messages = [{ role: 'user', content: 'Weather in Oslo and Rome?' }];
const answer = { text: 'Cold and warm.', calls: [{ id: 'call_1', name: 'get_weather', arguments: { city: 'Oslo' } }] };

let tracing: Tracing;
let server: Awaited<ReturnType<typeof startOpenAIServer>>;
let reply: Record<string, unknown>;

beforeAll(async () => {
  tracing = startTracing();
  server = await startOpenAIServer(() => reply);
});
afterAll(() => server.close());
beforeEach(() => tracing.reset());

async function newClient(major: Major): Promise<Client> {
  const { default: OpenAI } = await openai(major);
  return new OpenAI({ apiKey: 'test', baseURL: server.url, maxRetries: 0 });
}

/** What the call comes to: its outcome in a form that can be compared. */
async function outcome(client: Client, major: Major, api: string, way: string, end: string): Promise<unknown> {
  const controller = new AbortController();
  const options = { signal: controller.signal };
  if (end === 'abort') setTimeout(() => controller.abort(), 30);
  const body = api === 'chat' ? { model: 'test-model', messages } : { model: 'test-model', input: messages };
  const endpoint = api === 'chat' ? client.chat.completions : client.responses;
  try {
    if (way === 'plain') return plain(await endpoint.create(body, options));
    if (way === 'stream') {
      const chunks: unknown[] = [];
      for await (const chunk of await endpoint.create({ ...body, stream: true }, options)) chunks.push(chunk);
      return chunks.length === 0 ? 'nothing' : chunks.map(plain);
    }
    const helper = api === 'chat' ? helpers(client, major) : client.responses;
    const stream = helper.stream(body, options);
    return plain(api === 'chat' ? await stream.finalChatCompletion() : await stream.finalResponse());
  } catch (error) {
    return `${(error as Error).constructor.name}: ${(error as Error).message}`;
  }
}

/** Ids count up with the requests: they differ from call to call. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value).replaceAll(/(?:resp|req)_\d+/gu, 'n'));

describe.each(MAJORS)('openai %i', (major) => {
  describe.each(APIS)('%s', (api) => {
    describe.each(WAYS)('%s', (way) => {
      test.each(ENDS)('%s', async (end) => {
        reply = end === 'error' ? { status: 429, error: { message: 'slow down', code: 'rate_limit_exceeded' } } : answer;
        if (end === 'abort') reply = { ...answer, delayMs: way === 'plain' ? 400 : 0, chunkDelayMs: 25 };
        const bare = await outcome(await newClient(major), major, api, way, end);
        const client = instrumentOpenAI(await newClient(major), { tracerProvider: tracing.provider, content: 'full' });
        const traced = await outcome(client, major, api, way, end);
        // How many chunks come before an abort is a matter of timing.
        if (end === 'abort' && Array.isArray(bare)) expect(Array.isArray(traced)).toBe(true);
        else expect(traced).toEqual(bare);

        const [span, ...others] = tracing.of('chat');
        expect(others).toEqual([]);
        expect(span?.name).toBe('chat test-model');
        expect(span?.attributes['gen_ai.input.messages']).toContain('Oslo and Rome');
        if (end === 'success') {
          expect(span?.attributes).toMatchObject({
            'gen_ai.response.finish_reasons': ['tool_call'],
            'gen_ai.response.model': 'test-model',
            'fanlight.batch.size': 1,
          });
          const output = JSON.parse(String(span?.attributes['gen_ai.output.messages'])) as { parts: unknown[] }[];
          expect(output[0]?.parts).toEqual([
            { type: 'text', content: 'Cold and warm.' },
            { type: 'tool_call', id: 'call_1', name: 'get_weather', arguments: { city: 'Oslo' } },
          ]);
        }
        if (end === 'error') {
          expect(span?.attributes['error.type']).toBe('429');
          expect(span?.status.code).toBe(2);
        }
        if (end === 'abort') {
          const { attributes } = span as NonNullable<typeof span>;
          expect(attributes['error.type'] === 'APIUserAbortError' || attributes['fanlight.stream.end'] === 'aborted').toBe(true);
        }
      });
    });
  });
});
