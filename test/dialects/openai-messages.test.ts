import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readOpenAiMessages } from '../../src/dialects/openai-messages.ts';

const call = (id: string, name: string, args: unknown): object => ({ type: 'tool_call', id, name, arguments: args });

describe('chat-completions messages', () => {
  test('a batch with its results', () => {
    const messages = readOpenAiMessages([
      { role: 'developer', content: 'You watch the harbour.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'High water?' },
          { type: 'image_url', image_url: { url: 'data:…' } },
        ],
      },
      {
        role: 'assistant',
        content: null,
        reasoning_content: 'Two gauges.',
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'read_tide', arguments: '{"gauge":"north"}' } },
          { id: 'b', type: 'function', function: { name: 'list_buoys', arguments: '' } },
        ],
      },
      { role: 'tool', tool_call_id: 'a', content: '{"metres":3.2}' },
      {
        role: 'tool',
        tool_call_id: 'b',
        content: [
          { type: 'text', text: 'red' },
          { type: 'text', text: 'green' },
        ],
      },
      { role: 'assistant', content: '3.2 m.' },
    ]);
    expect(messages).toEqual([
      { role: 'system', parts: [{ type: 'text', text: 'You watch the harbour.' }] },
      { role: 'user', parts: [{ type: 'text', text: 'High water?' }] },
      {
        role: 'assistant',
        parts: [{ type: 'reasoning', text: 'Two gauges.' }, call('a', 'read_tide', { gauge: 'north' }), call('b', 'list_buoys', {})],
      },
      { role: 'tool', parts: [{ type: 'tool_result', id: 'a', content: '{"metres":3.2}' }] },
      { role: 'tool', parts: [{ type: 'tool_result', id: 'b', content: 'red\ngreen' }] },
      { role: 'assistant', parts: [{ type: 'text', text: '3.2 m.' }] },
    ]);
  });

  test('the legacy function_call and its function message, which have no id', () => {
    const messages = readOpenAiMessages([
      { role: 'assistant', content: null, function_call: { name: 'read_tide', arguments: '{"gauge":1}' } },
      { role: 'function', name: 'read_tide', content: '3.2' },
    ]);
    expect(messages).toEqual([
      { role: 'assistant', parts: [{ type: 'tool_call', name: 'read_tide', arguments: { gauge: 1 } }] },
      { role: 'tool', parts: [{ type: 'tool_result', name: 'read_tide', content: '3.2' }] },
    ]);
  });

  test.each([
    ['JSON', '{"a":1}', { a: 1 }],
    ['empty text', '', {}],
    ['text that is not JSON', '{"a":', '{"a":'],
    ['an object', { a: 1 }, { a: 1 }],
    ['null', null, undefined],
    ['nothing', undefined, undefined],
  ])('arguments that are %s', (_, args, expected) => {
    const [message] = readOpenAiMessages([
      { role: 'assistant', tool_calls: [{ id: 'a', function: { name: 'read_tide', arguments: args } }] },
    ]);
    expect(message?.parts).toEqual([call('a', 'read_tide', expected)]);
  });

  test('the input of a custom tool is text, unless it is clearly JSON', () => {
    const custom = (input: string): object => ({ id: input, type: 'custom', custom: { name: 'run_query', input } });
    const [message] = readOpenAiMessages([{ role: 'assistant', tool_calls: [custom('42'), custom('[1]'), custom('select 1')] }]);
    expect(message?.parts).toEqual([
      call('42', 'run_query', '42'),
      call('[1]', 'run_query', [1]),
      call('select 1', 'run_query', 'select 1'),
    ]);
  });

  test.each([
    ['text', 'ok', 'ok'],
    ['null, an answer', null, null],
    ['not there: not recorded', undefined, undefined],
    ['an object', { metres: 3 }, { metres: 3 }],
    ['an image', [{ type: 'image_url' }], [{ type: 'image_url' }]],
  ])('a result that is %s', (_, content, expected) => {
    const [message] = readOpenAiMessages([{ role: 'tool', tool_call_id: 'a', content }]);
    expect(message?.parts).toEqual([{ type: 'tool_result', id: 'a', content: expected }]);
  });

  test('a refusal and spoken words are text; the same reasoning under two names is said once', () => {
    const messages = readOpenAiMessages([
      { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
      { role: 'assistant', content: null, refusal: 'Never.' },
      { role: 'assistant', content: null, audio: { id: 'x', transcript: 'Ahoy.' } },
      { role: 'assistant', content: 'Yes.', reasoning: 'hm', reasoning_content: 'hm' },
    ]);
    const text = (said: string): object => ({ type: 'text', text: said });
    expect(messages.map(({ parts }) => parts)).toEqual([
      [text('No.')],
      [text('Never.')],
      [text('Ahoy.')],
      [{ type: 'reasoning', text: 'hm' }, text('Yes.')],
    ]);
  });
});

describe('Responses items', () => {
  test('the items of one answer are one message', () => {
    const messages = readOpenAiMessages([
      { role: 'user', content: 'High water?' },
      { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Two gauges.' }], content: [] },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Looking.' }] },
      { type: 'function_call', id: 'fc_1', call_id: 'a', name: 'read_tide', arguments: '{"gauge":"north"}' },
      { type: 'function_call', id: 'fc_2', call_id: 'b', name: 'read_tide', arguments: '{"gauge":"south"}' },
      { type: 'function_call_output', id: 'fco_1', call_id: 'a', output: '3.2' },
      { type: 'function_call_output', call_id: 'b', output: [{ type: 'input_text', text: '2.9' }] },
      { type: 'custom_tool_call', call_id: 'c', name: 'run_query', input: 'select 1' },
      { type: 'custom_tool_call_output', call_id: 'c', output: '1' },
    ]);
    expect(messages).toEqual([
      { role: 'user', parts: [{ type: 'text', text: 'High water?' }] },
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', text: 'Two gauges.' },
          { type: 'text', text: 'Looking.' },
          call('a', 'read_tide', { gauge: 'north' }),
          call('b', 'read_tide', { gauge: 'south' }),
        ],
      },
      { role: 'tool', parts: [{ type: 'tool_result', id: 'a', content: '3.2' }] },
      { role: 'tool', parts: [{ type: 'tool_result', id: 'b', content: '2.9' }] },
      { role: 'assistant', parts: [call('c', 'run_query', 'select 1')] },
      { role: 'tool', parts: [{ type: 'tool_result', id: 'c', content: '1' }] },
    ]);
  });

  test('hosted tools are calls and results in one', () => {
    const [message, ...others] = readOpenAiMessages([
      { type: 'web_search_call', id: 'ws', status: 'completed', action: { type: 'search', query: 'tides' } },
      { type: 'file_search_call', id: 'fs', queries: ['charts'], results: [{ text: 'Chart 7' }] },
      { type: 'code_interpreter_call', id: 'ci', code: '1 + 1', outputs: null },
      { type: 'mcp_call', id: 'mc', name: 'find_ship', arguments: '{"name":"Ada"}', output: null, error: 'no such ship' },
    ]);
    expect(others).toEqual([]);
    expect(message?.parts).toEqual([
      { ...call('ws', 'web_search', { type: 'search', query: 'tides' }), server: true },
      { ...call('fs', 'file_search', { queries: ['charts'] }), server: true },
      { type: 'tool_result', id: 'fs', content: 'Chart 7', server: true },
      { ...call('ci', 'code_interpreter', { code: '1 + 1' }), server: true },
      { ...call('mc', 'find_ship', { name: 'Ada' }), server: true },
      { type: 'tool_result', id: 'mc', content: 'no such ship', error: true, server: true },
    ]);
  });

  test('tools that the API defines and the application runs answer in items of their own', () => {
    const messages = readOpenAiMessages([
      { type: 'local_shell_call', id: 'ls', call_id: 'a', action: { command: ['ls'] } },
      { type: 'local_shell_call_output', call_id: 'a', output: 'chart.pdf' },
    ]);
    expect(messages).toEqual([
      { role: 'assistant', parts: [{ ...call('a', 'local_shell', { command: ['ls'] }), server: true }] },
      { role: 'tool', parts: [{ type: 'tool_result', id: 'a', content: 'chart.pdf', server: true }] },
    ]);
  });

  test('calls of a program, and results that are still to come', () => {
    const messages = readOpenAiMessages([
      { type: 'function_call', call_id: 'a', name: 'read_tide', arguments: '{}', caller: { type: 'program', caller_id: 'p' } },
      { type: 'function_call', call_id: 'b', name: 'read_tide', arguments: '{}', caller: { type: 'direct' } },
      { type: 'function_call_output', call_id: 'b', output: null, status: 'in_progress' },
    ]);
    expect(messages.flatMap(({ parts }) => parts)).toEqual([
      { ...call('a', 'read_tide', {}), program: true },
      call('b', 'read_tide', {}),
      { type: 'tool_result', id: 'b', content: null, pending: true },
    ]);
  });
});

describe('hostile input', () => {
  test('malformed elements are skipped, the rest is read', () => {
    const messages = readOpenAiMessages([
      null,
      7,
      'hello',
      [],
      {},
      { role: 'narrator', content: 'Meanwhile' },
      { type: 'item_reference', id: 'x' },
      { role: 'assistant', content: { text: 5 }, tool_calls: [null, 3, {}, { function: 'f' }, { id: 'a', function: { name: 5 } }] },
      { role: 'assistant', tool_calls: 'none', function_call: [] },
      { role: 'tool', tool_call_id: 12, content: 5 },
      { role: 'user', content: 42 },
    ]);
    expect(messages).toEqual([
      { role: 'assistant', parts: [call('a', 'unknown', undefined)] },
      { role: 'assistant', parts: [] },
      { role: 'tool', parts: [{ type: 'tool_result', id: '12', content: 5 }] },
      { role: 'user', parts: [{ type: 'text', text: '42' }] },
    ]);
  });

  test('nothing throws', () => {
    const words = `role type content tool_calls function custom id call_id name arguments output caller status user assistant
      tool function_call mcp_call reasoning multi_tool_use.parallel tool_uses __proto__`.split(/\s+/u);
    const word = fc.oneof(fc.constantFrom(...words), fc.string());
    const message = fc.dictionary(word, fc.oneof(word, fc.anything(), fc.array(fc.dictionary(word, fc.oneof(word, fc.anything())))));
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.array(fc.oneof(message, fc.jsonValue()))), (items) =>
        Array.isArray(readOpenAiMessages(items)),
      ),
    );
  });
});
