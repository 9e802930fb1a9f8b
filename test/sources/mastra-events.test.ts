import { expect, test } from 'vitest';
import { mastraEvents } from '../../src/sources/envelopes/mastra-events.ts';
import { readTraces, type Problem, type Run } from '../../src/index.ts';
import { fileOf } from './support.ts';

/** One step of a loop that waters a greenhouse, and its tool. */
const exported = (type: string, id: string, parentSpanId: string, second: number, more: object): object => ({
  traceId: 'ab'.repeat(16),
  id: id.repeat(16),
  parentSpanId: parentSpanId.repeat(16),
  name: type,
  type,
  startTime: `2026-11-25T10:00:0${second}.000Z`,
  ...more,
});
const loop = exported('model_generation', 'a', '', 1, {
  input: { messages: [{ role: 'user', content: 'Water bed 7 if it is dry.' }] },
  attributes: { tools: [{ type: 'function', name: 'read_soil' }], usage: { inputTokens: 999 } },
});
const step = exported('model_step', 'b', 'a', 2, {
  attributes: { stepIndex: 0, usage: { inputTokens: 30, outputTokens: 5, inputDetails: { cacheRead: 10 } } },
  output: { text: '', toolCalls: [{ toolCallId: 'c1', toolName: 'read_soil', args: { bed: 7 } }] },
});
const tool = exported('tool_call', 'c', 'b', 3, { entityName: 'read_soil', attributes: { toolCallId: 'c1' }, input: { bed: 7 } });
const events = [
  { type: 'span_started', exportedSpan: { ...step, output: undefined } },
  { type: 'span_started', exportedSpan: tool },
  { type: 'span_ended', exportedSpan: { ...tool, endTime: '2026-11-25T10:00:04.000Z', errorInfo: { message: 'no sensor' } } },
  { type: 'span_ended', exportedSpan: { ...step, endTime: '2026-11-25T10:00:05.000Z' } },
  { type: 'span_updated', exportedSpan: { ...step, output: undefined } },
  { type: 'span_ended', exportedSpan: { ...loop, endTime: '2026-11-25T10:00:06.000Z' } },
];

test('a span that is told several times is one, as it ended', async () => {
  const problems: Problem[] = [];
  const runs: Run[] = [];
  const path = fileOf(events.map((event) => JSON.stringify(event)).join('\n'), 'events.jsonl');
  for await (const run of readTraces([path], { onProblem: (problem) => problems.push(problem) })) runs.push(run);
  expect(problems).toEqual([]);
  expect(runs).toMatchObject([
    {
      dialect: 'mastra',
      tools: [{ name: 'read_soil' }],
      turns: [{ usage: { inputTokens: 30, outputTokens: 5, cachedInputTokens: 10 }, captured: true }],
      calls: [{ id: 'c1', name: 'read_soil', arguments: { bed: 7 }, result: { content: 'no sensor', error: true } }],
    },
  ]);
  expect((runs[0]?.calls[0]?.end ?? 0) - (runs[0]?.calls[0]?.start ?? 0)).toBe(1000);
});

test('what is no event of a span', () => {
  expect(mastraEvents.detect({ type: 'span_ended' })).toBe(false);
  expect(mastraEvents.detect({ type: 'score_added', exportedSpan: {} })).toBe(false);
  expect(mastraEvents.read({ type: 'span_ended', exportedSpan: {} }, { source: 'x' }).skipped).toHaveLength(1);
});
