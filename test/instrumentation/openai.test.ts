import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { diag, type DiagLogger } from '@opentelemetry/api';
import { endOpenCalls } from '../../instrumentation/openai/call.ts';
import { instrumentOpenAI, type InstrumentationOptions } from '../../instrumentation/index.ts';
import { openai, type Client, type Major } from '../support/openai-clients.ts';
import { startOpenAIServer } from '../support/openai-server.mjs';
import { context, startTracing, trace, tracer, type Tracing } from '../support/tracing.ts';

let tracing: Tracing;
let server: Awaited<ReturnType<typeof startOpenAIServer>>;
let replies: Record<string, unknown>[];

beforeAll(async () => {
  tracing = startTracing();
  server = await startOpenAIServer(() => (replies.length > 1 ? replies.shift() : replies[0]) ?? {});
});
afterAll(() => server.close());
beforeEach(() => {
  tracing.reset();
  server.requests.length = 0;
  replies = [{ text: 'hello' }];
});
afterEach(() => diag.disable());

async function newClient(
  options: InstrumentationOptions = {},
  clientOptions: Record<string, unknown> = {},
  major: Major = 6,
): Promise<Client> {
  const { default: OpenAI } = await openai(major);
  const client = new OpenAI({ apiKey: 'test', baseURL: server.url, maxRetries: 0, ...clientOptions });
  return instrumentOpenAI(client, { tracerProvider: tracing.provider, ...options });
}

const body = { model: 'm-1', messages: [{ role: 'user', content: 'hi' }] };
const only = () => {
  const [span, ...others] = tracing.of('chat');
  expect(others).toEqual([]);
  return (span ?? expect.unreachable('no span')).attributes;
};

describe('what a span says', () => {
  test('request and response, by the conventions; no content unless asked for', async () => {
    const client = await newClient();
    replies = [{ text: 'secret answer', usage: { input: 21, output: 9, cached: 5, reasoning: 3 } }];
    await client.chat.completions.create({
      ...body,
      temperature: 0.2,
      max_completion_tokens: 50,
      stop: 'x',
      seed: 1,
      parallel_tool_calls: false,
      tools: [],
    });
    expect(only()).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai_compatible',
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(server.url).port),
      'gen_ai.request.model': 'm-1',
      'openai.api.type': 'chat_completions',
      'gen_ai.request.temperature': 0.2,
      'gen_ai.request.max_tokens': 50,
      'gen_ai.request.stop_sequences': ['x'],
      'gen_ai.request.seed': 1,
      'fanlight.request.parallel_tool_calls': false,
      'gen_ai.response.id': 'resp_1',
      'gen_ai.response.model': 'm-1',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': 21,
      'gen_ai.usage.output_tokens': 9,
      'gen_ai.usage.cache_read.input_tokens': 5,
      'gen_ai.usage.reasoning.output_tokens': 3,
    });
  });

  test('n > 1: a message a choice', async () => {
    const client = await newClient({ content: 'full' });
    replies = [{ choices: [{ text: 'one' }, { refusal: 'no' }] }];
    await client.chat.completions.create({ ...body, n: 2 });
    const attributes = only();
    expect(attributes['gen_ai.request.choice.count']).toBe(2);
    expect(JSON.parse(String(attributes['gen_ai.output.messages']))).toEqual([
      { role: 'assistant', parts: [{ type: 'text', content: 'one' }], finish_reason: 'stop' },
      { role: 'assistant', parts: [{ type: 'refusal', content: 'no' }], finish_reason: 'stop' },
    ]);
  });

  test('calls of a batch, interleaved in a stream, are put together', async () => {
    const client = await newClient({ content: 'full' });
    const calls = ['a', 'b', 'c'].map((id) => ({ id: `call_${id}`, name: `tool_${id}`, arguments: { key: `a longer value for ${id}` } }));
    replies = [{ calls, strayChunks: true }];
    for await (const _ of await client.chat.completions.create({ ...body, stream: true })) void _;
    const attributes = only();
    const [message] = JSON.parse(String(attributes['gen_ai.output.messages'])) as [{ parts: unknown[] }];
    expect(message.parts).toEqual(calls.map((call) => ({ type: 'tool_call', ...call })));
    expect(attributes['fanlight.batch.size']).toBe(3);
    expect(attributes['gen_ai.response.time_to_first_chunk']).toBeGreaterThan(0);
  });

  test('streams carry usage where the app asks for it, and the request stays as it was written', async () => {
    const client = await newClient();
    for await (const _ of await client.chat.completions.create({ ...body, stream: true })) void _;
    expect(only()['gen_ai.usage.input_tokens']).toBeUndefined();
    expect(server.requests[0].body).toEqual({ ...body, stream: true });
    tracing.reset();
    for await (const _ of await client.chat.completions.create({ ...body, stream: true, stream_options: { include_usage: true } })) void _;
    expect(only()['gen_ai.usage.input_tokens']).toBe(11);
  });

  test('with streamUsage it is asked for', async () => {
    const client = await newClient({ streamUsage: true });
    for await (const _ of await client.chat.completions.create({ ...body, stream: true })) void _;
    expect(only()['gen_ai.usage.output_tokens']).toBe(7);
    expect(server.requests[0].body.stream_options).toEqual({ include_usage: true });
  });

  test('Responses: chained, with a conversation', async () => {
    const client = await newClient({ content: 'full' });
    replies = [{ text: 'there', reasoning: 'thinking' }];
    await client.responses.create({
      model: 'm-1',
      input: 'more',
      instructions: 'Be brief',
      previous_response_id: 'resp_0',
      conversation: { id: 'conv_1' },
    });
    const attributes = only();
    expect(attributes).toMatchObject({
      'openai.api.type': 'responses',
      'gen_ai.request.previous_response.id': 'resp_0',
      'gen_ai.conversation.id': 'conv_1',
      'gen_ai.system_instructions': '[{"type":"text","content":"Be brief"}]',
      'gen_ai.input.messages': '[{"role":"user","parts":[{"type":"text","content":"more"}]}]',
    });
    expect(JSON.parse(String(attributes['gen_ai.output.messages']))[0].parts).toEqual([
      { type: 'reasoning', content: 'thinking' },
      { type: 'text', content: 'there' },
    ]);
  });

  test('Responses that failed on the other side', async () => {
    const client = await newClient();
    replies = [{ text: 'x', responseStatus: 'failed', responseError: { code: 'server_error', message: 'it broke' } }];
    await client.responses.create({ model: 'm-1', input: 'hi' });
    expect(only()).toMatchObject({ 'error.type': 'server_error', 'gen_ai.response.finish_reasons': ['error'] });
  });

  test('embeddings: a plain span', async () => {
    const client = await newClient({ content: 'full' });
    await client.embeddings.create({ model: 'e-1', input: 'some text', dimensions: 3 });
    const [span] = tracing.of('embeddings');
    expect(span?.name).toBe('embeddings e-1');
    expect(span?.attributes).toMatchObject({ 'gen_ai.embeddings.dimension.count': 3, 'gen_ai.usage.input_tokens': 5 });
    expect(JSON.stringify(span?.attributes)).not.toContain('some text');
  });

  test.each([
    ['https://api.openai.com/v1', 'openai'],
    ['https://eu.api.openai.com/v1', 'openai'],
    ['https://my.openai.azure.com/openai/v1', 'azure.ai.openai'],
    ['https://api.groq.com/openai/v1', 'groq'],
    ['https://api.openai.com.example.org/v1', 'openai_compatible'],
  ])('%s is %s', async (baseURL, provider) => {
    const client = await newClient(
      {},
      { baseURL, fetch: async () => new Response('{"choices":[]}', { headers: { 'content-type': 'application/json' } }) },
    );
    await client.chat.completions.create(body);
    expect(only()['gen_ai.provider.name']).toBe(provider);
  });

  test('Azure by its own client', async () => {
    const { AzureOpenAI } = await openai(6);
    const client = new AzureOpenAI({ apiKey: 'k', apiVersion: '2024-10-21', baseURL: server.url.replace('/v1', '/openai') });
    await instrumentOpenAI(client, { tracerProvider: tracing.provider }).chat.completions.create(body);
    expect(only()['gen_ai.provider.name']).toBe('azure.ai.openai');
  });
});

describe('how calls end', () => {
  test('retries inside the client are one span', async () => {
    const client = await newClient({}, { maxRetries: 2 });
    replies = [
      { status: 500, headers: { 'retry-after-ms': '1' } },
      { status: 429, headers: { 'retry-after-ms': '1' } },
      { text: 'at last' },
    ];
    await client.chat.completions.create(body);
    expect(only()).toMatchObject({ 'fanlight.retries': 2, 'gen_ai.response.finish_reasons': ['stop'] });
  });

  test('retries that end in an error are told as well', async () => {
    const client = await newClient({}, { maxRetries: 1 });
    replies = [
      { status: 500, headers: { 'retry-after-ms': '1' } },
      { status: 500, headers: { 'retry-after-ms': '1' } },
    ];
    await expect(client.chat.completions.create(body)).rejects.toThrow('500');
    expect(only()).toMatchObject({ 'fanlight.retries': 1, 'error.type': '500' });
  });

  test('a client that fetches credentials before it sends', async () => {
    const { default: OpenAI } = await openai(6);
    const { APIPromise } = await import('openai6/core/api-promise');
    class LateSender extends OpenAI {
      request(options: never): never {
        const response = Promise.resolve(options).then((known) => this['makeRequest'](known, null, undefined));
        return new APIPromise(this as never, response as never) as never;
      }
    }
    const client = instrumentOpenAI(new LateSender({ apiKey: 'k', baseURL: server.url, maxRetries: 0 }), {
      tracerProvider: tracing.provider,
    });
    replies = [{ text: 'well' }, { status: 400 }, { text: 'well' }];
    await client.chat.completions.create(body);
    await expect(client.chat.completions.create(body)).rejects.toThrow('400');
    await client.chat.completions.create(body);
    expect(tracing.of('chat').map(({ attributes }) => attributes['error.type'])).toEqual([undefined, '400', undefined]);
  });

  test('a time-out', async () => {
    const client = await newClient({}, { timeout: 30 });
    replies = [{ text: 'late', delayMs: 500 }];
    await expect(client.chat.completions.create(body)).rejects.toThrow('timed out');
    expect(only()['error.type']).toBe('APIConnectionTimeoutError');
  });

  test('nobody listens', async () => {
    const client = await newClient({}, { baseURL: 'http://127.0.0.1:9/v1' });
    await expect(client.chat.completions.create(body)).rejects.toThrow();
    expect(only()['error.type']).toBe('APIConnectionError');
  });

  test('an answer that is cut off', async () => {
    const client = await newClient({ content: 'full' });
    replies = [{ text: 'This never comes to its end at all.', cutAfter: 3, chunkDelayMs: 10 }];
    const reading = async (): Promise<void> => {
      for await (const _ of await client.chat.completions.create({ ...body, stream: true })) void _;
    };
    await expect(reading()).rejects.toThrow();
    const attributes = only();
    expect(attributes['error.type']).toBeDefined();
    expect(attributes['gen_ai.output.messages']).toContain('This neve');
  });

  test('a stream the app leaves early keeps what came', async () => {
    const client = await newClient({ content: 'full' });
    replies = [{ text: 'One two three four five six seven eight.' }];
    for await (const chunk of await client.chat.completions.create({ ...body, stream: true })) if (chunk.choices[0].delta.content) break;
    expect(only()).toMatchObject({ 'fanlight.stream.end': 'aborted' });
    expect(only()['gen_ai.output.messages']).toContain('One two t');
  });

  test('a bare response ends the span when it is taken', async () => {
    const client = await newClient();
    const response = await client.chat.completions.create(body).asResponse();
    await response.json();
    await vi.waitFor(() => expect(tracing.of('chat')).toHaveLength(1));
  });

  test('what was never read ends with the process', async () => {
    const client = await newClient();
    const stream = await client.chat.completions.create({ ...body, stream: true });
    expect(tracing.of('chat')).toEqual([]);
    endOpenCalls();
    expect(only()['gen_ai.operation.name']).toBe('chat');
    stream.controller.abort();
  });
});

describe('being a guest', () => {
  test('the promise is the client’s own, and parse reads the body once', async () => {
    const client = await newClient();
    replies = [{ text: '{"city":"Oslo"}' }];
    const promise = client.chat.completions.create(body);
    expect(promise.constructor.name).toBe('APIPromise');
    expect((await promise.withResponse()).response.status).toBe(200);
    const format = { type: 'json_schema', json_schema: { name: 'city', strict: true, schema: { type: 'object' } } };
    const parsed = await client.chat.completions.parse({ ...body, response_format: format }).withResponse();
    expect(parsed.data.choices[0].message.parsed).toEqual({ city: 'Oslo' });
    expect(parsed.request_id).toBe('req_2');
  });

  test('spans below the request are its children, and the app’s context is untouched', async () => {
    let during: unknown;
    const fetch = async (...args: Parameters<typeof globalThis.fetch>): Promise<Response> => {
      during = trace.getSpan(context.active())?.spanContext().spanId;
      return globalThis.fetch(...args);
    };
    const client = await newClient({}, { fetch });
    const outer = tracer(tracing).startSpan('request');
    await context.with(trace.setSpan(context.active(), outer), async () => {
      await client.chat.completions.create(body);
      expect(trace.getSpan(context.active())).toBe(outer);
    });
    const [span] = tracing.of('chat');
    expect(during).toBe(span?.spanContext().spanId);
    expect(span?.parentSpanContext?.spanId).toBe(outer.spanContext().spanId);
  });

  test('a client and its class, instrumented twice over: one span', async () => {
    const { default: OpenAI } = await openai(5);
    const client = new OpenAI({ apiKey: 'test', baseURL: server.url });
    instrumentOpenAI(client, { tracerProvider: tracing.provider });
    instrumentOpenAI(OpenAI, { tracerProvider: tracing.provider });
    instrumentOpenAI(client, { tracerProvider: tracing.provider, content: 'full' });
    await client.chat.completions.create(body);
    expect(only()['gen_ai.input.messages']).toContain('hi');
  });

  test('withOptions goes on being traced', async () => {
    const client = await newClient();
    await client.withOptions({ timeout: 4000 }).chat.completions.create(body);
    only();
  });

  test('whatever breaks in us, the app gets its answer, and one warning is given', async () => {
    const warn = vi.fn();
    diag.setLogger({ warn, error: vi.fn(), info: vi.fn(), debug: vi.fn(), verbose: vi.fn() } as unknown as DiagLogger);
    const broken = { getTracer: () => ({ startSpan: () => expect.unreachable('broken tracer') }) } as never;
    const client = await newClient({ tracerProvider: broken });
    expect((await client.chat.completions.create(body)).choices[0].message.content).toBe('hello');
    await client.chat.completions.create(body);
    expect(warn.mock.calls.filter(([message]) => String(message).startsWith('fanlight'))).toHaveLength(1);
  });

  test('a redaction that throws leaves the value out', async () => {
    const client = await newClient({
      content: 'full',
      redact: () => {
        throw new Error('broken');
      },
    });
    await client.chat.completions.create(body);
    expect(only()['gen_ai.input.messages']).toBe('[{"role":"user","parts":[{"type":"text","content":""}]}]');
  });

  test('a client of another shape is left alone, and named once', () => {
    const warn = vi.fn();
    diag.setLogger({ warn, error: vi.fn(), info: vi.fn(), debug: vi.fn(), verbose: vi.fn() } as unknown as DiagLogger);
    const odd = { chat: { completions: { make: () => 1 } } };
    expect(instrumentOpenAI(odd)).toBe(odd);
    instrumentOpenAI({ ...odd });
    expect(warn.mock.calls.filter(([message]) => String(message).includes('not the shape'))).toHaveLength(1);
  });

  test('what it does not know it passes through', async () => {
    const client = await newClient();
    for (const messages of [undefined, null, 'text', [null, 7, {}], [{ role: 'user', content: [{ type: 'new_kind', x: 1n }] }]]) {
      await client.chat.completions.create({ model: 'm', messages }).catch((error: Error) => error);
    }
    expect(tracing.of('chat')).toHaveLength(5);
  });
});
