import { describe, expect, test } from 'vitest';
import { readInputMessages, readInstructions, readOutputMessages } from '../../src/dialects/gen-ai-messages.ts';
import { call, result, text } from './span.ts';

const says = (content: string): object => ({ type: 'text', content });
const calls = (id: string, more: object = {}): object => ({ type: 'tool_call', id, name: 'read_tide', arguments: '{"gauge":1}', ...more });
const partsOf = (parts: object[]): unknown => readInputMessages([{ role: 'assistant', parts }])?.[0]?.parts;

describe('parts', () => {
  test('text, reasoning, calls and results; media is left out', () => {
    expect(
      partsOf([
        { type: 'reasoning', content: 'Hm.' },
        { type: 'thinking', thinking: 'Well.' },
        says('Looking.'),
        { type: 'uri', modality: 'image', uri: 'https://example.org/chart.png' },
        { type: 'hologram', content: 'x' },
        calls('a'),
        { type: 'tool_call', id: 'b', name: 'read_tide', arguments: { gauge: 2 } },
        { type: 'tool_call', id: 'c', name: 'read_tide', arguments: null },
        { type: 'tool_call', id: null, name: 'read_tide' },
      ]),
    ).toEqual([
      { type: 'reasoning', text: 'Hm.' },
      { type: 'reasoning', text: 'Well.' },
      text('Looking.'),
      call('a', 'read_tide', { gauge: 1 }),
      call('b', 'read_tide', { gauge: 2 }),
      call('c', 'read_tide'),
      { type: 'tool_call', name: 'read_tide' },
    ]);
  });

  test('the id of the call, not of the item that holds it', () => {
    expect(partsOf([calls('fc_1', { call_id: 'a' })])).toEqual([call('a', 'read_tide', { gauge: 1 })]);
  });

  test('tools of the provider', () => {
    expect(
      partsOf([
        { type: 'server_tool_call', id: 'a', name: 'web_search', server_tool_call: { type: 'web_search', query: 'tides' } },
        { type: 'server_tool_call', id: 'b', name: 'code', arguments: '{"source":"1"}' },
        { type: 'server_tool_call_response', id: 'a', server_tool_call_response: { type: 'web_search', hits: 3 } },
      ]),
    ).toEqual([
      { ...call('a', 'web_search', { query: 'tides' }), server: true },
      { ...call('b', 'code', { source: '1' }), server: true },
      { ...result('a', { type: 'web_search', hits: 3 }), server: true },
    ]);
  });
});

describe('input', () => {
  test('one message a call is one batch; the answer after it is another', () => {
    const roles = readInputMessages([
      { role: 'assistant', parts: [says('Looking.')] },
      { role: 'assistant', parts: [calls('a')] },
      { role: 'assistant', parts: [calls('b')] },
      { role: 'assistant', parts: [says('Never mind.')] },
    ]);
    expect(roles).toEqual([
      { role: 'assistant', parts: [text('Looking.'), call('a', 'read_tide', { gauge: 1 }), call('b', 'read_tide', { gauge: 1 })] },
      { role: 'assistant', parts: [text('Never mind.')] },
    ]);
  });

  test('results in a message of the user are the tool speaking', () => {
    const response = { type: 'tool_call_response', id: null, call_id: 'a', response: '3.2' };
    expect(readInputMessages([{ role: 'user', parts: [response, says('And now?')] }])).toEqual([
      { role: 'tool', parts: [result('a', '3.2')] },
      { role: 'user', parts: [text('And now?')] },
    ]);
  });

  test('results under other names, and results as text', () => {
    const messages = readInputMessages([
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'a', result: { metres: 3.2 } }] },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'b', response: null }] },
      { role: 'tool', tool_call_id: 'c', parts: [says('2.9')] },
    ]);
    expect(messages?.map(({ parts }) => parts)).toEqual([[result('a', { metres: 3.2 })], [result('b')], [result('c', '2.9')]]);
  });

  test('messages in the form of the wire, or each as JSON text', () => {
    const wire = { role: 'assistant', content: null, tool_calls: [{ id: 'a', function: { name: 'read_tide', arguments: '{"gauge":1}' } }] };
    const expected = [{ role: 'assistant', parts: [call('a', 'read_tide', { gauge: 1 })] }];
    expect(readInputMessages([wire])).toEqual(expected);
    expect(readInputMessages([JSON.stringify({ role: 'assistant', parts: [calls('a')] })])).toEqual(expected);
  });

  test('a whole request as JSON in one text', () => {
    const items = [
      { role: 'user', content: 'High water?' },
      { type: 'function_call', id: 'fc_1', call_id: 'a', name: 'read_tide', arguments: '{}' },
      { type: 'function_call_output', call_id: 'a', output: '3.2' },
    ];
    expect(readInputMessages([{ role: 'user', parts: [says(JSON.stringify(items))] }])).toEqual([
      { role: 'user', parts: [text('High water?')] },
      { role: 'assistant', parts: [call('a', 'read_tide', {})] },
      { role: 'tool', parts: [result('a', '3.2')] },
    ]);
    const data = '[{"metres":3.2}]';
    expect(readInputMessages([{ role: 'user', parts: [says(data)] }])).toEqual([{ role: 'user', parts: [text(data)] }]);
  });

  test('a picture alone is content, though nothing of it is read', () => {
    expect(readInputMessages([{ role: 'user', parts: [{ type: 'blob', modality: 'image', content: 'AAAA' }] }])).toEqual([
      { role: 'user', parts: [] },
    ]);
  });
});

describe('output: messages are choices if something says so', () => {
  const choicesOf = (messages: object[], requested?: number, finished?: number): unknown[] | undefined =>
    readOutputMessages(messages, { requested, finished })?.map(({ choice, parts }) => [choice, parts.length]);
  const done = { finish_reason: 'stop' };
  const called = (id: string, more: object = {}): object => ({ role: 'assistant', parts: [calls(id)], ...more });
  const said = (content: string, more: object = {}): object => ({ role: 'assistant', parts: [says(content)], ...more });

  test.each<[string, object[], number | undefined, number | undefined, unknown]>([
    [
      'the request asked for two',
      [called('a'), called('b')],
      2,
      undefined,
      [
        [0, 1],
        [1, 1],
      ],
    ],
    [
      'two finish reasons',
      [called('a'), called('b')],
      undefined,
      2,
      [
        [0, 1],
        [1, 1],
      ],
    ],
    [
      'each its index',
      [called('a', { index: 1 }), called('b', { index: 0 })],
      undefined,
      undefined,
      [
        [1, 1],
        [0, 1],
      ],
    ],
    [
      'two finished texts',
      [said('3.2', done), said('3.3', done)],
      undefined,
      undefined,
      [
        [0, 1],
        [1, 1],
      ],
    ],
    [
      'a finished message of two calls',
      [{ ...done, role: 'assistant', parts: [calls('a'), calls('b')] }, called('c', done)],
      undefined,
      undefined,
      [
        [0, 2],
        [1, 1],
      ],
    ],
    ['one finish reason', [called('a', done), called('b', done)], undefined, 1, [[0, 2]]],
    ['one message an output item', [said('Looking.', done), called('a', done), called('b', done)], undefined, undefined, [[0, 3]]],
    ['no finish reason at all', [said('3.2'), said('3.3')], undefined, undefined, [[0, 2]]],
  ])('%s', (_, messages, requested, finished, expected) => {
    expect(choicesOf(messages, requested, finished)).toEqual(expected);
  });

  test('a choice without content keeps its number', () => {
    expect(choicesOf([{ role: 'assistant', parts: [] }, said('3.2')], 2)).toEqual([[1, 1]]);
  });
});

test('instructions as text, as parts, or as JSON of either', () => {
  const expected = [{ role: 'system', parts: [text('Be brief.')] }];
  expect(readInstructions('Be brief.')).toEqual(expected);
  expect(readInstructions([says('Be brief.')])).toEqual(expected);
  expect(readInstructions(['Be brief.'])).toEqual(expected);
  expect(readInstructions('[{"type":"text","content":"Be brief."}]')).toEqual(expected);
  expect(readInstructions(undefined)).toEqual([]);
  expect(readInstructions(5)).toEqual([]);
});
