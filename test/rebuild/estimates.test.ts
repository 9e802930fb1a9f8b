import { expect, test } from 'vitest';
import type { Message, Part, Usage } from '../../src/model/message.ts';
import type { ModelCall } from '../../src/model/observation.ts';
import { rebuildRuns } from '../../src/model/rebuild/index.ts';

const ask: Message = { role: 'user', parts: [{ type: 'text', text: 'Which kiln is free, and how hot is it?' }] };
const text: Part = { type: 'text', text: 'I look at both kilns.' };
const calls: Part[] = [
  { type: 'tool_call', id: 'call_kiln_one', name: 'read_kiln', arguments: { kiln: 'one', unit: 'kelvin' } },
  { type: 'tool_call', id: 'call_kiln_two', name: 'read_kiln', arguments: { kiln: 'two', unit: 'kelvin' } },
];
const results: Message[] = ['call_kiln_one', 'call_kiln_two'].map((id) => ({
  role: 'tool',
  parts: [{ type: 'tool_result', id, content: '293' }],
}));
const last: Part = { type: 'text', text: 'Both are free and cold.' };

/** A conversation of two model calls: what the first answers, and the usage of each. */
function usagesOf(first: Part[], ...usages: [Usage | undefined, Usage | undefined]): (Usage | undefined)[] {
  const answer: Message = { role: 'assistant', parts: first };
  const requests: [Message[], Part[]][] = [
    [[ask], first],
    [[ask, answer, ...results], [last]],
  ];
  const observations = requests.map(([input, output], i): ModelCall => {
    const usage = usages[i];
    return {
      kind: 'model',
      dialect: 'a-dialect',
      origin: { source: 'spans.jsonl', traceId: 'a', spanId: `s${i}` },
      start: i * 1000,
      end: i * 1000 + 500,
      input,
      output: [{ role: 'assistant', parts: output }],
      ...(usage !== undefined && { usage }),
    };
  });
  return rebuildRuns(observations).flatMap((run) => run.turns.map((turn) => turn.usage));
}

const small = { inputTokens: 11, outputTokens: 6 };
const whole = { inputTokens: 180, outputTokens: 60 };

test('usage of answers that have text, and none of calls alone: a count of the text', () => {
  expect(usagesOf(calls, undefined, small)).toEqual([undefined, undefined]);
});

test('an answer of text and calls with fewer tokens than words: the calls were not counted', () => {
  expect(usagesOf([text, ...calls], small, small)).toEqual([undefined, undefined]);
});

test('usage of calls alone is the provider’s, and so is that of the text beside it', () => {
  expect(usagesOf(calls, whole, small)).toEqual([whole, small]);
  expect(usagesOf([text, ...calls], whole, small)).toEqual([whole, small]);
});

test('what a program called is no part of the answer’s tokens', () => {
  const issued = calls.map((part) => ({ ...part, program: true }));
  expect(usagesOf([text, ...issued], small, small)).toEqual([small, small]);
});

test('one usage that is missing says nothing of the others', () => {
  expect(usagesOf(calls, whole, undefined)).toEqual([whole, undefined]);
  expect(usagesOf([text, ...calls], undefined, whole)).toEqual([undefined, whole]);
});

test('requests that nothing ties together: an estimate shows in another of the same words', () => {
  const call = (traceId: string, input: Message[], output: Part[], usage?: Usage): ModelCall => ({
    kind: 'model',
    dialect: 'a-dialect',
    origin: { source: 'spans.jsonl', traceId, spanId: traceId },
    input,
    output: [{ role: 'assistant', parts: output }],
    ...(usage !== undefined && { usage }),
  });
  const bare: Part[] = [{ type: 'tool_call', name: 'read_kiln', arguments: { kiln: 'one' } }];
  const told = (first: Usage | undefined): unknown[] =>
    rebuildRuns([call('a', [ask], bare, first), call('b', [ask, { role: 'tool', parts: [] }], [last], small)]).map(
      ({ turns }) => turns.at(-1)?.usage,
    );
  expect(told(undefined)).toEqual([undefined, undefined]);
  expect(told(whole)).toEqual([whole, small]);
});
