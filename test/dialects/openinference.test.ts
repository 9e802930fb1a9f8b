import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyzeRun } from '../../src/analysis/analyze-run.ts';
import { openInference } from '../../src/dialects/openinference.ts';
import type { Span } from '../../src/dialects/span.ts';
import type { ModelCall, Observation } from '../../src/model/observation.ts';
import { rebuildRuns } from '../../src/model/rebuild/index.ts';
import { call, result, span, text } from './span.ts';

type Attributes = Record<string, unknown>;

const of = (kind: string, attributes: Attributes, more: Partial<Span> = {}): Span =>
  span({ 'openinference.span.kind': kind, ...attributes }, more);
const read = (made: Span): Observation | undefined => openInference.read(made, []);
const model = (attributes: Attributes, more: Partial<Span> = {}): Observation | undefined => read(of('LLM', attributes, more));
const tool = (attributes: Attributes, more: Partial<Span> = {}): Observation | undefined =>
  read(of('TOOL', attributes, { name: 'read_tide', ...more }));

const json = (value: unknown): string => JSON.stringify(value);
const says = (role: string, ...parts: object[]): object => ({ role, parts });
const answers = (...parts: object[]): object => ({ role: 'assistant', choice: 0, parts });

const wireCall = (id: string, name: string, args: object): object => ({ id, type: 'function', function: { name, arguments: json(args) } });
const item = (id: string, name: string, args: object): object => ({
  id: `fc_${id}`,
  type: 'function_call',
  call_id: id,
  name,
  arguments: json(args),
});
const definition = { type: 'function', function: { name: 'read_tide', description: 'Water level at a pier' } };

describe('detect', () => {
  test.each<[string, Attributes, boolean]>([
    ['a span of any kind', { 'openinference.span.kind': 'CHAIN' }, true],
    ['a model call without a kind', { 'llm.model_name': 'a-model' }, true],
    ['its messages alone', { 'llm.output_messages.0.message.role': 'assistant' }, true],
    [
      'what was made of GenAI attributes that are still there',
      { 'openinference.span.kind': 'LLM', 'gen_ai.operation.name': 'chat' },
      false,
    ],
    ['input and output of whatever it may be', { 'input.value': '{}', 'output.value': '{}' }, false],
    ['nothing of all this', { 'http.method': 'GET' }, false],
  ])('%s', (_, attributes, expected) => {
    expect(openInference.detect({ attributes })).toBe(expected);
  });
});

describe('the JSON of request and answer', () => {
  test('of chat completions', () => {
    const request = {
      model: 'a-model',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Is the pier dry?' },
      ],
      tools: [definition],
    };
    const message = { role: 'assistant', content: null, tool_calls: [wireCall('t1', 'read_tide', { pier: 'West' })] };
    const usage = { prompt_tokens: 90, completion_tokens: 12, prompt_tokens_details: { cached_tokens: 64 } };
    const answer = { id: 'chatcmpl-1', object: 'chat.completion', model: 'a-model-2026', choices: [{ index: 0, message }], usage };
    expect(
      model(
        { 'input.value': json(request), 'output.value': json(answer), 'llm.system': 'openai', 'session.id': 'watch-1' },
        { start: 5, end: 9 },
      ),
    ).toMatchObject({
      kind: 'model',
      dialect: 'openinference',
      start: 5,
      end: 9,
      conversationId: 'watch-1',
      provider: 'openai',
      model: 'a-model-2026',
      responseId: 'chatcmpl-1',
      usage: { inputTokens: 90, outputTokens: 12, cachedInputTokens: 64 },
      tools: [{ name: 'read_tide', description: 'Water level at a pier' }],
      input: [says('system', text('Be brief.')), says('user', text('Is the pier dry?'))],
      output: [answers(call('t1', 'read_tide', { pier: 'West' }))],
    });
  });

  test('of a Responses call that goes on from another: one batch, and the ids that results name', () => {
    const request = {
      model: 'a-model',
      instructions: 'Be brief.',
      input: [{ type: 'function_call_output', call_id: 't0', output: 'dry' }],
    };
    const answer = {
      id: 'resp_2',
      object: 'response',
      previous_response_id: 'resp_1',
      output: [item('t1', 'read_tide', { pier: 'West' }), item('t2', 'read_tide', { pier: 'East' })],
      usage: { input_tokens: 40, output_tokens: 20, input_tokens_details: { cached_tokens: 0 } },
    };
    expect(model({ 'input.value': json(request), 'output.value': json(answer) })).toMatchObject({
      responseId: 'resp_2',
      previousResponseId: 'resp_1',
      usage: { inputTokens: 40, outputTokens: 20, cachedInputTokens: 0 },
      input: [says('system', text('Be brief.')), says('tool', result('t0', 'dry'))],
      output: [says('assistant', call('t1', 'read_tide', { pier: 'West' }), call('t2', 'read_tide', { pier: 'East' }))],
    });
  });

  test('of the Agents SDK: items in its own spelling, instructions beside them or in the answer', () => {
    const items = [
      { type: 'message', role: 'user', content: 'Is the pier dry?' },
      { type: 'function_call', id: 'fc_1', callId: 't1', name: 'read_tide', arguments: '{"pier":"West"}' },
      { type: 'function_call_result', callId: 't1', name: 'read_tide', output: { type: 'text', text: 'dry' } },
    ];
    const answer = { object: 'response', instructions: 'Be brief.', output: [{ type: 'message', role: 'assistant', content: 'Dry.' }] };
    const expected = [
      says('system', text('Be brief.')),
      says('user', text('Is the pier dry?')),
      says('assistant', call('t1', 'read_tide', { pier: 'West' })),
      says('tool', result('t1', 'dry')),
    ];
    expect(model({ 'input.value': json(items), 'output.value': json(answer) })).toMatchObject({ input: expected });
    expect(
      model({
        'input.value': json(items),
        'llm.input_messages.0.message.role': 'system',
        'llm.input_messages.0.message.content': 'Be brief.',
      }),
    ).toMatchObject({ input: expected });
  });

  test('of the Agents SDK: the answer in a list', () => {
    const completion = { object: 'chat.completion', choices: [{ message: { role: 'assistant', content: 'Dry.' } }] };
    expect(model({ 'output.value': json([completion]) })).toMatchObject({ output: [answers(text('Dry.'))] });
  });

  test('of LangChain, which has ids where the flattened messages have none', () => {
    const lc = (type: string, kwargs: object): object => ({ lc: 1, type: 'constructor', id: ['langchain_core', 'messages', type], kwargs });
    const messages = [
      [
        lc('SystemMessage', { content: 'Be brief.' }),
        lc('AIMessage', { content: '', tool_calls: [{ id: 't1', name: 'read_tide', args: { pier: 'West' } }] }),
        lc('ToolMessage', { content: 'sensor lost', tool_call_id: 't1', status: 'error' }),
      ],
    ];
    const said = lc('AIMessageChunk', { content: [{ type: 'text', text: 'No sensor.' }], tool_calls: [] });
    expect(
      model({
        'input.value': json({ messages }),
        'output.value': json({ generations: [[{ text: 'No sensor.', message: said }]] }),
        'llm.model_name': 'a-model',
        'llm.invocation_parameters': json({ tools: [definition] }),
        'llm.input_messages.0.message.role': 'system',
        'llm.input_messages.0.message.content': 'Be brief.',
      }),
    ).toMatchObject({
      model: 'a-model',
      tools: [{ name: 'read_tide' }],
      input: [
        says('system', text('Be brief.')),
        says('assistant', call('t1', 'read_tide', { pier: 'West' })),
        says('tool', { ...result('t1', 'sensor lost'), error: true }),
      ],
      output: [answers(text('No sensor.'))],
    });
  });

  test('of a response that is still being made is no answer', () => {
    expect(
      model({ 'llm.model_name': 'm', 'output.value': json({ object: 'response', status: 'in_progress', output: [] }) }),
    ).not.toHaveProperty('output');
  });

  test.each<[string, object]>([
    ['calls among the parts of the content', { messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1' }] }] }],
    ['the system prompt apart', { system: 'Be brief.', messages: [{ role: 'user', content: 'Dry?' }] }],
    ['parts', { messages: [{ role: 'user', parts: [{ text: 'Dry?' }] }] }],
    ['functions', { messages: [{ role: 'user', content: [{ functionResponse: {} }] }] }],
  ])('of another provider is left to the flattened messages: %s', (_, request) => {
    expect(
      model({
        'input.value': json(request),
        'llm.input_messages.0.message.role': 'user',
        'llm.input_messages.0.message.content': 'from beside',
      }),
    ).toMatchObject({ input: [says('user', text('from beside'))] });
  });
});

/** Messages as they are flattened, in the spelling of the specification. */
function flat(list: 'input' | 'output', messages: readonly Attributes[]): Attributes {
  return Object.fromEntries(
    messages.flatMap((message, i) => Object.entries(message).map(([key, value]) => [`llm.${list}_messages.${i}.message.${key}`, value])),
  );
}
const flatCall = (at: number, id: string | undefined, name: string, args: string): Attributes => ({
  [`tool_calls.${at}.tool_call.id`]: id,
  [`tool_calls.${at}.tool_call.function.name`]: name,
  [`tool_calls.${at}.tool_call.function.arguments`]: args,
});
const inputOf = (...messages: Attributes[]): unknown => (model({ 'llm.model_name': 'm', ...flat('input', messages) }) as ModelCall).input;
const outputOf = (...messages: Attributes[]): unknown =>
  (model({ 'llm.model_name': 'm', ...flat('output', messages) }) as ModelCall).output;

describe('flattened messages', () => {
  test('in any order of their keys', () => {
    const attributes = flat('input', [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', 'contents.0.message_content.type': 'text', 'contents.0.message_content.text': 'Dry?' },
      { role: 'assistant', ...flatCall(0, 't1', 'read_tide', '{"pier":"West"}'), ...flatCall(1, 't2', 'read_tide', '{"pier":"East"}') },
      { role: 'tool', tool_call_id: 't1', content: 'dry' },
      { role: 'tool', tool_call_id: 't2', content: 'wet' },
    ]);
    const reversed = Object.fromEntries(Object.entries(attributes).toReversed());
    for (const each of [attributes, reversed]) {
      expect(model(each)).toMatchObject({
        input: [
          says('system', text('Be brief.')),
          says('user', text('Dry?')),
          says('assistant', call('t1', 'read_tide', { pier: 'West' }), call('t2', 'read_tide', { pier: 'East' })),
          says('tool', result('t1', 'dry')),
          says('tool', result('t2', 'wet')),
        ],
      });
    }
  });

  test('keys without a value are not there', () => {
    const none = { ...flatCall(0, undefined, 'x', ''), 'contents.1.message_content.text': null };
    const user = { role: 'user', 'contents.0.message_content.text': 'Dry?' };
    const empty = Object.fromEntries(Object.keys(none).map((key) => [key, null]));
    expect(inputOf({ ...user, ...empty })).toEqual([says('user', text('Dry?'))]);
  });

  test('one message a call is one batch', () => {
    expect(
      outputOf(
        { role: 'assistant', ...flatCall(0, 't1', 'read_tide', '{}') },
        { role: 'assistant', ...flatCall(0, 't2', 'read_tide', '{}') },
      ),
    ).toEqual([answers(call('t1', 'read_tide', {}), call('t2', 'read_tide', {}))]);
  });

  test('several choices, where several were asked for', () => {
    const outputs = flat('output', [
      { role: 'assistant', content: 'Dry.' },
      { role: 'assistant', content: 'Wet.' },
    ]);
    expect(model({ ...outputs, 'llm.invocation_parameters': '{"n":2}' })).toMatchObject({
      output: [answers(text('Dry.')), { ...answers(text('Wet.')), choice: 1 }],
    });
  });

  test.each<[string, Attributes[], unknown]>([
    ['other names of roles', [{ role: 'human', content: 'Dry?' }], [says('user', text('Dry?'))]],
    [
      'reasoning',
      [{ role: 'model', 'contents.0.message_content.type': 'reasoning', 'contents.0.message_content.text': 'Look first.' }],
      [says('assistant', { type: 'reasoning', text: 'Look first.' })],
    ],
    [
      'the form before there were tool calls',
      [
        { role: 'assistant', function_call_name: 'read_tide', function_call_arguments_json: '{"pier":"West"}' },
        { role: 'function', name: 'read_tide', content: 'dry' },
      ],
      [
        says('assistant', { type: 'tool_call', name: 'read_tide', arguments: { pier: 'West' } }),
        says('tool', { type: 'tool_result', name: 'read_tide', content: 'dry' }),
      ],
    ],
    [
      'arguments that were made JSON twice',
      [
        { role: 'assistant', ...flatCall(0, 't1', 'read_tide', '"{\\"pier\\":\\"West\\"}"') },
        { role: 'tool', tool_call_id: 't1', content: 'dry' },
      ],
      [says('assistant', call('t1', 'read_tide', { pier: 'West' })), says('tool', result('t1', 'dry'))],
    ],
    [
      'results in the wrapping of the AI SDK',
      [
        { role: 'tool', tool_call_id: 't1', content: '{"type":"json","value":{"level":2}}' },
        { role: 'tool', tool_call_id: 't2', content: '{"type":"error-text","value":"sensor lost"}' },
        { role: 'tool', tool_call_id: 't3', content: '{"type":"gauge","value":7}' },
      ],
      [
        says('tool', result('t1', { level: 2 })),
        says('tool', { ...result('t2', 'sensor lost'), error: true }),
        says('tool', result('t3', '{"type":"gauge","value":7}')),
      ],
    ],
  ])('%s', (_, messages, expected) => {
    expect(inputOf(...messages)).toEqual(expected);
  });

  test.each<[string, Attributes[]]>([
    ['a message without a role', [{ role: 'user', content: 'Dry?' }, { content: 'dry' }]],
    ['one that says nothing', [{ role: 'user', content: 'Dry?' }, { role: 'assistant' }]],
    ['a call without a name', [{ role: 'assistant', 'tool_calls.0.tool_call.id': 't1' }]],
    [
      'an id here and none there',
      [
        { role: 'assistant', ...flatCall(0, 't1', 'read_tide', '{}') },
        { role: 'tool', content: 'dry' },
      ],
    ],
    [
      'a result too few, where there are no ids',
      [
        { role: 'assistant', ...flatCall(0, undefined, 'read_tide', '{}'), ...flatCall(1, undefined, 'read_tide', '{}') },
        { role: 'tool', content: 'dry' },
      ],
    ],
    ['a call without its result', [{ role: 'assistant', ...flatCall(0, 't1', 'read_tide', '{}') }]],
    ['hidden text', [{ role: 'user', content: '__REDACTED__' }]],
    ['several results in one message', [{ role: 'tool', content: 'dry', 'contents.0.message_content.text': 'wet' }]],
  ])('%s makes the list unknown', (_, messages) => {
    expect(inputOf(...messages)).toBeUndefined();
  });

  test('a gap makes the list unknown', () => {
    const [first, , third] = ['0', '1', '2'].map((i) => ({
      [`llm.input_messages.${i}.message.role`]: 'user',
      [`llm.input_messages.${i}.message.content`]: i,
    }));
    expect(model({ 'llm.model_name': 'm', ...first, ...third })).not.toHaveProperty('input');
  });

  test('tools: whole definitions, or their parameters with a name beside them', () => {
    expect(
      model({
        'llm.model_name': 'm',
        'llm.tools.0.tool.json_schema': json(definition),
        'llm.tools.1.tool.json_schema': json({ type: 'object', properties: { pier: { enum: ['West'] } } }),
        'llm.tools.1.tool.name': 'moor',
      }),
    ).toMatchObject({ tools: [{ name: 'read_tide' }, { name: 'moor', schemaText: 'West' }] });
  });
});

describe('plain text', () => {
  const flattened = flat('output', [{ role: 'assistant', ...flatCall(0, 't1', 'read_tide', '{}') }]);

  test('is what was asked and answered where there is nothing else', () => {
    expect(model({ 'input.value': 'Dry?', 'output.value': 'Dry.' })).toMatchObject({
      input: [says('user', text('Dry?'))],
      output: [says('assistant', text('Dry.'))],
    });
  });

  test('is the text beside flattened calls, or repeats a flattened text', () => {
    const beside = { 'output.value': 'I look.', 'output.mime_type': 'text/plain' };
    const output = [answers(text('I look.'), call('t1', 'read_tide', {}))];
    expect(model({ ...flattened, ...beside })).toMatchObject({ output });
    expect(model({ ...flattened, ...beside, 'llm.output_messages.0.message.content': 'I look.' })).toMatchObject({ output });
  });

  test.each<[string, Attributes]>([
    ['was hidden', { 'output.value': '__REDACTED__' }],
    ['is JSON of an unknown form', { 'output.value': '{"dry":true}', 'output.mime_type': 'application/json' }],
    ['stands beside messages that cannot be read', { 'output.value': 'Dry.', 'llm.output_messages.0.message.role': 'assistant' }],
    ['stood beside messages that were cut', { 'output.value': 'Dry.', 'llm.output_messages.': null }],
    ['was cut beside calls', { ...flattened, 'output.value': null, 'output.mime_type': 'text/plain' }],
  ])('is not taken where it %s', (_, attributes) => {
    expect(model({ 'llm.model_name': 'm', ...attributes })).not.toHaveProperty('output');
  });
});

describe('a span that lost attributes', () => {
  const request = { messages: [{ role: 'user', content: 'Dry?' }] };
  const messages = flat('output', [{ role: 'assistant', content: 'Dry.' }]);
  const whole = { 'input.value': json(request), 'output.value': '', 'output.mime_type': 'text/plain', ...messages };

  test('keeps what its JSON tells; what is flattened may be part of a list', () => {
    const made = model(whole, { droppedAttributes: 1 });
    expect(made).toMatchObject({ input: [says('user', text('Dry?'))] });
    expect(made).not.toHaveProperty('output');
    expect(model(whole)).toHaveProperty('output');
  });

  test('is known where nobody counted: at the usual limit it breaks off, or has lost its kind', () => {
    const fill = (made: Attributes, behind: boolean): Attributes => {
      const filler = Object.fromEntries(Array.from({ length: 128 - Object.keys(made).length }, (_, i) => [`app.tag.${i}`, i]));
      return behind ? { ...made, ...filler } : { ...filler, ...made };
    };
    const { attributes } = of('LLM', whole);
    expect(read(span(fill(attributes, true)))).toHaveProperty('output');
    expect(read(span(fill(attributes, false)))).not.toHaveProperty('output');
    const { 'openinference.span.kind': _, ...withoutKind } = attributes;
    expect(read(span(fill(withoutKind, true)))).not.toHaveProperty('output');
  });
});

describe('tokens and errors', () => {
  test('counts of the span before those of the answer', () => {
    const counts = { 'llm.token_count.prompt': 7, 'llm.token_count.completion': '3', 'llm.token_count.prompt_details.cache_read': 0 };
    expect(model(counts)).toMatchObject({ usage: { inputTokens: 7, outputTokens: 3, cachedInputTokens: 0 } });
    expect(model({ 'llm.model_name': 'm' })).not.toHaveProperty('usage');
  });

  test('a failed call, its message without the stack', () => {
    const event = { name: 'exception', attributes: { 'exception.message': '429 Too many\n\nError: 429\n    at send (/app/http.js:1:1)' } };
    expect(model({ 'llm.system': 'openai' }, { status: { code: 2 }, events: [event] })).toMatchObject({
      error: '429 Too many\n\nError: 429',
    });
    expect(model({}, { status: { code: 2, message: 'no route' } })).toMatchObject({ error: 'no route' });
  });

  test('a span that is called a model call and tells nothing is none', () => {
    expect(model({ 'llm.invocation_parameters': '{"sessionId":"watch-1"}' })).toBeUndefined();
  });
});

describe('tools', () => {
  test('name, arguments, result', () => {
    const made = {
      'tool.name': 'tide',
      'input.value': '{"pier":"West"}',
      'input.mime_type': 'application/json',
      'output.value': '{"level":2}',
    };
    expect(tool(made, { start: 1, end: 2 })).toEqual({
      kind: 'tool',
      dialect: 'openinference',
      origin: expect.any(Object) as object,
      name: 'tide',
      arguments: { pier: 'West' },
      result: '{"level":2}',
      start: 1,
      end: 2,
    });
    expect(tool({})).toMatchObject({ name: 'read_tide' });
  });

  test.each<[string, Attributes, object]>([
    ['the id of the call', { 'tool_call.id': 't1' }, { callId: 't1' }],
    ['its other name', { 'tool.id': 't1' }, { callId: 't1' }],
    [
      'a message of LangChain',
      {
        'output.value': json({
          output: { id: ['langchain_core', 'messages', 'ToolMessage'], kwargs: { content: 'dry', tool_call_id: 't1', status: 'success' } },
        }),
      },
      { callId: 't1', result: 'dry' },
    ],
    [
      'a message that tells of a failure',
      { 'output.value': json({ type: 'tool', content: 'sensor lost', tool_call_id: 't1', status: 'error' }) },
      { callId: 't1', result: 'sensor lost', error: 'sensor lost' },
    ],
    ['the only argument by itself', { 'input.value': 'West', 'input.mime_type': 'text/plain' }, { arguments: 'West' }],
  ])('%s', (_, attributes, expected) => {
    expect(tool(attributes)).toMatchObject(expected);
  });

  test('hidden content is content that was not recorded', () => {
    const made = tool({ 'input.value': '__REDACTED__', 'output.value': '__REDACTED__' });
    expect(made).not.toHaveProperty('arguments');
    expect(made).not.toHaveProperty('result');
  });

  test('one that threw', () => {
    expect(tool({}, { status: { code: 2, message: 'sensor lost' } })).toMatchObject({ error: 'sensor lost' });
  });
});

test('agents bound what belongs together, other kinds only carry ancestry', () => {
  expect(read(of('AGENT', { 'output.value': 'Dry.' }, { name: 'harbour' }))).toMatchObject({ kind: 'scope', agent: true, name: 'harbour' });
  expect(read(of('AGENT', { 'agent.name': 'pilot' }))).toMatchObject({ name: 'pilot' });
  for (const kind of ['CHAIN', 'EMBEDDING', 'RETRIEVER', 'GUARDRAIL', 'PROMPT']) expect(read(of(kind, {}))).toBeUndefined();
});

/** Two look-ups of which the last answer speaks, as JSON and flattened, and the spans of the tools. */
function conversation(): Span[] {
  const asked = [{ role: 'user', content: 'Which pier is dry, and is the crane free?' }];
  const calls = [wireCall('t1', 'read_tide', { pier: 'West' }), wireCall('t2', 'read_crane', { crane: 4 })];
  const issued = { role: 'assistant', content: null, tool_calls: calls };
  const [level, state] = ['{"driest":"Sandgate"}', '{"state":"idle since 11:40"}'];
  const fed = [
    ...asked,
    issued,
    { role: 'tool', tool_call_id: 't1', content: level },
    { role: 'tool', tool_call_id: 't2', content: state },
  ];
  const said = 'Sandgate is dry, and the crane is idle since 11:40.';
  const flatAsked = [{ role: 'user', content: asked[0]?.content }];
  const flatIssued = {
    role: 'assistant',
    ...flatCall(0, 't1', 'read_tide', '{"pier":"West"}'),
    ...flatCall(1, 't2', 'read_crane', '{"crane":4}'),
  };
  const flatFed = [
    ...flatAsked,
    flatIssued,
    { role: 'tool', tool_call_id: 't1', content: level },
    { role: 'tool', tool_call_id: 't2', content: state },
  ];
  const llm = (start: number, messages: object[], answer: object, flatInput: Attributes[], flatOutput: Attributes): Span =>
    of(
      'LLM',
      {
        'llm.model_name': 'a-model',
        'input.value': json({ model: 'a-model', messages }),
        'output.value': json({ choices: [{ index: 0, message: answer }] }),
        ...flat('input', flatInput),
        ...flat('output', [flatOutput]),
      },
      { start, end: start + 10, spanId: `m${start}`, parentSpanId: 'root' },
    );
  const run = (start: number, name: string, args: object, value: string): Span =>
    of(
      'TOOL',
      { 'tool.name': name, 'input.value': json(args), 'input.mime_type': 'application/json', 'output.value': value },
      { start, end: start + 5, spanId: `t${start}`, parentSpanId: 'root' },
    );
  return [
    of('AGENT', {}, { spanId: 'root', start: 0, end: 100 }),
    llm(1, asked, issued, flatAsked, flatIssued),
    run(12, 'read_tide', { pier: 'West' }, level),
    run(13, 'read_crane', { crane: 4 }, state),
    llm(20, fed, { role: 'assistant', content: said }, flatFed, { role: 'assistant', content: said }),
  ];
}

const verdictsOf = (spans: readonly Span[]): Map<string, string> =>
  new Map(
    rebuildRuns(
      spans.flatMap((each) => {
        const carrier: Observation = {
          kind: 'scope',
          dialect: '',
          origin: { source: '', spanId: each.spanId },
          name: each.name,
          agent: false,
        };
        return openInference.detect(each) ? (read(each) ?? carrier) : carrier;
      }),
    ).flatMap((run) => analyzeRun(run).report.calls.map(({ id, verdict }): [string, string] => [id, verdict])),
  );

describe('damage', () => {
  const whole = [
    ['t1', 'used'],
    ['t2', 'used'],
  ];

  test('the whole conversation', () => {
    expect([...verdictsOf(conversation())]).toEqual(whole);
  });

  const keys = conversation().flatMap(({ attributes }, at) => Object.keys(attributes).map((key) => ({ at, key })));
  const value = fc.oneof(fc.anything(), fc.constantFrom(null, '', '[', '{"messages":[[[]]]}', '{"generations":[[null]]}', [], {}, -1));

  test('whatever stands in the attributes, nothing is thrown', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...keys), value), { minLength: 1, maxLength: 12 }), (changes) => {
        const spans = conversation();
        for (const [{ at, key }, to] of changes) if (spans[at] !== undefined) spans[at].attributes[key] = to;
        verdictsOf(spans);
      }),
      { numRuns: 300 },
    );
  });

  test('what was used is never wasted for want of what was deleted or cut', () => {
    const change = fc.record({ what: fc.constantFrom(...keys), cutAt: fc.option(fc.double({ min: 0, max: 0.99, noNaN: true })) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: keys.length }), (changes) => {
        const spans = conversation();
        for (const { what, cutAt } of changes) {
          const attributes = spans[what.at]?.attributes ?? {};
          const before = attributes[what.key];
          // Only JSON shows that it was cut; half a text is a text.
          const isJson = typeof before === 'string' && /^(?:in|out)put\.value$|\.arguments$/u.test(what.key);
          if (isJson && cutAt !== null) attributes[what.key] = before.slice(0, Math.floor(cutAt * before.length));
          else delete attributes[what.key];
        }
        for (const [id, verdict] of verdictsOf(spans)) if (id === 't1' || id === 't2') expect(verdict).not.toBe('wasted');
      }),
      { numRuns: 200 },
    );
  });
});
