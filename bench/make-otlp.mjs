// Makes an OTLP JSON Lines file of any size, as the Collector's file exporter writes them: synthetic agents of
// 3 to 12 turns with 1 to 4 parallel calls each, GenAI spans with the whole history in every model call, spans
// of a run spread over lines and interleaved with other runs. Seeded: the same size gives the same file.
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

export async function makeOtlp(file, bytes) {
  const random = seeded(20261124);
  const out = createWriteStream(file);
  const open = [];
  let written = 0;
  let serial = 0;
  while (written < bytes || open.length > 0) {
    const room = written < bytes ? 20 - open.length : 0;
    for (let i = 0; i < room; i++) open.push(agentRun((serial += 1), random));
    const at = Math.floor(random() * open.length);
    const next = open[at].next();
    if (next.done) {
      open.splice(at, 1);
      continue;
    }
    const line = `${JSON.stringify(request(next.value))}\n`;
    written += line.length;
    if (!out.write(line)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  return { bytes: written, runs: serial };
}

function* agentRun(serial, random) {
  const hex = (n) => Array.from({ length: n }, () => Math.floor(random() * 16).toString(16)).join('');
  const words = [
    'amber',
    'basin',
    'cedar',
    'delta',
    'ember',
    'fjord',
    'grove',
    'haven',
    'inlet',
    'jetty',
    'knoll',
    'larch',
    'meadow',
    'north',
    'orchard',
    'pine',
  ];
  const word = () => words[Math.floor(random() * words.length)];
  const sentence = (n) => Array.from({ length: n }, word).join(' ');
  const traceId = hex(32);
  const root = hex(16);
  let now = 1_764_000_000_000 + serial * 1000;
  const start = now;
  const messages = [
    { role: 'system', parts: [{ type: 'text', content: `You keep the ledger of ${word()} harbour. ${sentence(120)}` }] },
    { role: 'user', parts: [{ type: 'text', content: `Please look after berth ${serial}: ${sentence(20)}` }] },
  ];
  const turns = 3 + Math.floor(random() * 10);
  for (let turn = 0; turn < turns; turn++) {
    const isLast = turn === turns - 1;
    const calls = isLast
      ? []
      : Array.from({ length: 1 + Math.floor(random() * 4) }, () => ({
          id: `call_${hex(20)}`,
          name: `${word()}_lookup`,
          arguments: { berth: String(serial), key: hex(8) },
        }));
    const output = [
      {
        role: 'assistant',
        parts: isLast ? [{ type: 'text', content: `Done: ${sentence(30)}` }] : calls.map((call) => ({ type: 'tool_call', ...call })),
      },
    ];
    const end = now + 400 + Math.floor(random() * 800);
    yield span(traceId, hex(16), root, 'chat demo-model', now, end, {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'demo-model',
      'gen_ai.input.messages': JSON.stringify(messages),
      'gen_ai.output.messages': JSON.stringify(output),
      'gen_ai.usage.input_tokens': 100 + turn * 50,
      'gen_ai.usage.output_tokens': 40,
    });
    now = end;
    messages.push(...output);
    const results = calls.map((call) => ({
      ...call,
      result: JSON.stringify({ [`${word()}_id`]: hex(10), amount: Math.floor(random() * 1e6) / 100, note: sentence(40) }),
      ms: 100 + Math.floor(random() * 900),
    }));
    for (const call of results) {
      yield span(traceId, hex(16), root, `execute_tool ${call.name}`, now, now + call.ms, {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': call.name,
        'gen_ai.tool.call.id': call.id,
        'gen_ai.tool.call.arguments': JSON.stringify(call.arguments),
        'gen_ai.tool.call.result': call.result,
      });
    }
    if (results.length > 0) {
      now += Math.max(...results.map((call) => call.ms));
      messages.push({ role: 'tool', parts: results.map((call) => ({ type: 'tool_call_response', id: call.id, response: call.result })) });
    }
  }
  yield span(traceId, root, '', 'invoke_agent ledger', start, now, {
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': 'ledger',
  });
}

const span = (traceId, spanId, parentSpanId, name, start, end, attributes) => ({
  traceId,
  spanId,
  parentSpanId,
  name,
  kind: 1,
  startTimeUnixNano: `${start}000000`,
  endTimeUnixNano: `${end}000000`,
  attributes: Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
  })),
  status: {},
});

const request = (one) => ({
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'bench' } }] },
      scopeSpans: [{ scope: { name: 'bench' }, spans: [one] }],
    },
  ],
});

/** mulberry32, a small seeded generator. */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
