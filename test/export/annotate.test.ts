import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { annotateTraces } from '../../src/export/annotate.ts';
import { endpointOf, sendOtlp } from '../../src/export/send-otlp.ts';
import { analyze } from '../../src/index.ts';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const booking = fileURLToPath(new URL('../../fixtures/booking/traces.jsonl', import.meta.url));

interface OtlpSpan {
  traceId: string;
  spanId: string;
  name: string;
  startTimeUnixNano: string;
  attributes: { key: string; value: Record<string, unknown> }[];
  events: { name: string; timeUnixNano: string }[];
  links: { attributes: { key: string }[] }[];
  [field: string]: unknown;
}

const spansIn = (requests: { resourceSpans: { scopeSpans: { spans: unknown[] }[] }[] }[]): OtlpSpan[] =>
  requests.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans as OtlpSpan[])),
  );

async function annotate(...inputs: string[]) {
  const requests = [];
  const problems: string[] = [];
  for await (const request of annotateTraces(inputs, {
    reading: { onProblem: ({ reason }) => problems.push(reason) },
    now: 1_780_000_000_000,
  })) {
    requests.push(request);
  }
  return { requests, spans: spansIn(requests), problems };
}

function inFile(name: string, text: string | Buffer): string {
  const file = join(mkdtempSync(join(tmpdir(), 'fanlight-annotate-')), name);
  writeFileSync(file, text);
  return file;
}

const valueOf = ({ attributes }: OtlpSpan, key: string) =>
  Object.values(attributes.find((attribute) => attribute.key === key)?.value ?? {})[0];

describe('spans', () => {
  test('keep their ids, times, attributes, resources; verdicts, findings and links are added', async () => {
    const before = readFileSync(booking, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as never);
    const { spans, requests } = await annotate(booking);
    const originals = new Map(spansIn(before).map((span) => [`${span.traceId}/${span.spanId}`, span]));
    expect(spans).toHaveLength(originals.size);
    for (const span of spans) {
      const original = originals.get(`${span.traceId}/${span.spanId}`);
      expect(span).toMatchObject({
        ...original,
        attributes: expect.arrayContaining(original?.attributes ?? []),
        events: expect.anything(),
        links: expect.anything(),
      });
      const added = span.attributes.slice(original?.attributes.length);
      expect(added.every(({ key }) => key.startsWith('fanlight.'))).toBe(true);
    }
    const resource = (list: unknown[]) =>
      JSON.stringify((list[0] as { resourceSpans: { resource: unknown }[] }).resourceSpans[0]?.resource);
    expect(resource(requests)).toBe(resource(before));
    const wasted = spans.filter((span) => valueOf(span, 'fanlight.verdict') === 'wasted');
    const calls = (await analyze(booking)).runs.flatMap((run) => run.calls);
    const judged = calls.flatMap(({ spanId, wasted: kind }) => (kind === null ? [] : [[spanId, kind]]));
    expect(wasted.map((span) => [span.spanId, valueOf(span, 'fanlight.wasted')]).toSorted()).toEqual(judged.toSorted());
    expect(wasted.every(({ events }) => events.some(({ name }) => name === 'fanlight.finding'))).toBe(true);
    expect(spans.flatMap(({ links }) => links).length).toBeGreaterThan(5);
  });

  test('annotated, they are analyzed as before, and can be annotated again', async () => {
    const once = await annotate(booking);
    const file = inFile('once.jsonl', once.requests.map((request) => JSON.stringify(request)).join('\n'));
    const runsOf = async (path: string) => (await analyze(path)).runs.map((run) => ({ ...run, source: undefined }));
    expect(await runsOf(file)).toEqual(await runsOf(booking));
    const twice = await annotate(file);
    const verdicts = (list: OtlpSpan[]) => list.map((span) => [span.spanId, valueOf(span, 'fanlight.verdict')]);
    expect(verdicts(twice.spans)).toEqual(verdicts(once.spans));
    const added = (list: OtlpSpan[]) => list.map(({ events, links }) => [events.length, links.length]);
    expect(added(twice.spans)).toEqual(added(once.spans));
  });

  test('in snake_case, with ids in base64, come out as OTLP JSON spells them', async () => {
    const span = {
      trace_id: Buffer.from('0af7651916cd43dd8448eb211c80319c', 'hex').toString('base64'),
      span_id: Buffer.from('b7ad6b7169203331', 'hex').toString('base64'),
      name: 'x',
      start_time_unix_nano: '1780000000000000000',
      end_time_unix_nano: '1780000001000000000',
      attributes: [{ key: 'a', value: { string_value: 'b' } }],
    };
    const file = inFile('snake.json', JSON.stringify({ resource_spans: [{ resource: {}, scope_spans: [{ spans: [span] }] }] }));
    expect((await annotate(file)).spans).toEqual([
      expect.objectContaining({
        traceId: '0af7651916cd43dd8448eb211c80319c',
        spanId: 'b7ad6b7169203331',
        startTimeUnixNano: '1780000000000000000',
        endTimeUnixNano: '1780000001000000000',
      }),
    ]);
  });
});

test('exports without spans are left out, with one line a file', async () => {
  const agents = ['clean', 'dependent'].map((name) =>
    fileURLToPath(new URL(`../../fixtures/interop/openai-agents-native/${name}.jsonl`, import.meta.url)),
  );
  const { spans, problems } = await annotate(booking, ...agents);
  expect(spans.length).toBeGreaterThan(0);
  expect(problems).toEqual(agents.map(() => expect.stringContaining('only spans can carry verdicts') as string));
});

test('of conversation logs spans are made, the same every time', async () => {
  const call = (id: string, slot: string) => ({
    id,
    type: 'function',
    function: { name: 'book', arguments: JSON.stringify({ slot_id: slot }) },
  });
  const conversation = {
    id: 'talk-1',
    messages: [
      { role: 'user', content: 'Book the first free slot.' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'list_slots', arguments: '{}' } }, call('c2', 'slot-guess')],
      },
      { role: 'tool', tool_call_id: 'c1', content: '{"slots":[{"slot_id":"slot-7731"}]}' },
      { role: 'tool', tool_call_id: 'c2', content: '{"error":"slot_not_found"}' },
      { role: 'assistant', content: null, tool_calls: [call('c3', 'slot-7731')] },
      { role: 'tool', tool_call_id: 'c3', content: '{"confirmation":"BK-4410"}' },
      { role: 'assistant', content: 'Booked, confirmation BK-4410.' },
    ],
  };
  const file = inFile('log.jsonl', JSON.stringify(conversation));
  const { spans } = await annotate(file);
  expect(spans.map(({ name }) => name)).toEqual([
    'chat',
    'execute_tool list_slots',
    'execute_tool book',
    'chat',
    'execute_tool book',
    'chat',
    'invoke_agent talk-1',
  ]);
  expect(spans.map((span) => valueOf(span, 'fanlight.wasted')).filter(Boolean)).toEqual(['superseded']);
  expect(valueOf(spans.at(-1) as OtlpSpan, 'fanlight.times')).toBe('made up');
  expect((await annotate(file)).spans).toEqual(spans);
  // What was made can be read again.
  const again = inFile('made.jsonl', JSON.stringify((await annotate(file)).requests[0]));
  const verdictsOf = async (path: string) => (await analyze(path)).runs.map(({ calls }) => calls.map(({ id, verdict }) => [id, verdict]));
  expect(await verdictsOf(again)).toEqual(await verdictsOf(file));
});

describe('sending', () => {
  async function endpoint(...statuses: number[]) {
    const bodies: string[] = [];
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      bodies.push(body);
      response.writeHead(statuses.shift() ?? 200, { 'retry-after': '0' }).end('no such tenant');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { to: endpointOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), bodies, close: () => server.close() };
  }

  test('tries again where the endpoint is busy', async () => {
    const { to, bodies, close } = await endpoint(503, 429);
    await sendOtlp(to, { resourceSpans: [] });
    expect(bodies).toHaveLength(3);
    close();
  });

  test.each([
    [401, /answered 401: no such tenant.*--header/u],
    [404, /OTLP\/HTTP port/u],
  ])('says what to do about %i', async (status, message) => {
    const { to, close } = await endpoint(status);
    await expect(sendOtlp(to, { resourceSpans: [] })).rejects.toThrow(message);
    close();
  });

  test('an address is an address', () => {
    expect(endpointOf('http://a:4318/').url).toBe('http://a:4318/v1/traces');
    expect(endpointOf('http://a:4318/otlp').url).toBe('http://a:4318/otlp/v1/traces');
    expect(endpointOf('http://me:secret@a:4318')).toEqual({
      url: 'http://a:4318/v1/traces',
      headers: { authorization: `Basic ${Buffer.from('me:secret').toString('base64')}` },
    });
    expect(() => endpointOf('localhost:4318')).toThrow('no address of OTLP over HTTP');
  });
});
