// CPU that tracing adds to one call of the `openai` client: the bare client against fanlight in every mode and against
// the other instrumentations, interleaved in one process, the network stubbed by the client's `fetch` option. Every
// variant has a copy of `openai` to itself, and spans go to an exporter that drops them. Peers are installed into
// .bench/peers once, pinned below.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const PEERS = {
  openai: '6.49.0',
  '@opentelemetry/api': '1.9.1',
  '@opentelemetry/sdk-trace-base': '2.12.1',
  '@opentelemetry/instrumentation': '0.223.0',
  '@arizeai/openinference-instrumentation-openai': '4.2.7',
  '@traceloop/instrumentation-openai': '0.27.0',
  // 0.22 wants Node 22.15; what it does to a call is the same.
  '@opentelemetry/instrumentation-openai': '0.21.0',
  '@langfuse/openai': '5.11.1',
  '@langfuse/tracing': '5.11.1',
};
const MODES = ['off', 'full', 'delta', 'fingerprint'];
const ROUNDS = 61;
/** Rounds before, for the compiler. */
const WARM = 8;

const folder = join(import.meta.dirname, '../.bench/peers');

export async function overhead() {
  install();
  const require = createRequire(join(folder, 'package.json'));
  const load = async (name) => import(pathToFileURL(require.resolve(name)).href);
  const sdk = await load('@opentelemetry/sdk-trace-base');
  const api = await load('@opentelemetry/api');
  const sink = { bytes: 0, spans: 0 };
  const provider = new sdk.BasicTracerProvider({ spanProcessors: [counting(sink)] });
  api.trace.setGlobalTracerProvider(provider);
  const variants = await makeVariants(load, provider, api);

  console.log(`CPU a call, Node ${process.version}: median of ${ROUNDS} interleaved rounds; in brackets, times the bare client`);
  for (const scenario of scenarios()) {
    const spans = await spansOf(variants, scenario, sink);
    const times = await measure(variants, scenario);
    const bare = times.get('bare');
    console.log(`\n${scenario.name}`);
    for (const [name, ms] of times) {
      console.log(
        `  ${name.padEnd(24)}${(ms * 1000).toFixed(0).padStart(7)} µs  (${(ms / bare).toFixed(2)})${name !== 'bare' && spans.get(name) !== 1 ? `  ${spans.get(name)} spans a call` : ''}`,
      );
    }
  }

  const turns = conversation(100);
  const size = JSON.stringify(turns).length;
  console.log(`\nbytes recorded over one conversation of 100 turns (${(size / 1000).toFixed(0)} KB itself)`);
  for (const variant of variants) {
    if (variant.name === 'bare') continue;
    sink.bytes = 0;
    for (let end = 2; end <= turns.length; end += 2) {
      await variant.call(turns.slice(0, end - 1), { ...answer, choices: [{ ...answer.choices[0], message: turns[end - 1] }] });
    }
    console.log(
      `  ${variant.name.padEnd(24)}${(sink.bytes / 1000).toFixed(0).padStart(7)} KB  (${(sink.bytes / size).toFixed(1)} times the conversation)`,
    );
  }
}

function install() {
  mkdirSync(folder, { recursive: true });
  const manifest = JSON.stringify({ private: true, type: 'module', dependencies: PEERS });
  const file = join(folder, 'package.json');
  if (existsSync(join(folder, 'node_modules')) && existsSync(file) && readFileSync(file, 'utf8') === manifest) return;
  writeFileSync(file, manifest);
  console.log('installing the peers into .bench/peers');
  execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' });
}

/** Counts what an exporter would have to send, and keeps nothing. */
const counting = (sink) => ({
  onStart() {},
  onEnd(span) {
    sink.spans += 1;
    for (const value of Object.values(span.attributes))
      sink.bytes += typeof value === 'string' ? value.length : JSON.stringify(value).length;
    for (const event of span.events) sink.bytes += JSON.stringify(event.attributes ?? {}).length;
  },
  forceFlush: async () => {},
  shutdown: async () => {},
});

/** A class of its own for each variant: what is patched on one is not on the others. */
async function ownOpenAI(name) {
  const copy = join(folder, 'copies', name, 'node_modules/openai');
  if (!existsSync(copy)) cpSync(join(folder, 'node_modules/openai'), copy, { recursive: true });
  return import(pathToFileURL(join(copy, 'index.mjs')).href);
}

async function makeVariants(load, provider, api) {
  const { instrumentOpenAI } = await import('../dist/instrumentation/index.js');
  const variants = [
    variant('bare', (await ownOpenAI('bare')).default, (client) => client),
    variant("the SDK's span alone", (await ownOpenAI('span')).default, (client) => spanAround(client, provider.getTracer('bench'))),
  ];
  const without = { tracerProvider: new api.ProxyTracerProvider() };
  variants.push(variant('fanlight without an SDK', (await ownOpenAI('without')).default, (client) => instrumentOpenAI(client, without)));
  for (const content of MODES) {
    const { default: OpenAI } = await ownOpenAI(content);
    variants.push(variant(`fanlight ${content}`, OpenAI, (client) => instrumentOpenAI(client, { content, tracerProvider: provider })));
  }
  process.env.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT = 'true';
  const openinference = await ownOpenAI('openinference');
  const { OpenAIInstrumentation } = await load('@arizeai/openinference-instrumentation-openai');
  new OpenAIInstrumentation({ tracerProvider: provider }).manuallyInstrument(openinference.default);
  variants.push(variant('OpenInference', openinference.default, (client) => client));

  const traceloop = await ownOpenAI('traceloop');
  const { OpenAIInstrumentation: Traceloop } = await load('@traceloop/instrumentation-openai');
  const instrumentation = new Traceloop({ traceContent: true });
  instrumentation.setTracerProvider(provider);
  instrumentation.manuallyInstrument(traceloop.default);
  variants.push(variant('Traceloop', traceloop.default, (client) => client));

  const contrib = await ownOpenAI('contrib');
  const { OpenAIInstrumentation: Contrib } = await load('@opentelemetry/instrumentation-openai');
  const official = new Contrib({ captureMessageContent: true });
  official.setTracerProvider(provider);
  official.setMeterProvider(api.metrics.getMeterProvider());
  for (const definition of [official.init()].flat()) definition.patch?.({ OpenAI: contrib.default }, PEERS.openai);
  variants.push(variant('OTel contrib', contrib.default, (client) => client));

  const langfuse = await ownOpenAI('langfuse');
  const { observeOpenAI } = await load('@langfuse/openai');
  variants.push(variant('Langfuse', langfuse.default, (client) => observeOpenAI(client)));
  return variants;
}

/** The least that any instrumentation does: a span with a dozen attributes, observing nothing. */
function spanAround(client, tracer) {
  const { completions } = client.chat;
  const create = completions.create.bind(completions);
  completions.create = (...args) => {
    const span = tracer.startSpan('chat gpt-5-mini', {
      kind: 2,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-5-mini',
        'server.address': 'api.openai.com',
        'server.port': 443,
        'openai.api.type': 'chat_completions',
      },
    });
    span.setAttributes({
      'gen_ai.response.model': 'gpt-5-mini',
      'gen_ai.response.id': 'chatcmpl-1',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': 900,
      'gen_ai.usage.output_tokens': 60,
    });
    span.end();
    return create(...args);
  };
  return client;
}

function variant(name, OpenAI, instrument) {
  let response;
  const fetch = async () => response();
  const client = instrument(new OpenAI({ apiKey: 'none', baseURL: 'https://api.openai.com/v1', maxRetries: 0, fetch }));
  return {
    name,
    async call(messages, body = answer) {
      response = () => new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } });
      await client.chat.completions.create({ model: 'gpt-5-mini', messages });
    },
    async stream(messages) {
      response = () => new Response(chunks, { headers: { 'content-type': 'text/event-stream' } });
      for await (const chunk of await client.chat.completions.create({ model: 'gpt-5-mini', messages, stream: true })) void chunk;
    },
  };
}

const usage = { prompt_tokens: 900, completion_tokens: 60, total_tokens: 960 };
const answer = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-5-mini',
  choices: [
    {
      index: 0,
      finish_reason: 'stop',
      message: { role: 'assistant', content: 'It sails at 22:40 from pier Q-3, and a berth costs 38.25.' },
    },
  ],
  usage,
};
const chunk = (delta, finish_reason = null) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'gpt-5-mini', choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
const chunks = `${Array.from({ length: 199 }, (_, i) => chunk({ content: ` word${i}` })).join('')}${chunk({}, 'stop')}data: [DONE]\n\n`;

/** A user's word and the agent's, `turns` times, about a kilobyte each. */
function conversation(turns, characters = 1000) {
  return Array.from({ length: 2 * turns }, (_, i) => ({
    role: i % 2 === 0 ? 'user' : 'assistant',
    content: `${i} ${'the ferry leaves the pier at noon and the berth is paid. '.repeat(characters / 57)}`,
  }));
}

function scenarios() {
  const short = conversation(3, 300).slice(0, 5);
  const long = conversation(101).slice(0, 201).slice(-199);
  long.unshift({ role: 'system', content: 'You keep the harbour.' });
  return [
    { name: '5 messages, plain', messages: short, way: 'call', calls: 150 },
    { name: '5 messages, a stream of 200 chunks', messages: short, way: 'stream', calls: 12 },
    { name: `200 messages (${(JSON.stringify(long).length / 1000).toFixed(0)} KB), plain`, messages: long, way: 'call', calls: 40 },
    { name: '200 messages, plain, the history made anew for every call', messages: long, way: 'call', calls: 40, isFresh: true },
    { name: '200 messages, a stream of 200 chunks', messages: long, way: 'stream', calls: 10 },
  ];
}

/** How many spans each variant makes of one call: one that makes none is no comparison. */
async function spansOf(variants, { messages, way }, sink) {
  const spans = new Map();
  for (const { name, [way]: run } of variants) {
    sink.spans = 0;
    await run(messages);
    await new Promise(setImmediate);
    spans.set(name, sink.spans);
  }
  return spans;
}

/** The turn before, so that what is recorded once a conversation has been. */
async function prime({ call }, { messages }) {
  const last = messages.findLastIndex((message) => message.role === 'assistant');
  await call(messages.slice(0, last), { ...answer, choices: [{ ...answer.choices[0], message: messages[last] }] });
}

/**
 * Median CPU milliseconds a call, by variant. Every round runs all variants in an order of its own, and what one leaves
 * behind in the young generation is collected before the next.
 */
async function measure(variants, scenario) {
  const { messages, way, calls, isFresh } = scenario;
  const times = new Map(variants.map(({ name }) => [name, []]));
  const shuffle = shuffler();
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  for (let round = -WARM; round < ROUNDS; round++) {
    for (const variant of shuffle(variants)) {
      const { name, [way]: run } = variant;
      await prime(variant, scenario);
      const histories = Array.from({ length: calls }, () => (isFresh ? structuredClone(messages) : messages));
      collect({ type: 'minor' });
      const before = process.cpuUsage();
      for (const history of histories) await run(history);
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) times.get(name).push((user + system) / 1000 / calls);
    }
  }
  return new Map([...times].map(([name, list]) => [name, list.toSorted((a, b) => a - b)[list.length >> 1]]));
}

/** The same orders in every run. */
function shuffler(seed = 7) {
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  return (list) =>
    list
      .map((item) => [random(), item])
      .toSorted(([a], [b]) => a - b)
      .map(([, item]) => item);
}
