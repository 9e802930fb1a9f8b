import { describe, expect, test } from 'vitest';
import { analyze } from '../../src/analysis/analyze.ts';
import type { Report } from '../../src/analysis/report.ts';
import { removeCut } from '../../src/dialects/cut-content.ts';
import type { Span } from '../../src/dialects/span.ts';
import { serve, tempoOf } from './backend-servers.ts';
import { fileOf } from './support.ts';

type Json = Record<string, unknown>;

/** As Tempo stores a value and writes it as JSON: cut at so many bytes, half a character shown as U+FFFD. */
const cut = (value: string, limit: number): string => {
  const bytes = Buffer.from(value);
  return bytes.length <= limit ? value : bytes.subarray(0, limit).toString('utf8');
};

const text = (role: string, content: string): Json => ({ role, parts: [{ type: 'text', content }] });
const call = (id: string, name: string, args: Json): Json => ({ type: 'tool_call', id, name, arguments: args });
const result = (id: string, response: unknown): Json => ({ role: 'tool', parts: [{ type: 'tool_call_response', id, response }] });

const start = Date.now() - 60_000;
const traceId = 'ab'.repeat(16);
const ROOT = 'ce'.repeat(8);
const root = { traceId, spanId: ROOT, name: 'POST /trip', startTimeUnixNano: `${start}000000`, endTimeUnixNano: `${start + 9000}000000` };
let serial = 0;

function span(at: number, name: string, attributes: Json, limit: number): Json {
  serial += 1;
  return {
    traceId,
    spanId: serial.toString(16).padStart(16, '0'),
    parentSpanId: ROOT,
    name,
    startTimeUnixNano: `${start + at}000000`,
    endTimeUnixNano: `${start + at + 500}000000`,
    attributes: Object.entries(attributes).map(([key, value]) => ({
      key,
      value: { stringValue: cut(typeof value === 'string' ? value : JSON.stringify(value), limit) },
    })),
  };
}

const chat = (at: number, input: Json[], output: Json, limit: number, more: Json = {}): Json =>
  span(at, 'chat', { 'gen_ai.operation.name': 'chat', 'gen_ai.input.messages': input, 'gen_ai.output.messages': [output], ...more }, limit);
const tool = (at: number, id: string, name: string, args: Json, answer: unknown, limit: number): Json =>
  span(
    at,
    `execute_tool ${name}`,
    {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': name,
      'gen_ai.tool.call.id': id,
      'gen_ai.tool.call.arguments': args,
      'gen_ai.tool.call.result': answer,
    },
    limit,
  );

const weather = { city: 'Lisbon', sky: 'drizzle from the west', wind: 'Beaufort 4' };
const report = {
  museum: 'Tile Museum',
  notice: `closed for repairs; ${'the cloister is being restored. '.repeat(100)}ask for Mrs Quental`,
};

/** Two look-ups at once; one is used at once, the other, a long one, only in the last answer. */
function trip(limit: number): Json[] {
  const asked = text('user', 'What can I do in Lisbon today?');
  const calls = {
    role: 'assistant',
    parts: [call('c1', 'get_weather', { city: 'Lisbon' }), call('c2', 'get_museum', { name: 'Tile Museum' })],
  };
  const thinking = {
    role: 'assistant',
    parts: [{ type: 'text', content: 'It drizzles; one moment.' }, call('c3', 'get_trams', { line: 28 })],
  };
  const after = [asked, calls, result('c1', weather), result('c2', report)];
  return [
    chat(0, [asked], calls, limit),
    tool(600, 'c1', 'get_weather', { city: 'Lisbon' }, weather, limit),
    tool(600, 'c2', 'get_museum', { name: 'Tile Museum' }, report, limit),
    chat(2000, after, thinking, limit),
    tool(2600, 'c3', 'get_trams', { line: 28 }, { line: 28, next: '14:05' }, limit),
    chat(
      4000,
      [...after, thinking, result('c3', { line: 28, next: '14:05' })],
      text('assistant', 'Take tram 28 at 14:05 and ask for Mrs Quental.'),
      limit,
    ),
  ];
}

const verdicts = ({ runs }: Report): Record<string, string> =>
  Object.fromEntries(runs.flatMap(({ calls }) => calls.map(({ name, verdict, wasted }) => [name, wasted ?? verdict])));

async function fromTempo(spans: Json[]): Promise<Report> {
  const { url } = await serve(tempoOf([{ id: traceId, start, spans: [root, ...spans] }]));
  return analyze([], { reading: { backends: [{ kind: 'tempo', url, service: 'ferry' }] } });
}

describe('attributes cut at a limit', () => {
  test('whole, everything is used; cut by Tempo, nothing is wasted and the cure is told once', async () => {
    const whole = await fromTempo(trip(Infinity));
    expect(whole.problems).toEqual([]);
    expect(verdicts(whole)).toEqual({ get_weather: 'used', get_museum: 'used', get_trams: 'used' });

    const broken = await fromTempo(trip(2048));
    expect(broken.summary).toMatchObject({ toolCalls: 3, batches: 2, parallelBatches: 1, wastedCalls: 0, dependentCalls: 0 });
    expect(verdicts(broken)['get_museum']).toBe('unknown');
    expect(broken.problems).toEqual([
      {
        source: expect.stringMatching(/^http/u) as string,
        reason: expect.stringMatching(/^3 attribute values are cut off at 2,048 bytes.*distributor\.max_attribute_bytes/u) as string,
      },
    ]);
  });

  test('a file of the same spans says the same', async () => {
    const spans = trip(2048);
    const file = await analyze(fileOf(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [root, ...spans] }] }] })));
    expect(verdicts(file)).toEqual(verdicts(await fromTempo(spans)));
    expect(file.problems).toHaveLength(1);
  });

  test('at another limit the SDK is named', async () => {
    const { problems, summary } = await fromTempo(trip(1000));
    expect(problems.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/at 1,000 bytes.*OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT/u),
    ]);
    expect(summary.wastedCalls).toBe(0);
  });

  test('a result that is used where the trace does not tell is not unused', async () => {
    const asked = text('user', 'Compare the two.');
    const calls = { role: 'assistant', parts: [call('a', 'get_note', { id: 'lamps' }), call('b', 'list_permits', { quay: 'south' })] };
    const notes = {
      a: { title: 'Harbour lamps', owner: 'Zeferino Valadares' },
      b: [
        { permit: 'QP-5512', holder: 'Ludovina Sequeira', berth: 'pier of the salt barges' },
        { permit: 'QP-7730', holder: 'Baltasar Pimentel', berth: 'slip beside the rope works' },
      ],
    };
    const after = [asked, calls, result('a', notes.a), result('b', notes.b)];
    const first = {
      role: 'assistant',
      parts: [{ type: 'text', content: 'Harbour lamps is with Zeferino Valadares.' }, call('c', 'get_map', { of: 'quay' })],
    };
    const last = text(
      'assistant',
      `${'The map shows much. '.repeat(150)}Permit QP-5512 of Ludovina Sequeira is for the pier of the salt barges.`,
    );
    const run = (limit: number): Json[] => [
      chat(0, [asked], calls, limit),
      chat(2000, after, first, limit),
      chat(4000, [...after, first, result('c', 'x '.repeat(1500))], last, limit),
    ];
    expect(verdicts(await fromTempo(run(Infinity)))).toMatchObject({ get_note: 'used', list_permits: 'used' });
    expect(verdicts(await fromTempo(run(2048)))).toMatchObject({ get_note: 'used', list_permits: 'unknown' });
  });

  test('a chain of delta recording of which a link is cut', async () => {
    const delta = { 'fanlight.content': 'delta' };
    const asked = text('user', `Look. ${'Much to say. '.repeat(300)}`);
    const spans = [chat(0, [asked], { role: 'assistant', parts: [call('a', 'look', {})] }, 2048, delta)];
    spans.push(
      chat(2000, [result('a', 'seen')], text('assistant', 'Seen.'), 2048, {
        ...delta,
        'fanlight.input.base': spans[0]?.['spanId'],
        'fanlight.input.kept': '1',
        'fanlight.input.answer': '0',
      }),
    );
    const { problems, summary } = await fromTempo(spans);
    expect(problems.map(({ reason }) => reason)).toEqual([expect.stringContaining('one attribute value is cut off')]);
    expect(summary).toMatchObject({ turns: 2, wastedCalls: 0 });
  });
});

describe('what counts as cut', () => {
  const left = (attributes: Json, events: Span['events'] = []): Span => {
    const made: Span = {
      traceId,
      spanId: '1',
      name: '',
      attributes: { ...attributes },
      events,
      status: { code: 0 },
      droppedAttributes: 0,
      resource: {},
      place: { source: '' },
    };
    removeCut(made);
    return made;
  };
  const isKept = (key: string, value: unknown): boolean => left({ [key]: value }).attributes[key] === value;

  test('lists of messages that break off, at any length', () => {
    const list = JSON.stringify([text('user', 'a "quoted" \\ word')]);
    expect(isKept('gen_ai.input.messages', list)).toBe(true);
    for (let length = 1; length < list.length; length++) expect(isKept('gen_ai.input.messages', list.slice(0, length))).toBe(false);
    for (const value of ['', 'plain', '[redacted]', '[]', 7, null, [text('user', 'structured')]])
      expect(isKept('gen_ai.input.messages', value)).toBe(true);
  });

  test('results: JSON that breaks off at a usual limit, text of just the length at which Tempo cuts', () => {
    const json = `{"a":"${'x'.repeat(9000)}`;
    for (const length of [128, 1000, 1024, 2048, 4095, 4096, 5000, 8192])
      expect(isKept('gen_ai.tool.call.result', json.slice(0, length))).toBe(false);
    for (const length of [40, 127, 1001, 2050, 5500]) expect(isKept('gen_ai.tool.call.result', json.slice(0, length))).toBe(true);
    for (const length of [2047, 2049]) expect(isKept('gen_ai.tool.call.result', 'x'.repeat(length))).toBe(true);
    // At any other usual limit only where nothing in the span is longer.
    expect(isKept('gen_ai.tool.call.result', 'x'.repeat(4096))).toBe(false);
    const { attributes } = left({ 'gen_ai.tool.call.result': 'x'.repeat(4096), 'gen_ai.tool.description': 'x'.repeat(4097) });
    expect(attributes['gen_ai.tool.call.result']).toHaveLength(4096);
    expect(isKept('gen_ai.tool.call.result', 'x'.repeat(2048))).toBe(false);
    const accents = 'x'.repeat(2047) + 'é'.repeat(100);
    expect(isKept('gen_ai.tool.call.result', cut(accents, 2048))).toBe(false);
    expect(isKept('gen_ai.tool.call.result', `[INFO] ${'x'.repeat(1018)}`)).toBe(true);
  });

  test('instructions that are cut leave the input unknown: what they gave nobody else need have given', () => {
    const { attributes } = left({
      'gen_ai.system_instructions': 'x'.repeat(2048),
      'gen_ai.input.messages': [text('user', 'hi')],
      'gen_ai.output.messages': '[]',
    });
    expect(attributes).toEqual({
      'gen_ai.system_instructions': null,
      'gen_ai.input.messages': null,
      'gen_ai.output.messages': '[]',
    });
  });

  test('flattened messages and events are left out together', () => {
    const long = 'x'.repeat(2048);
    expect(
      left({ 'gen_ai.prompt.0.role': 'user', 'gen_ai.prompt.0.content': long, 'gen_ai.completion.0.content': 'hi' }).attributes,
    ).toEqual({
      'gen_ai.prompt.': null,
      'gen_ai.completion.0.content': 'hi',
    });
    const events = [
      { name: 'gen_ai.user.message', attributes: { content: 'hi' } },
      { name: 'gen_ai.tool.message', attributes: { content: long } },
      { name: 'gen_ai.client.operation.exception', attributes: { 'exception.message': long } },
    ];
    expect(left({}, events).events.map(({ name }) => name)).toEqual(['gen_ai.client.operation.exception']);
  });

  test('values of OpenInference that say that they are JSON, at any length', () => {
    const type = { 'input.mime_type': 'application/json' };
    expect(left({ ...type, 'input.value': '{"pier":"We' }).attributes).toEqual({ ...type, 'input.value': null });
    expect(isKept('output.value', '{"pier":"We')).toBe(true);
    expect(isKept('output.value', 'x'.repeat(2048))).toBe(false);
    expect(left({ 'llm.input_messages.0.message.content': 'x'.repeat(2048) }).attributes).toEqual({ 'llm.input_messages.': null });
  });
});

test('attributes that the SDK dropped are told once a source, with the setting that cures it', async () => {
  const made = span(0, 'llm', { 'openinference.span.kind': 'LLM', 'llm.model_name': 'm' }, Infinity);
  const lost = [made, span(9, 'GET', { 'http.method': 'GET' }, Infinity)].map((each) => ({ ...each, droppedAttributesCount: 7 }));
  const { problems } = await analyze(fileOf(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: lost }] }] })));
  expect(problems.map(({ reason }) => reason)).toEqual([
    expect.stringMatching(/^one span has lost attributes.*OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT \(128 unless set\)/u),
  ]);
});
