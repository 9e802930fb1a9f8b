import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { instrumentOpenAI, withRun, withToolCall, type InstrumentationOptions } from '../../instrumentation/index.ts';
import { checkMessages } from '../support/message-schemas.mjs';
import { openai, type Client } from '../support/openai-clients.ts';
import { startOpenAIServer } from '../support/openai-server.mjs';
import { startTracing, type Tracing } from '../support/tracing.ts';

let tracing: Tracing;
let server: Awaited<ReturnType<typeof startOpenAIServer>>;
let replies: Record<string, unknown>[];

beforeAll(async () => {
  tracing = startTracing();
  server = await startOpenAIServer(() => replies.shift() ?? { text: 'done' });
});
afterAll(() => server.close());
beforeEach(() => tracing.reset());

async function newClient(options: InstrumentationOptions): Promise<Client> {
  const { default: OpenAI } = await openai(6);
  return instrumentOpenAI(new OpenAI({ apiKey: 'test', baseURL: server.url, maxRetries: 0 }), {
    tracerProvider: tracing.provider,
    ...options,
  });
}

/** How many message attributes there are so far; all of them are what the conventions' schemas allow. */
function validate(): number {
  const checked = tracing.spans().map(({ attributes }) => checkMessages(attributes));
  expect(checked.flatMap(({ violations }) => violations)).toEqual([]);
  return checked.reduce((sum, { count }) => sum + count, 0);
}

const call = (id: string, name: string, args: unknown) => ({ id, type: 'function', function: { name, arguments: JSON.stringify(args) } });
const tools = [
  {
    type: 'function',
    function: {
      name: 'find_person',
      description: 'Finds a person',
      parameters: { type: 'object', properties: { name: { type: 'string' } } },
    },
  },
];

/** Everything that a message can hold. */
const messages = [
  { role: 'developer', content: 'Be careful.' },
  {
    role: 'user',
    name: 'Kim',
    content: [
      { type: 'text', text: 'Who is this?' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
      { type: 'image_url', image_url: { url: 'https://example.org/a.png' } },
      { type: 'input_audio', input_audio: { data: 'BBBB', format: 'wav' } },
      { type: 'file', file: { file_id: 'file_1' } },
    ],
  },
  { role: 'assistant', content: null, tool_calls: [call('call_1', 'find_person', { name: 'Kim' }), call('call_2', 'find_person', {})] },
  { role: 'tool', tool_call_id: 'call_1', content: '{"email":"kim@example.org"}' },
  { role: 'tool', tool_call_id: 'call_2', content: [{ type: 'text', text: 'nobody' }] },
  { role: 'assistant', content: 'Kim.', refusal: null },
  { role: 'user', content: 'And now?' },
];

describe.each(['full', 'delta', 'fingerprint'] as const)('content %s', (content) => {
  test('validates against the schemas of the conventions', async () => {
    const client = await newClient({ content });
    replies = [
      { text: 'Well.', calls: [{ id: 'call_9', name: 'find_person', arguments: { name: 'Lee' } }] },
      { refusal: 'No.' },
      { text: 'a', reasoning: 'b' },
      { calls: [{ id: 'c', name: 'n', arguments: 'not json' }] },
    ];
    await client.chat.completions.create({ model: 'm', messages, tools });
    await client.chat.completions.create({ model: 'm', messages: [...messages, { role: 'assistant', content: 'Hm.' }] });
    const items = [
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'x' },
          { type: 'input_image', image_url: 'https://example.org/b.png' },
        ],
      },
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'thinking' }] },
      { type: 'function_call', call_id: 'call_3', name: 'find_person', arguments: '{}' },
      { type: 'function_call_output', call_id: 'call_3', output: 'nobody' },
      { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { query: 'kim' } },
      { type: 'item_reference', id: 'x' },
    ];
    await client.responses.create({
      model: 'm',
      input: items,
      instructions: 'Brief.',
      tools: [{ type: 'web_search' }, { type: 'function', name: 'f', parameters: {} }],
    });
    await client.responses.create({ model: 'm', input: 'just text' });
    expect(validate()).toBeGreaterThanOrEqual(11);
  });
});

test('full: messages that the app sends again are recorded as they are by then', async () => {
  const client = await newClient({ content: 'full' });
  replies = [{ text: 'a' }, { text: 'b' }, { text: 'c' }, { text: 'd' }];
  const part = { type: 'text', text: 'two' };
  const history: { role: string; content: unknown }[] = [
    { role: 'user', content: 'one' },
    { role: 'user', content: [part] },
  ];
  const recorded = async (): Promise<string> => {
    await client.chat.completions.create({ model: 'm', messages: history });
    const spans = tracing.of('chat');
    return (JSON.parse(String(spans.at(-1)?.attributes['gen_ai.input.messages'])) as { parts: { content: string }[] }[])
      .flatMap(({ parts }) => parts.map(({ content }) => content))
      .join(' ');
  };
  expect(await recorded()).toBe('one two');
  expect(await recorded()).toBe('one two');
  part.text = 'changed';
  expect(await recorded()).toBe('one changed');
  history.push({ role: 'assistant', content: 'three' });
  expect(await recorded()).toBe('one changed three');
});

describe('redaction', () => {
  /** Card numbers by their look, e-mails by where they stand. */
  const redact = (value: unknown, path: string): unknown => {
    if (path.endsWith('.email')) return '[email]';
    return typeof value === 'string' ? value.replaceAll(/\d{4}-\d{4}/gu, '[card]') : value;
  };

  test.each(['full', 'delta'] as const)('reaches every place a value stands (%s)', async (content) => {
    const client = await newClient({ content, redact });
    replies = [
      { calls: [{ id: 'call_r', name: 'find_person', arguments: { email: 'lee@example.org', card: '1234-5678' } }] },
      { text: 'Paid with 1234-5678.' },
    ];
    await withRun({ name: 'pay', telemetry: { tracerProvider: tracing.provider, content, redact } }, async () => {
      const history: unknown[] = [{ role: 'user', content: 'Pay with 1234-5678' }];
      const { message } = (await client.chat.completions.create({ model: 'm', messages: history })).choices[0];
      const result = await withToolCall(message.tool_calls[0], async () => ({ email: 'lee@example.org', card: '1234-5678' }));
      await expect(
        withToolCall({ id: 'call_s', name: 'pay' }, async () => Promise.reject(new Error('card 1234-5678 refused'))),
      ).rejects.toThrow('1234-5678');
      history.push(message, { role: 'tool', tool_call_id: 'call_r', content: JSON.stringify(result) });
      await client.chat.completions.create({ model: 'm', messages: history });
    });
    const recorded = JSON.stringify(tracing.spans().map(({ name, attributes, events, status }) => ({ name, attributes, events, status })));
    expect(recorded).not.toMatch(/lee@example|1234-5678/u);
    // In the tool's arguments and result, and again in the messages: the same values redacted alike.
    expect(recorded.match(/\[email\]/gu)?.length).toBeGreaterThanOrEqual(content === 'full' ? 5 : 4);
    expect(recorded).toContain('card [card] refused');
  });
});

describe('the size limit', () => {
  test('cuts texts between characters, marks what is cut, and leaves JSON whole', async () => {
    const client = await newClient({ content: 'full', maxAttributeLength: 500 });
    replies = [{ text: '😀'.repeat(2000) }];
    await client.chat.completions.create({
      model: 'm',
      messages: [
        { role: 'user', content: 'x'.repeat(5000) },
        { role: 'user', content: 'short' },
      ],
    });
    const [span] = tracing.of('chat');
    const input = JSON.parse(String(span?.attributes['gen_ai.input.messages']));
    expect(input).toHaveLength(2);
    expect(input[0].parts[0].content).toMatch(/^x+… \[cut: \d+ more characters\]$/u);
    expect(input[1].parts[0].content).toBe('short');
    expect(String(span?.attributes['gen_ai.output.messages'])).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/u);
    expect(span?.attributes['fanlight.cut']).toEqual(['gen_ai.input.messages', 'gen_ai.output.messages']);
    expect(validate()).toBe(2);
  });
});

describe('errors and content', () => {
  test('off: neither messages nor the texts of errors, which quote them', async () => {
    const client = await newClient({ content: 'off' });
    replies = [{ status: 400, error: { message: 'the value "secret" is not allowed', code: null } }];
    await expect(client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'secret' }], tools })).rejects.toThrow(
      'secret',
    );
    expect(JSON.stringify(tracing.spans().map(({ attributes, status, events }) => ({ attributes, status, events })))).not.toContain(
      'secret',
    );
  });
});
