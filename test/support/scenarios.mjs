// Runs generated scenarios against the scripted server with the real client, bare or instrumented, and prints what the
// app saw of each as a line of JSON. A process of its own, so that unhandled rejections are the scenario's alone.
//   node scenarios.mjs <bare | off | full | delta | fingerprint> <how many> [only this one]
import { setTimeout as sleep } from 'node:timers/promises';
import { startOpenAIServer } from './openai-server.mjs';

const [mode, count, only] = [process.argv[2], Number(process.argv[3]), process.argv[4]];

const replies = new Map();
const server = await startOpenAIServer(({ headers }) => {
  const queue = replies.get(headers['x-scenario']);
  return queue.length > 1 ? queue.shift() : queue[0];
});

let instrument = (client) => client;
let check = () => {};
if (mode !== 'bare') {
  const { BasicTracerProvider, SimpleSpanProcessor, InMemorySpanExporter } = await import('@opentelemetry/sdk-trace-base');
  const { AsyncLocalStorageContextManager } = await import('@opentelemetry/context-async-hooks');
  const { context } = await import('@opentelemetry/api');
  const { instrumentOpenAI } = await import('../../dist/instrumentation/index.js');
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const { checkMessages } = await import('./message-schemas.mjs');
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  check = () => {
    const [violation] = exporter.getFinishedSpans().flatMap(({ attributes }) => checkMessages(attributes).violations);
    if (violation !== undefined) throw new Error(violation);
  };
  instrument = (client) => instrumentOpenAI(client, { tracerProvider, content: mode });
}

/** A small generator, the same in every process: https://en.wikipedia.org/wiki/Linear_congruential_generator */
function generator(seed) {
  let state = (seed * 2654435761) >>> 0;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  for (let i = 0; i < 5; i++) next();
  return { pick: (list) => list[Math.floor(next() * list.length)] };
}

const calls = [
  { id: 'call_a', name: 'look_up', arguments: { key: 'alpha' } },
  { id: 'call_b', name: 'look_up', arguments: { key: 'beta' } },
];
const REPLIES = {
  text: [{ text: 'A short answer, in several chunks of text.' }],
  calls: [{ calls }, { text: 'Done.' }],
  both: [{ text: 'Looking.', calls }, { text: 'Done.' }],
  refusal: [{ refusal: 'I cannot help with that.' }],
  two: [{ choices: [{ text: 'one' }, { text: 'two', calls }] }],
  json: [{ text: '{"answer": 42}' }],
  limited: [{ status: 429, error: { message: 'slow down', code: 'rate_limit_exceeded' } }],
  retried: [{ status: 500, headers: { 'retry-after-ms': '1' } }, { text: 'At the second try.' }],
  failing: [{ status: 503, headers: { 'retry-after-ms': '1' } }],
  bad: [{ status: 400, error: { message: 'no such parameter', param: 'x', code: null } }],
  garbled: [{ body: '{"id": "x", "choices": [' }],
  empty: [{ body: '' }],
  cut: [{ text: 'This text never comes to its end, it is cut off.', cutAfter: 3 }],
  malformed: [{ text: 'A chunk in this stream is broken.', malformed: true }],
  stray: [{ text: 'Chunks without choices come between.', calls, strayChunks: true }],
  failed: [{ text: 'x', responseStatus: 'failed', responseError: { code: 'server_error', message: 'it broke' } }],
};

const WAYS = {
  await: (api, body) => api.create(body),
  twice: async (api, body) => {
    const promise = api.create(body);
    return [await promise, await promise, (await promise) === (await promise)];
  },
  withResponse: async (api, body) => {
    const { data, response, request_id } = await api.create(body).withResponse();
    return [data, response.status, request_id, [...response.headers.keys()].toSorted()];
  },
  asResponse: async (api, body) => {
    const response = await api.create(body).asResponse();
    return [response.status, await response.text(), response.bodyUsed];
  },
  both: async (api, body) => {
    const promise = api.create(body);
    const response = await promise.asResponse();
    return [response.headers.get('x-request-id'), await promise];
  },
  late: async (api, body) => {
    const promise = api.create(body);
    await sleep(200);
    return promise;
  },
  parse: (api, body) => (api.parse ?? api.create).call(api, body),
  parseWithResponse: async (api, body) => {
    const { data, request_id } = await (api.parse ?? api.create).call(api, body).withResponse();
    return [data, request_id];
  },
  finally: async (api, body) => {
    let ran = 0;
    const value = await api.create(body).finally(() => ran++);
    return [value, ran];
  },
  forgotten: async (api, body) => {
    api.create(body);
    await sleep(200);
    return 'not awaited';
  },
  shape: async (api, body) => {
    const promise = api.create(body);
    const shape = [Object.keys(promise), promise.constructor.name, promise instanceof Promise, Object.prototype.toString.call(promise)];
    await promise.catch(() => {});
    return shape;
  },
  stream: (api, body) => collect(api.create({ ...body, stream: true })),
  usage: (api, body) => collect(api.create({ ...body, stream: true, ...(body.messages && { stream_options: { include_usage: true } }) })),
  break: async (api, body) => {
    const stream = await api.create({ ...body, stream: true });
    const chunks = [];
    for await (const chunk of stream) {
      chunks.push(chunk);
      if (chunks.length === 2) break;
    }
    return [chunks, stream.controller.signal.aborted];
  },
  throwInside: async (api, body) => {
    for await (const chunk of await api.create({ ...body, stream: true })) throw new Error(`app error at ${typeof chunk}`);
  },
  again: async (api, body) => {
    const stream = await api.create({ ...body, stream: true });
    const first = await collect(stream);
    return [first, await collect(stream).catch((error) => String(error))];
  },
  tee: async (api, body) => {
    const [left, right] = (await api.create({ ...body, stream: true })).tee();
    return Promise.all([collect(left), collect(right)]);
  },
  readable: async (api, body) => new Response((await api.create({ ...body, stream: true })).toReadableStream()).text(),
  iterator: async (api, body) => {
    const iterator = (await api.create({ ...body, stream: true }))[Symbol.asyncIterator]();
    const steps = [await iterator.next(), await iterator.next()];
    return [steps, await iterator.return?.(), await iterator.next(), Object.prototype.toString.call(iterator), Object.keys(iterator)];
  },
  neverRead: async (api, body) => {
    const stream = await api.create({ ...body, stream: true });
    return [stream.constructor.name, Object.keys(stream).toSorted()];
  },
  abort: async (api, body) => {
    const controller = new AbortController();
    const promise = api.create(body, { signal: controller.signal });
    controller.abort();
    return promise;
  },
  abortStream: async (api, body) => {
    const stream = await api.create({ ...body, stream: true });
    const chunks = [];
    for await (const chunk of stream) {
      chunks.push(chunk);
      stream.controller.abort();
    }
    return chunks.length > 0;
  },
  helper: async (api, body, { helpers, isChat }) => {
    const events = [];
    const stream = (isChat ? helpers : api).stream(body);
    for await (const event of stream) events.push(event.type ?? event.object);
    return [events, isChat ? await stream.finalMessage() : await stream.finalResponse()];
  },
  runTools: async (api, body, { helpers, isChat }) => {
    if (!isChat) return 'chat only';
    const runner = helpers.runTools({ ...body, tools: tools() });
    const seen = [];
    runner.on('functionToolCallResult', (result) => seen.push(result)).on('functionCallResult', (result) => seen.push(result));
    return [await runner.finalContent(), seen, runner.messages];
  },
  runToolsStream: async (api, body, { helpers, isChat }) => {
    if (!isChat) return 'chat only';
    const runner = helpers.runTools({ ...body, stream: true, tools: tools() });
    return [await runner.finalContent(), runner.messages];
  },
  others: async (api, body, { client }) => {
    const embedded = await client.embeddings.create({ model: 'e', input: ['a', 'b'] });
    return [embedded.data.length, embedded.data[0].embedding, Object.keys(client.chat.completions), typeof client.models.list];
  },
};

function tools() {
  const holder = {
    name: 'look_up',
    description: 'Looks a key up',
    parameters: { type: 'object', properties: { key: { type: 'string' } } },
    parse: JSON.parse,
    greeting: 'found',
    function({ key }) {
      if (key === 'gamma') throw new Error('no such key');
      return { said: this.greeting, key };
    },
  };
  return [{ type: 'function', function: holder }];
}

async function collect(stream) {
  const chunks = [];
  for await (const chunk of await stream) chunks.push(chunk);
  return chunks;
}

const rejections = [];
process.on('unhandledRejection', (reason) => rejections.push(`${reason?.constructor?.name}: ${reason?.message}`));
console.error = () => {};

const results = [];
for (let i = 0; i < count; i++) {
  if (only !== undefined && i !== Number(only)) continue;
  const { pick } = generator(i + 1);
  const names = Object.keys(WAYS);
  // Every way comes up in turn; what it meets is drawn.
  const [way, kind, major, isChat] = [names[i % names.length], pick(Object.keys(REPLIES)), pick([4, 5, 6, 7]), pick([true, true, false])];
  replies.set(String(i), structuredClone(REPLIES[kind]));
  const { default: OpenAI } = await import(`openai${major}`);
  const client = instrument(
    new OpenAI({ apiKey: 'k', baseURL: server.url, maxRetries: 1, timeout: 5000, defaultHeaders: { 'x-scenario': String(i) } }),
  );
  const body = isChat ? { model: 'm', messages: [{ role: 'user', content: `Question ${i}` }] } : { model: 'm', input: `Question ${i}` };
  const helpers = major === 4 ? client.beta.chat.completions : client.chat.completions;
  let outcome;
  try {
    outcome = { value: await WAYS[way](isChat ? client.chat.completions : client.responses, body, { helpers, isChat, client }) };
  } catch (error) {
    outcome = {
      error: [
        error.constructor.name,
        error.message,
        error.status,
        error.code,
        error.requestID ?? error.request_id,
        Object.keys(error).toSorted(),
      ],
    };
  }
  await sleep(5);
  results.push({ i, way, kind, major, api: isChat ? 'chat' : 'responses', outcome, rejections: rejections.splice(0) });
}
await server.close();
check();
// Request ids count all requests; what matters is that there is one.
process.stdout.write(`${results.map((result) => JSON.stringify(result).replaceAll(/(?:req|resp)_\d+/gu, '$n')).join('\n')}\n`);
process.exit();
