import { describe, expect, test } from 'vitest';
import { genAi } from '../../src/dialects/gen-ai.ts';
import type { LogRecord, Span } from '../../src/dialects/span.ts';
import type { Message } from '../../src/model/message.ts';
import type { ModelCall } from '../../src/model/observation.ts';
import { call, chat, log, result, text } from './span.ts';

interface Content {
  input: Message[] | undefined;
  output: Message[] | undefined;
}

function contentOf(of: Span, logs: LogRecord[] = []): Content {
  const { input, output } = genAi.read(of, logs) as ModelCall;
  return { input, output };
}

const toolCalls = [
  { id: 'a', type: 'function', function: { name: 'read_tide', arguments: '{"gauge":1}' } },
  { id: 'b', type: 'function', function: { name: 'list_buoys', arguments: '{}' } },
];
const batch = [call('a', 'read_tide', { gauge: 1 }), call('b', 'list_buoys', {})];

describe('message events (v1.36 and before)', () => {
  const bodies: [string, Record<string, unknown>][] = [
    ['gen_ai.system.message', { content: 'Be brief.' }],
    ['gen_ai.user.message', { content: 'High water?' }],
    ['gen_ai.assistant.message', { tool_calls: toolCalls }],
    ['gen_ai.tool.message', { id: 'a', content: '{"metres":3.2}' }],
    ['gen_ai.tool.message', { id: 'b', content: '[{"colour":"red"}]' }],
    ['gen_ai.choice', { index: 0, finish_reason: 'stop', message: { content: '3.2 m.' } }],
  ];
  const expected = {
    input: [
      { role: 'system', parts: [text('Be brief.')] },
      { role: 'user', parts: [text('High water?')] },
      { role: 'assistant', parts: batch },
      { role: 'tool', parts: [result('a', '{"metres":3.2}')] },
      { role: 'tool', parts: [result('b', '[{"colour":"red"}]')] },
    ],
    output: [{ role: 'assistant', parts: [text('3.2 m.')], choice: 0 }],
  };

  test('on the span, values as they are or as JSON text', () => {
    const asText = (body: Record<string, unknown>): Record<string, unknown> =>
      Object.fromEntries(Object.entries(body).map(([key, value]) => [key, typeof value === 'object' ? JSON.stringify(value) : value]));
    expect(contentOf(chat({}, { events: bodies.map(([name, attributes]) => ({ name, attributes })) }))).toEqual(expected);
    expect(contentOf(chat({}, { events: bodies.map(([name, body]) => ({ name, attributes: asText(body) })) }))).toEqual(expected);
    const inOne = bodies.map(([name, body]) => ({ name, attributes: { 'gen_ai.event.content': JSON.stringify(body) } }));
    expect(contentOf(chat({}, { events: inOne }))).toEqual(expected);
  });

  test('in log records, in the body or the attributes', () => {
    expect(
      contentOf(
        chat(),
        bodies.map(([name, body]) => log(name, body)),
      ),
    ).toEqual(expected);
    expect(
      contentOf(
        chat(),
        bodies.map(([name, body]) => log(name, JSON.stringify(body))),
      ),
    ).toEqual(expected);
    expect(
      contentOf(
        chat(),
        bodies.map(([name, body]) => log(name, null, body)),
      ),
    ).toEqual(expected);
  });

  test('on the span and in log records: once', () => {
    const events = bodies.map(([name, attributes]) => ({ name, attributes }));
    expect(
      contentOf(
        chat({}, { events }),
        bodies.map(([name, body]) => log(name, body)),
      ),
    ).toEqual(expected);
  });

  test('several choices, each with its index', () => {
    const logs = [log('gen_ai.choice', { index: 1, message: '3 m?' }), log('gen_ai.choice', { index: 0, tool_calls: toolCalls })];
    expect(contentOf(chat(), logs).output).toEqual([
      { role: 'assistant', parts: [text('3 m?')], choice: 1 },
      { role: 'assistant', parts: batch, choice: 0 },
    ]);
  });

  test('capture off: ids and names stay, arguments and contents are unknown', () => {
    const bare = toolCalls.map(({ id, type, function: { name } }) => ({ id, type, function: { name } }));
    const first = contentOf(chat(), [log('gen_ai.user.message', {}), log('gen_ai.choice', { index: 0, message: { tool_calls: bare } })]);
    expect(first).toEqual({
      input: undefined,
      output: [{ role: 'assistant', parts: [call('a', 'read_tide'), call('b', 'list_buoys')], choice: 0 }],
    });
    const last = contentOf(chat(), [
      log('gen_ai.user.message', {}),
      log('gen_ai.assistant.message', { tool_calls: bare }),
      log('gen_ai.tool.message', { id: 'a' }),
      log('gen_ai.tool.message', { id: 'b' }),
      log('gen_ai.choice', { index: 0, message: {} }),
    ]);
    expect(last.input?.flatMap(({ parts }) => parts)).toEqual([call('a', 'read_tide'), call('b', 'list_buoys'), result('a'), result('b')]);
    expect(last.output).toBeUndefined();
  });

  test('a record that is lost makes the input unknown: no model is asked with a call and not its result', () => {
    const records = [
      log('gen_ai.user.message', { content: 'High water?' }),
      log('gen_ai.assistant.message', { tool_calls: toolCalls }),
      log('gen_ai.tool.message', { id: 'a', content: '4.1 m' }),
      log('gen_ai.tool.message', { id: 'b', content: 'none' }),
    ];
    expect(contentOf(chat(), records).input).toHaveLength(4);
    expect(contentOf(chat(), records.slice(0, 3)).input).toBeUndefined();
  });
});

describe('the event with the message attributes', () => {
  const details = 'gen_ai.client.inference.operation.details';
  const input = [{ role: 'user', parts: [{ type: 'text', content: 'High water?' }] }];
  const item = (id: string, name: string, args: string): object => ({
    role: 'assistant',
    parts: [{ type: 'tool_call', id: `fc_${id}`, call_id: id, name, arguments: args }],
    finish_reason: 'tool_call',
  });

  test('as one record, on the span or beside it', () => {
    const attributes = {
      'gen_ai.system_instructions': 'Be brief.',
      'gen_ai.input.messages': JSON.stringify(input),
      'gen_ai.output.messages': [item('a', 'read_tide', '{"gauge":1}')],
    };
    const expected = {
      input: [
        { role: 'system', parts: [text('Be brief.')] },
        { role: 'user', parts: [text('High water?')] },
      ],
      output: [{ role: 'assistant', parts: [batch[0]], choice: 0 }],
    };
    expect(contentOf(chat(), [log(details, null, attributes)])).toEqual(expected);
    expect(contentOf(chat({}, { events: [{ name: details, attributes }] }))).toEqual(expected);
    expect(contentOf(chat(), [log(details, null, attributes), log(details, null, attributes)])).toEqual(expected);
  });

  test('one record for the input, and one for each item of a streamed answer', () => {
    const logs = [
      log(details, null, { 'gen_ai.input.messages': input }),
      log(details, null, { 'gen_ai.output.messages': [item('a', 'read_tide', '{"gauge":1}')] }),
      log(details, null, { 'gen_ai.output.messages': [item('b', 'list_buoys', '{}')] }),
    ];
    const { output } = contentOf(chat({ 'gen_ai.response.finish_reasons': ['tool_call'] }), logs);
    expect(output).toEqual([{ role: 'assistant', parts: batch, choice: 0 }]);
  });
});

describe('older still', () => {
  test('one event a direction, JSON or text', () => {
    const events = [
      { name: 'gen_ai.content.prompt', attributes: { 'gen_ai.prompt': '[{"role":"user","content":"High water?"}]' } },
      { name: 'gen_ai.content.completion', attributes: { 'gen_ai.completion': '3.2 m.' } },
    ];
    expect(contentOf(chat({}, { events }))).toEqual({
      input: [{ role: 'user', parts: [text('High water?')] }],
      output: [{ role: 'assistant', parts: [text('3.2 m.')], choice: 0 }],
    });
  });

  test('one attribute a field', () => {
    const attributes = {
      'gen_ai.prompt.2.role': 'tool',
      'gen_ai.prompt.2.tool_call_id': 'z',
      'gen_ai.prompt.2.content': '2.9',
      'gen_ai.prompt.0.role': 'user',
      'gen_ai.prompt.0.content': '[{"type":"text","text":"High water?"}]',
      'gen_ai.prompt.1.role': 'assistant',
      'gen_ai.prompt.1.tool_calls.0.id': 'z',
      'gen_ai.prompt.1.tool_calls.0.function.name': 'read_tide',
      'gen_ai.completion.0.role': 'assistant',
      'gen_ai.completion.0.finish_reason': 'tool_calls',
      'gen_ai.completion.0.tool_calls.1.id': 'b',
      'gen_ai.completion.0.tool_calls.1.name': 'list_buoys',
      'gen_ai.completion.0.tool_calls.1.arguments': '{}',
      'gen_ai.completion.0.tool_calls.0.id': 'a',
      'gen_ai.completion.0.tool_calls.0.name': 'read_tide',
      'gen_ai.completion.0.tool_calls.0.arguments': '{"gauge":1}',
      'llm.request.functions.0.name': 'read_tide',
    };
    expect(contentOf(chat(attributes))).toEqual({
      input: [
        { role: 'user', parts: [text('High water?')] },
        { role: 'assistant', parts: [call('z', 'read_tide')] },
        { role: 'tool', parts: [result('z', '2.9')] },
      ],
      output: [{ role: 'assistant', parts: batch, choice: 0 }],
    });
    expect(genAi.read(chat(attributes), [])).toMatchObject({ tools: [{ name: 'read_tide' }] });
  });

  test('one attribute a field: by number, and unknown where one was dropped', () => {
    const messages = Array.from({ length: 11 }, (_, i) => [
      [`gen_ai.prompt.${i}.role`, i % 2 === 0 ? 'user' : 'assistant'],
      [`gen_ai.prompt.${i}.content`, `said ${i}`],
    ]).flat();
    const inputOf = (entries: unknown[][]): unknown => contentOf(chat(Object.fromEntries(entries))).input;
    expect(inputOf(messages.toReversed())).toMatchObject(Array.from({ length: 11 }, (_, i) => ({ parts: [text(`said ${i}`)] })));
    expect(inputOf(messages.filter(([key]) => key !== 'gen_ai.prompt.3.role'))).toBeUndefined();
  });
});
