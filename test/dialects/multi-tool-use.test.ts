import { describe, expect, test } from 'vitest';
import { readOpenAiMessages } from '../../src/dialects/openai-messages.ts';

const uses = JSON.stringify({
  tool_uses: [
    { recipient_name: 'functions.read_tide', parameters: { gauge: 'north' } },
    { recipient_name: 'functions.list_buoys', parameters: {} },
  ],
});

const pseudo = (name: string): object => ({ role: 'assistant', tool_calls: [{ id: 'm', function: { name, arguments: uses } }] });
const answer = (content: unknown): object => ({ role: 'tool', tool_call_id: 'm', content });

describe('the invented function multi_tool_use.parallel', () => {
  test.each(['multi_tool_use.parallel', 'multi_tool_use_parallel', 'functions.multi_tool_use.parallel'])('%s is a batch', (name) => {
    expect(readOpenAiMessages([pseudo(name)])).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'tool_call', id: 'm#1', name: 'read_tide', arguments: { gauge: 'north' } },
          { type: 'tool_call', id: 'm#2', name: 'list_buoys', arguments: {} },
        ],
      },
    ]);
  });

  test.each([
    ['an array, one element a call', '[3.2,"red"]', [3.2, 'red']],
    ['an object with such an array', { results: [3.2, 'red'] }, [3.2, 'red']],
    ['an array of another length: whole to each', '[1,2,3]', ['[1,2,3]', '[1,2,3]']],
    ['text: whole to each', 'north 3.2, red', ['north 3.2, red', 'north 3.2, red']],
    ['not recorded', undefined, [undefined, undefined]],
  ])('its result is %s', (_, content, expected) => {
    const parts = readOpenAiMessages([pseudo('multi_tool_use.parallel'), answer(content)])[1]?.parts;
    expect(parts).toEqual([
      { type: 'tool_result', id: 'm#1', name: 'read_tide', content: expected[0] },
      { type: 'tool_result', id: 'm#2', name: 'list_buoys', content: expected[1] },
    ]);
  });

  test('in the legacy form, without an id, results are told by name', () => {
    const [message, result] = readOpenAiMessages([
      { role: 'assistant', function_call: { name: 'multi_tool_use.parallel', arguments: uses } },
      { role: 'function', name: 'multi_tool_use.parallel', content: '[3.2,"red"]' },
    ]);
    expect(message?.parts.map((part) => part.type === 'tool_call' && part.name)).toEqual(['read_tide', 'list_buoys']);
    expect(result?.parts).toEqual([
      { type: 'tool_result', name: 'read_tide', content: 3.2 },
      { type: 'tool_result', name: 'list_buoys', content: 'red' },
    ]);
  });

  test.each([['{}'], ['{"tool_uses":"all"}'], ['not JSON'], ['{"tool_uses":[1,null]}']])(
    'without inner calls it stays what it is: %s',
    (args) => {
      const [message] = readOpenAiMessages([
        { role: 'assistant', tool_calls: [{ id: 'm', function: { name: 'multi_tool_use.parallel', arguments: args } }] },
      ]);
      expect(message?.parts).toMatchObject([{ id: 'm', name: 'multi_tool_use.parallel' }]);
    },
  );

  test('results of other calls are left alone', () => {
    const [, , other] = readOpenAiMessages([
      pseudo('multi_tool_use.parallel'),
      answer('x'),
      { role: 'tool', tool_call_id: 'n', content: '[1,2]' },
    ]);
    expect(other?.parts).toEqual([{ type: 'tool_result', id: 'n', content: '[1,2]' }]);
  });
});
