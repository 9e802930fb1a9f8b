import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { instrumentOpenAI } from '../../instrumentation/index.ts';
import { helpers, MAJORS, openai, type Client } from '../support/openai-clients.ts';
import { startOpenAIServer } from '../support/openai-server.mjs';
import { startTracing, type Tracing } from '../support/tracing.ts';

/** Spans of answers that nobody reads end when they are collected; those that somebody still waits for must not. */
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

let tracing: Tracing;
let server: Awaited<ReturnType<typeof startOpenAIServer>>;
const messages = [{ role: 'user', content: 'hi' }];

beforeAll(async () => {
  tracing = startTracing();
  server = await startOpenAIServer(() => ({ text: 'one two three four five six', delayMs: 30, chunkDelayMs: 15 }));
});
afterAll(() => server.close());
beforeEach(() => tracing.reset());

async function whileCollecting<T>(work: Promise<T>): Promise<T> {
  const timer = setInterval(collectGarbage, 3);
  return work.finally(() => clearInterval(timer));
}

describe.each(MAJORS)('openai %i', (major) => {
  let client: Client;
  beforeAll(async () => {
    const { default: OpenAI } = await openai(major);
    client = instrumentOpenAI(new OpenAI({ apiKey: 'k', baseURL: server.url, maxRetries: 0 }), {
      tracerProvider: tracing.provider,
      content: 'full',
    });
  });

  const readAll = async (stream: AsyncIterable<unknown>): Promise<void> => {
    for await (const chunk of stream) void chunk;
  };
  const waysToWait: Record<string, () => Promise<unknown>> = {
    create: () => client.chat.completions.create({ model: 'm', messages }),
    'a stream': async () => readAll(await client.chat.completions.create({ model: 'm', messages, stream: true })),
    parse: () => helpers(client, major).parse({ model: 'm', messages }),
    withResponse: () => client.chat.completions.create({ model: 'm', messages }).withResponse(),
    'a stream helper': () => helpers(client, major).stream({ model: 'm', messages }).finalChatCompletion(),
    'a Responses helper': () => client.responses.stream({ model: 'm', input: messages }).finalResponse(),
    'a Responses stream': async () => readAll(await client.responses.create({ model: 'm', input: messages, stream: true })),
  };
  test.each(Object.keys(waysToWait))('%s: what is waited for is recorded whole', async (way) => {
    await whileCollecting((waysToWait[way] as () => Promise<unknown>)());
    const [span, ...others] = tracing.of('chat');
    expect(others).toEqual([]);
    expect(span?.attributes['fanlight.stream.end']).toBeUndefined();
    expect(span?.attributes['gen_ai.output.messages']).toContain('one two three four five six');
  });

  test('a stream that is dropped unread ends its span', async () => {
    await (async () => void (await client.chat.completions.create({ model: 'm', messages, stream: true })))();
    for (let i = 0; i < 50 && tracing.of('chat').length === 0; i++) {
      collectGarbage();
      await sleep(5);
    }
    expect(tracing.of('chat')[0]?.attributes['fanlight.stream.end']).toBe('unread');
  });
});
