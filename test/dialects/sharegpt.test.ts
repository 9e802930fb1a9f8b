import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyzeRun } from '../../src/analysis/analyze-run.ts';
import { shareGpt } from '../../src/dialects/sharegpt.ts';
import type { Run } from '../../src/model/run.ts';
import { readValues } from '../../src/sources/read-traces.ts';

const place = { source: 'train.jsonl', line: 1 };
const turn = (from: string, value: unknown): object => ({ from, value });
const says = (role: string, text: string): object => ({ role, parts: [{ type: 'text', text }] });
const messagesOf = (...conversations: object[]): unknown => (shareGpt.read({ conversations }, place)[0] as { messages: unknown }).messages;

test('turns with a role are a conversation; others are not', () => {
  expect(shareGpt.detect({ conversations: [turn('human', 'Tide?')] })).toBe(true);
  expect(shareGpt.detect({ conversations: JSON.stringify([turn('human', 'Tide?')]) })).toBe(true);
  for (const value of [{}, { conversations: [] }, { conversations: [turn('crew', 'Tide?')] }, { conversations: [turn('gpt', 1)] }]) {
    expect(shareGpt.detect(value)).toBe(false);
  }
});

describe('calls and results', () => {
  test('as turns of their own, one or a batch', () => {
    expect(
      messagesOf(
        turn('human', 'Tide?'),
        turn('function_call', '[{"name":"read_tide","arguments":{"port":"Leith"}},{"name":"read_wind","arguments":"{}"}]'),
        turn('observation', '{"height":3.2}'),
        turn('observation', 'calm'),
        turn('gpt', '3.2 m and calm.'),
      ),
    ).toEqual([
      says('user', 'Tide?'),
      {
        role: 'assistant',
        parts: [
          { type: 'tool_call', name: 'read_tide', arguments: { port: 'Leith' } },
          { type: 'tool_call', name: 'read_wind', arguments: {} },
        ],
      },
      { role: 'tool', parts: [{ type: 'tool_result', content: '{"height":3.2}' }] },
      { role: 'tool', parts: [{ type: 'tool_result', content: 'calm' }] },
      says('assistant', '3.2 m and calm.'),
    ]);
  });

  test('marked in the text', () => {
    expect(
      messagesOf(
        turn(
          'gpt',
          'Looking.\n<tool_call>\n{"name":"read_tide","arguments":{"port":"Leith"}}\n</tool_call>\n<tool_call>{"name":"read_wind","arguments":{}}</tool_call>',
        ),
        turn(
          'tool',
          '<tool_response>\n{"name":"read_wind","content":"calm"}\n</tool_response>\n<tool_response>{"height":3.2}</tool_response>',
        ),
      ),
    ).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'text', text: 'Looking.' },
          { type: 'tool_call', name: 'read_tide', arguments: { port: 'Leith' } },
          { type: 'tool_call', name: 'read_wind', arguments: {} },
        ],
      },
      {
        role: 'tool',
        parts: [
          { type: 'tool_result', name: 'read_wind', content: 'calm' },
          { type: 'tool_result', content: '{"height":3.2}' },
        ],
      },
    ]);
  });

  test('without ids, results are those of the calls in their order', () => {
    const [run] = readValues(
      [
        {
          id: 'c1',
          system: 'Be brief.',
          tools: '[{"name":"read_tide","parameters":{}}]',
          conversations: [
            turn('human', 'Tide and wind?'),
            turn('function_call', '[{"name":"read_tide","arguments":{}},{"name":"read_wind","arguments":{}}]'),
            turn('observation', 'height 3.2'),
            turn('observation', 'calm'),
            turn('gpt', '3.2 m.'),
          ],
        },
      ],
      (problem) => expect(problem).toBeUndefined(),
    );
    expect(run).toMatchObject({ dialect: 'sharegpt', tools: [{ name: 'read_tide' }] });
    expect(run?.calls.map(({ name, batchSize, result }) => [name, batchSize, result?.content])).toEqual([
      ['read_tide', 2, 'height 3.2'],
      ['read_wind', 2, 'calm'],
    ]);
  });
});

describe('one observation for a batch', () => {
  const verdictsOf = (observation: string): unknown[] => {
    const calls = '[{"name":"read_tide","arguments":{"port":"Leith"}},{"name":"read_tide","arguments":{"port":"Wick"}}]';
    const conversations = [
      turn('human', 'How high does the water stand in Leith and in Wick?'),
      turn('function_call', calls),
      turn('observation', observation),
      turn('gpt', 'In Leith at 3.27 m, in Wick at 2.91 m.'),
    ];
    const [run] = readValues([{ conversations }], (problem) => expect(problem).toBeUndefined());
    return analyzeRun(run as Run).report.calls.map(({ verdict }) => verdict);
  };

  test('a list of as many results is shared out', () => {
    expect(verdictsOf('[{"height":"3.27 m"},{"height":"2.91 m"}]')).toEqual(['used', 'used']);
  });

  test('of anything else nobody knows what belongs to which call', () => {
    for (const observation of ['Leith 3.27 m, Wick 2.91 m', '[{"height":"3.27 m"}]', '{"Leith":3.27}'])
      expect(verdictsOf(observation)).toEqual(['unknown', 'unknown']);
  });
});

test('any turns are read without an exception', () => {
  const value = fc.oneof(
    fc.constantFrom('{"name":"x"', '<tool_call>', '</tool_call>', '<tool_response>{"content":null,"name":7}', '[null]', '[]', ''),
    fc.string(),
    fc.integer(),
    fc.constant(null),
  );
  const from = fc.constantFrom('human', 'gpt', 'function_call', 'observation', 'tool', 'system', 'crew', null, 7);
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.record({ from, value }, { requiredKeys: [] }), fc.constant(null))),
      fc.anything(),
      (conversations, tools) => {
        expect(shareGpt.read({ conversations, tools }, place)).toHaveLength(1);
      },
    ),
  );
});
