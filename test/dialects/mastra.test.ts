import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mastra } from '../../src/dialects/mastra.ts';
import type { Span } from '../../src/dialects/span.ts';
import type { ModelCall, Observation, ToolExecution } from '../../src/model/observation.ts';
import { rebuildRuns } from '../../src/model/rebuild/index.ts';
import type { Run } from '../../src/model/run.ts';
import { damaged } from './damage.ts';
import { call, result, span, text } from './span.ts';

/** A greenhouse: a loop of two steps, with the tools of the first. Times in tens of milliseconds. */
const at = (type: string, spanId: string, parentSpanId: string, start: number, end: number, more: Record<string, unknown> = {}): Span =>
  span({ 'mastra.span.type': type, ...more }, { name: type, spanId, parentSpanId, start: start * 10, end: end * 10 });
const json = JSON.stringify;

const agent = at('agent_run', 'a', '', 1, 99, { 'gen_ai.agent.name': 'gardener' });
const asked = [
  { role: 'system', content: 'You tend bed 7.' },
  { role: 'user', content: [{ type: 'text', text: 'Water it if it is dry.' }] },
];
const loop = at('model_generation', 'l', 'a', 2, 90, {
  'mastra.model_generation.input': json({ messages: asked }),
  'gen_ai.usage.input_tokens': 999,
});
const issued = [
  { toolCallId: 'c1', toolName: 'read_soil', args: { bed: 7 } },
  { toolCallId: 'c2', toolName: 'read_tank', args: {} },
];
const step = (id: string, index: number, start: number, output: unknown): Span =>
  at('model_step', id, 'l', start, start + 30, { 'mastra.model_step.step_index': index, 'mastra.model_step.output': json(output) });
const inference = (id: string, start: number, more: Record<string, unknown> = {}): Span =>
  at('model_inference', `${id}i`, id, start, start + 30, {
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'a-model',
    'gen_ai.provider.name': 'openai.chat',
    'gen_ai.usage.input_tokens': 30,
    'gen_ai.usage.output_tokens': 5,
    'gen_ai.usage.cache_read.input_tokens': 10,
    'gen_ai.output.messages': json([{ role: 'assistant', parts: [{ type: 'text', content: '' }] }]),
    ...more,
  });
const tool = (id: string, name: string, more: Record<string, unknown>, rest: Partial<Span> = {}): Span => ({
  ...at('tool_call', id, 's0', 20, 25, { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': name, ...more }),
  ...rest,
});
const soil = tool('t1', 'read_soil', { 'gen_ai.tool.call.id': 'c1', 'gen_ai.tool.call.result': '{"wet":3}' });
const tank = tool('t2', 'read_tank', { 'gen_ai.tool.call.id': 'c2', 'gen_ai.tool.call.result': '{"litres":40}' });
const first = step('s0', 0, 10, { text: '', toolCalls: issued });
const second = step('s1', 1, 50, { text: 'Bed 7 is at 3, the tank has 40 litres.', toolCalls: [] });
const whole = [soil, tank, inference('s0', 11), first, inference('s1', 51), second, loop, agent];

const read = (spans: readonly Span[]): Observation[] => mastra.readTogether?.(spans, () => []) ?? [];
const callsIn = (spans: readonly Span[]): ModelCall[] =>
  read(spans)
    .filter((observation): observation is ModelCall => observation.kind === 'model')
    .toSorted((a, b) => (a.start ?? 0) - (b.start ?? 0));
const toolsIn = (spans: readonly Span[]): ToolExecution[] => read(spans).filter((observation) => observation.kind === 'tool');
const without = (...gone: Span[]): Span[] => whole.filter((each) => !gone.includes(each));
const runOf = (spans: readonly Span[]): Run => rebuildRuns(read(spans))[0] as Run;

test('detect', () => {
  expect(mastra.detect(span({ 'mastra.span.type': 'model_chunk' }))).toBe(true);
  expect(mastra.detect(span({ 'mastra.span.type': 3 }))).toBe(false);
  expect(mastra.detect(span({ 'gen_ai.operation.name': 'chat' }))).toBe(false);
});

describe('a model call', () => {
  test('is a step: tokens are those of the inference, the answer its own, the messages those of the loop', () => {
    expect(callsIn(whole)[0]).toMatchObject({
      origin: { spanId: 's0' },
      start: 110,
      model: 'a-model',
      provider: 'openai',
      usage: { inputTokens: 30, outputTokens: 5, cachedInputTokens: 10 },
      input: [
        { role: 'system', parts: [text('You tend bed 7.')] },
        { role: 'user', parts: [text('Water it if it is dry.')] },
      ],
      output: [{ role: 'assistant', parts: [call('c1', 'read_soil', { bed: 7 }), call('c2', 'read_tank', {})] }],
    });
  });

  test('is given what the tools of the step before answered', () => {
    expect(callsIn(whole)[1]?.input?.slice(2)).toMatchObject([
      { role: 'assistant', parts: [{ id: 'c1' }, { id: 'c2' }] },
      { role: 'tool', parts: [result('c1', '{"wet":3}'), result('c2', '{"litres":40}')] },
    ]);
  });

  test('loops and inferences are none: their tokens are sums, or the step’s own', () => {
    expect(callsIn(whole)).toHaveLength(2);
    expect(read(whole).filter(({ kind }) => kind === 'scope')).toHaveLength(4);
  });

  test('without an inference has no tokens, as those of the loop are sums', () => {
    const spans = without(...whole.filter(({ name }) => name === 'model_inference'));
    expect(callsIn(spans).map(({ usage }) => usage)).toEqual([undefined, undefined]);
    expect(runOf(spans).calls).toHaveLength(2);
  });

  test('without an inference has the tokens that the provider answered, where that is OpenAI', () => {
    const body = { object: 'chat.completion', choices: [{ message: {} }], usage: { prompt_tokens: 31, completion_tokens: 6 } };
    const bodied = { ...first, attributes: { ...first.attributes, 'mastra.metadata.body': json(body) } };
    expect(callsIn([bodied, loop])[0]?.usage).toEqual({ inputTokens: 31, outputTokens: 6 });
    const other = { ...first, attributes: { ...first.attributes, 'mastra.metadata.body': json({ usage: body.usage }) } };
    expect(callsIn([other, loop])[0]?.usage).toBeUndefined();
  });

  test('without an inference failed where its loop did and it answered nothing', () => {
    const failed = { ...loop, attributes: { ...loop.attributes, 'gen_ai.response.finish_reasons': '["error"]' } };
    const spans = [first, step('s1', 1, 50, { text: '', toolCalls: [] }), failed];
    expect(callsIn(spans).map(({ error }) => error)).toEqual([undefined, 'error']);
  });

  test('whose step is missing has tokens, but no answer that is known', () => {
    const [lost] = callsIn(without(first));
    expect(lost).toMatchObject({ origin: { spanId: 's0i' }, usage: { inputTokens: 30 } });
    expect(lost?.output).toBeUndefined();
  });

  test('that failed says so only by the reason why it ended', () => {
    const failed = [
      step('s0', 0, 10, { text: '', toolCalls: [] }),
      inference('s0', 11, { 'gen_ai.response.finish_reasons': '["error"]' }),
      loop,
    ];
    expect(callsIn(failed)).toMatchObject([{ error: 'error' }]);
    expect(callsIn(failed)[0]?.output).toBeUndefined();
  });
});

describe('a history', () => {
  test('has a gap where a step is missing: it is unknown from there on', () => {
    expect(callsIn(without(first)).find(({ origin }) => origin.spanId === 's1')?.input).toBeUndefined();
  });

  test('has results that are unknown where a tool span is missing', () => {
    expect(callsIn(without(tank))[1]?.input?.at(-1)?.parts).toMatchObject([result('c1', '{"wet":3}'), result('c2', undefined)]);
  });

  test.each(['[MaxDepth]', '[REDACTED]', '[…2 more items]', 'It is…[truncated]'])('knows nothing of what Mastra left out: %s', (cut) => {
    const cutSoil = tool('t1', 'read_soil', { 'gen_ai.tool.call.id': 'c1', 'gen_ai.tool.call.result': json({ wet: cut }) });
    const [execution] = toolsIn([cutSoil]);
    expect(execution).toMatchObject({ name: 'read_soil', callId: 'c1' });
    expect(execution?.result).toBeUndefined();
    const cutLoop = { ...loop, attributes: { ...loop.attributes, 'mastra.model_generation.input': json({ messages: [...asked, cut] }) } };
    expect(callsIn([...without(loop), cutLoop])[0]?.input).toBeUndefined();
  });

  test('of an earlier loop is calls where their steps are here, else what it tells as text', () => {
    const said = [
      ...asked,
      { role: 'assistant', content: issued.map((each) => ({ type: 'tool-call', ...each })) },
      {
        role: 'tool',
        content: [{ type: 'tool-result', toolCallId: 'c1', toolName: 'read_soil', output: { type: 'json', value: { wet: 3 } } }],
      },
      { role: 'assistant', content: 'It is at 3.' },
      { role: 'user', content: 'And now?' },
    ];
    const later = at('model_generation', 'm', 'a', 100, 190, { 'mastra.model_generation.input': json({ messages: said }) });
    const answer = { ...step('s9', 0, 110, { text: 'Still.', toolCalls: [] }), parentSpanId: 'm' };
    expect(callsIn([...whole, later, answer]).at(-1)?.input).toMatchObject([{}, {}, { parts: [{ id: 'c1' }, { id: 'c2' }] }, {}, {}, {}]);
    expect(callsIn([later, answer])[0]?.input?.slice(2, 4)).toEqual([
      { role: 'assistant', parts: [] },
      { role: 'tool', parts: [text('{"wet":3}')] },
    ]);
    expect(runOf([later, answer]).calls).toEqual([]);
  });
});

test('a tool that threw, and one written before version 1', () => {
  const threw = tool('t1', 'read_soil', {}, { status: { code: 2, message: 'no sensor' } });
  const former = tool('t2', 'read_tank', { 'gen_ai.tool.input': '{"tank":1}', 'gen_ai.tool.output': '{"litres":4}' });
  expect(toolsIn([threw, former])).toMatchObject([{ error: 'no sensor' }, { arguments: { tank: 1 }, result: '{"litres":4}' }]);
});

test('whatever is cut, gone or of another type: every span is one observation, and runs are made of them', () => {
  const keyOf = (each: Span, key: string): string => `${whole.indexOf(each)} ${key}`;
  const attributes = Object.fromEntries(
    whole.flatMap((each) => Object.entries(each.attributes).map(([key, value]) => [keyOf(each, key), value])),
  );
  fc.assert(
    fc.property(damaged(attributes), fc.shuffledSubarray(whole), (left, kept) => {
      const spans = kept
        .map((each) => {
          const own = Object.keys(each.attributes).map((key) => [key, left[keyOf(each, key)]] as const);
          return { ...each, attributes: Object.fromEntries(own) };
        })
        .filter((each) => mastra.detect(each));
      const observations = read(spans);
      rebuildRuns(observations);
      return observations.length === spans.filter((each) => each.attributes['mastra.span.type'] !== 'model_chunk').length;
    }),
    { numRuns: 300 },
  );
});
