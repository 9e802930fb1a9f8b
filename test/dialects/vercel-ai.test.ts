import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { removeCut } from '../../src/dialects/cut-content.ts';
import { vercelAi } from '../../src/dialects/vercel-ai.ts';
import type { Span } from '../../src/dialects/span.ts';
import type { ModelCall, ToolExecution } from '../../src/model/observation.ts';
import { damaged } from './damage.ts';
import { call, result, span, text } from './span.ts';

const model = (attributes: Record<string, unknown>, more: Partial<Span> = {}): ModelCall =>
  vercelAi.read(span({ 'ai.operationId': 'ai.generateText.doGenerate', ...attributes }, more), []) as ModelCall;
const tool = (attributes: Record<string, unknown>, more: Partial<Span> = {}): ToolExecution =>
  vercelAi.read(span({ 'ai.operationId': 'ai.toolCall', ...attributes }, { name: 'ai.toolCall', ...more }), []) as ToolExecution;

test.each([
  [{ 'ai.operationId': 'ai.streamText.doStream' }, true],
  [{ 'ai.operationId': 'ai.toolCall' }, true],
  // The SDK's newer telemetry writes the conventions, with a few names of its own beside them.
  [{ 'gen_ai.operation.name': 'chat', 'ai.usage.outputTokenDetails.textTokens': 5 }, false],
  [{ 'ai.operationId': 7 }, false],
  [{ 'operation.name': 'ship it' }, false],
])('detect %j: %s', (attributes, expected) => {
  expect(vercelAi.detect(span(attributes))).toBe(expected);
});

describe('a request', () => {
  const ids = { traceId: '0'.repeat(31) + '1', spanId: '0'.repeat(15) + '1' };

  test('with everything the SDK tells', () => {
    const messages = [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'High water?' },
          { type: 'file', mediaType: 'image/png', data: 'AAAA' },
        ],
      },
    ];
    expect(
      model(
        {
          'ai.telemetry.functionId': 'harbour master',
          'ai.model.provider': 'openai.chat',
          'ai.model.id': 'a-model',
          'ai.prompt.messages': JSON.stringify(messages),
          'ai.prompt.tools': ['{"type":"function","name":"read_tide","inputSchema":{}}', '{"type":"function","na'],
          'gen_ai.system': 'openai.chat',
          'gen_ai.request.model': 'a-model',
          'ai.response.text': '',
          'ai.response.reasoning': 'Two gauges.',
          'ai.response.toolCalls': JSON.stringify([
            { toolCallId: 'a', toolName: 'read_tide', input: '{"gauge":1}' },
            { toolCallId: 'b', toolName: 'read_tide', input: { gauge: 2 } },
          ]),
          'ai.response.id': 'r1',
          'ai.response.model': 'a-model-2026',
          'ai.usage.inputTokens': 30,
          'ai.usage.cachedInputTokens': 20,
          'ai.usage.outputTokens': 5,
          'gen_ai.usage.input_tokens': 30,
        },
        { start: 10, end: 20 },
      ),
    ).toEqual({
      kind: 'model',
      dialect: 'vercel-ai',
      origin: { source: 'spans.jsonl', ...ids },
      start: 10,
      end: 20,
      provider: 'openai',
      model: 'a-model-2026',
      agentName: 'harbour master',
      responseId: 'r1',
      usage: { inputTokens: 30, cachedInputTokens: 20, outputTokens: 5 },
      tools: [{ name: 'read_tide' }],
      input: [
        { role: 'system', parts: [text('Be brief.')] },
        { role: 'user', parts: [text('High water?')] },
      ],
      output: [
        {
          role: 'assistant',
          choice: 0,
          parts: [{ type: 'reasoning', text: 'Two gauges.' }, call('a', 'read_tide', { gauge: 1 }), call('b', 'read_tide', { gauge: 2 })],
        },
      ],
    });
  });

  test('whose history holds calls and results, of every kind', () => {
    const outputs = {
      a: { type: 'json', value: { metres: 3.2 } },
      b: { type: 'text', value: '2.9 m' },
      c: {
        type: 'content',
        value: [
          { type: 'text', text: '2.9' },
          { type: 'text', text: 'metres' },
        ],
      },
      d: { type: 'error-text', value: 'gauge offline' },
      e: { type: 'execution-denied', reason: 'not now' },
    };
    const history = [
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Looking.' },
          { type: 'tool-call', toolCallId: 'a', toolName: 'read_tide', input: { gauge: 1 } },
          { type: 'tool-call', toolCallId: 's', toolName: 'web_search', input: {}, providerExecuted: true },
          { type: 'tool-result', toolCallId: 's', toolName: 'web_search', output: { type: 'json', value: [] } },
        ],
      },
      { role: 'tool', content: Object.entries(outputs).map(([toolCallId, output]) => ({ type: 'tool-result', toolCallId, output })) },
      { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'f', toolName: 'read_tide', result: { metres: 1 }, isError: true }] },
    ];
    expect(model({ 'ai.prompt.messages': JSON.stringify(history) }).input).toEqual([
      {
        role: 'assistant',
        parts: [
          text('Looking.'),
          call('a', 'read_tide', { gauge: 1 }),
          { ...call('s', 'web_search', {}), server: true },
          { ...result('s', []), name: 'web_search', server: true },
        ],
      },
      {
        role: 'tool',
        parts: [
          result('a', { metres: 3.2 }),
          result('b', '2.9 m'),
          result('c', '2.9\nmetres'),
          { ...result('d', 'gauge offline'), error: true },
          { ...result('e', 'not now'), error: true },
        ],
      },
      { role: 'tool', parts: [{ ...result('f', { metres: 1 }), name: 'read_tide', error: true }] },
    ]);
  });

  test('of generateObject, and with the names of old', () => {
    const attributes = { 'ai.response.object': '{"metres":3.2}', 'ai.usage.promptTokens': 30, 'ai.usage.completionTokens': 5 };
    expect(model({ 'ai.operationId': 'ai.generateObject.doGenerate', ...attributes })).toMatchObject({
      output: [{ parts: [text('{"metres":3.2}')] }],
      usage: { inputTokens: 30, outputTokens: 5 },
    });
  });

  test('that a processor turned into the conventions on its way out', () => {
    const read = model({
      'gen_ai.input.messages': '[{"role":"user","parts":[{"type":"text","content":"High water?"}]}]',
      'gen_ai.output.messages': '[{"role":"assistant","parts":[{"type":"tool_call","id":"a","name":"read_tide","arguments":{}}]}]',
      'gen_ai.tool.definitions': '[{"type":"function","name":"read_tide"}]',
    });
    expect(read).toMatchObject({
      dialect: 'vercel-ai',
      input: [{ role: 'user', parts: [text('High water?')] }],
      output: [{ parts: [call('a', 'read_tide', {})] }],
      tools: [{ name: 'read_tide' }],
    });
  });

  test.each<[string, Record<string, unknown>]>([
    ['nothing', {}],
    ['an empty text', { 'ai.response.text': '' }],
    ['messages that break off', { 'ai.prompt.messages': '[{"role":"user","con', 'ai.response.toolCalls': '[{"toolCallId":"a"' }],
    ['text beside calls that break off', { 'ai.response.text': 'Looking.', 'ai.response.toolCalls': '[{"toolCallId":"a"' }],
    ['something else', { 'ai.prompt.messages': '{}', 'ai.response.text': 5, 'ai.response.toolCalls': true }],
  ])('whose content is %s has neither input nor output', (_, attributes) => {
    expect(model(attributes).input).toBeUndefined();
    expect(model(attributes).output).toBeUndefined();
  });

  test('a text that was cut takes the calls beside it along: they are half an answer', () => {
    const of = span({
      'ai.operationId': 'ai.generateText.doGenerate',
      'ai.response.text': 'x'.repeat(2048),
      'ai.response.toolCalls': '[{"toolCallId":"a","toolName":"read_tide","input":"{}"}]',
    });
    expect(removeCut(of)).toEqual([2048]);
    expect((vercelAi.read(of, []) as ModelCall).output).toBeUndefined();
  });

  test('that failed', () => {
    const events = [{ name: 'exception', attributes: { 'exception.message': '429 Slow down.' } }];
    expect(model({}, { status: { code: 2 }, events }).error).toBe('429 Slow down.');
  });
});

describe('a tool', () => {
  test('with arguments and result', () => {
    const attributes = { 'ai.toolCall.name': 'read_tide', 'ai.toolCall.id': 'a', 'ai.toolCall.args': '{"gauge":1}' };
    expect(tool({ ...attributes, 'ai.toolCall.result': '{"metres":3.2}' })).toMatchObject({
      kind: 'tool',
      dialect: 'vercel-ai',
      name: 'read_tide',
      callId: 'a',
      arguments: { gauge: 1 },
      result: '{"metres":3.2}',
    });
  });

  test('that threw has an error and no result', () => {
    const thrown = tool({ 'ai.toolCall.name': 'read_tide' }, { status: { code: 2, message: 'gauge offline' } });
    expect(thrown).toMatchObject({ name: 'read_tide', error: 'gauge offline' });
    expect(thrown.result).toBeUndefined();
  });

  test('that a processor turned into the conventions on its way out', () => {
    const attributes = { 'gen_ai.tool.name': 'read_tide', 'gen_ai.tool.call.id': 'a', 'gen_ai.tool.call.arguments': '{"gauge":1}' };
    expect(tool(attributes)).toMatchObject({ name: 'read_tide', callId: 'a', arguments: { gauge: 1 } });
  });
});

test('the loop around them is a scope: what it holds are sums over its requests', () => {
  const attributes = {
    'ai.telemetry.functionId': 'harbour master',
    'ai.response.text': '3.2 m.',
    'ai.response.toolCalls': '[]',
    'ai.usage.inputTokens': 99,
    'gen_ai.operation.name': 'chat',
    'gen_ai.output.messages': '[{"role":"assistant","parts":[{"type":"text","content":"3.2 m."}]}]',
  };
  expect(vercelAi.read(span({ 'ai.operationId': 'ai.generateText', ...attributes }), [])).toEqual({
    kind: 'scope',
    dialect: 'vercel-ai',
    origin: { source: 'spans.jsonl', traceId: '0'.repeat(31) + '1', spanId: '0'.repeat(15) + '1' },
    name: 'harbour master',
    agent: true,
  });
  expect(vercelAi.read(span({ 'ai.operationId': 'ai.embed.doEmbed' }), [])).toBeUndefined();
});

test('nothing throws, whatever is cut, gone or of another type', () => {
  const whole: Record<string, unknown> = {
    'ai.operationId': 'ai.streamText.doStream',
    'ai.prompt.messages': JSON.stringify([
      { role: 'user', content: [{ type: 'text', text: 'High water?' }] },
      { role: 'assistant', content: [{ type: 'tool-call', toolCallId: 'a', toolName: 'read_tide', input: {} }] },
      { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'a', output: { type: 'json', value: 3.2 } }] },
    ]),
    'ai.prompt.tools': ['{"name":"read_tide"}'],
    'ai.response.toolCalls': '[{"toolCallId":"b","toolName":"read_tide","input":"{}"}]',
    'ai.response.text': 'Looking.',
    'ai.usage.inputTokens': 3,
    'ai.toolCall.id': 'a',
    'ai.toolCall.args': '{}',
    'ai.toolCall.result': '{}',
    'gen_ai.system': 'openai.chat',
  };
  const operation = fc.constantFrom('ai.generateText', 'ai.streamText.doStream', 'ai.toolCall', 'ai.embed.doEmbed');
  fc.assert(
    fc.property(operation, damaged(whole), (name, attributes) => {
      const of = span({ ...attributes, 'ai.operationId': name });
      removeCut(of);
      vercelAi.detect(of);
      return ['model', 'tool', 'scope', undefined].includes(vercelAi.read(of, [])?.kind);
    }),
    { numRuns: 300 },
  );
});
