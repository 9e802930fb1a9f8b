import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { genAi } from '../../src/dialects/gen-ai.ts';
import type { Span } from '../../src/dialects/span.ts';
import type { ModelCall, ToolExecution } from '../../src/model/observation.ts';
import { call, chat, log, span, text } from './span.ts';

/** Raise it to look harder. */
const RUNS = 300;

const model = (of: Span, logs = [] as ReturnType<typeof log>[]): ModelCall => genAi.read(of, logs) as ModelCall;
const tool = (attributes: Record<string, unknown>, more: Partial<Span> = {}): ToolExecution =>
  genAi.read(
    span({ 'gen_ai.operation.name': 'execute_tool', ...attributes }, { name: 'execute_tool read_tide', ...more }),
    [],
  ) as ToolExecution;

describe('detect', () => {
  test.each([
    [{ 'gen_ai.operation.name': 'chat' }, true],
    [{ 'gen_ai.system': 'openai', 'gen_ai.request.model': 'a-model' }, true],
    [{ 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'a-model' }, true],
    [{ 'gen_ai.request.model': 'a-model' }, false],
    [{ 'gen_ai.system': 'openai' }, false],
    // Writers put the names of called tools on the model's span: a tool's name makes no tool.
    [{ 'gen_ai.tool.name': 'read_tide' }, false],
    [{ 'http.method': 'GET' }, false],
  ])('%j: %s', (attributes, expected) => {
    expect(genAi.detect(span(attributes))).toBe(expected);
  });
});

describe('a model call', () => {
  test('with everything the conventions know', () => {
    const attributes = {
      'gen_ai.provider.name': 'openai',
      'gen_ai.response.model': 'a-model-2026',
      'gen_ai.response.id': 'r2',
      'gen_ai.request.previous_response.id': 'r1',
      'gen_ai.conversation.id': 'c1',
      'gen_ai.conversation.compacted': true,
      'gen_ai.agent.name': 'harbour master',
      'gen_ai.usage.input_tokens': 30,
      'gen_ai.usage.output_tokens': '5',
      'gen_ai.tool.definitions': '[{"type":"function","name":"read_tide"}]',
      'gen_ai.system_instructions': '[{"type":"text","content":"Be brief."}]',
      'gen_ai.input.messages': '[{"role":"user","parts":[{"type":"text","content":"High water?"}]}]',
      'gen_ai.output.messages': [
        { role: 'assistant', parts: [{ type: 'tool_call', id: 'a', name: 'read_tide', arguments: { gauge: 1 } }] },
      ],
    };
    expect(genAi.read(chat(attributes, { start: 10, end: 20, parentSpanId: '2'.repeat(16) }), [])).toEqual({
      kind: 'model',
      dialect: 'gen-ai',
      origin: { source: 'spans.jsonl', traceId: '0'.repeat(31) + '1', spanId: '0'.repeat(15) + '1', parentSpanId: '2'.repeat(16) },
      start: 10,
      end: 20,
      provider: 'openai',
      model: 'a-model-2026',
      responseId: 'r2',
      previousResponseId: 'r1',
      conversationId: 'c1',
      compacted: true,
      agentName: 'harbour master',
      usage: { inputTokens: 30, outputTokens: 5 },
      tools: [{ name: 'read_tide' }],
      input: [
        { role: 'system', parts: [text('Be brief.')] },
        { role: 'user', parts: [text('High water?')] },
      ],
      output: [{ role: 'assistant', parts: [call('a', 'read_tide', { gauge: 1 })], choice: 0 }],
    });
  });

  test('with the names of old', () => {
    const attributes = { 'gen_ai.system': 'openai', 'gen_ai.usage.prompt_tokens': 30, 'gen_ai.usage.completion_tokens': 5 };
    expect(model(span({ ...attributes, 'gen_ai.request.model': 'a-model' }))).toMatchObject({
      provider: 'openai',
      model: 'a-model',
      usage: { inputTokens: 30, outputTokens: 5 },
    });
  });

  test.each([
    ['nothing', {}],
    ['JSON that was cut', { 'gen_ai.input.messages': '[{"role":"us', 'gen_ai.output.messages': '[{"role":"assistant","parts":[{"ty' }],
    ['an empty list', { 'gen_ai.input.messages': '[]', 'gen_ai.output.messages': [] }],
    [
      'messages without content',
      {
        'gen_ai.input.messages': [{ role: 'user', parts: [{ type: 'text', content: null }] }],
        'gen_ai.output.messages': '[{"role":"assistant","parts":[]}]',
      },
    ],
    ['instructions alone', { 'gen_ai.system_instructions': 'Be brief.' }],
    ['something else', { 'gen_ai.input.messages': 5, 'gen_ai.output.messages': { role: 'assistant' } }],
  ])('whose content is %s has neither input nor output', (_, attributes) => {
    const read = model(chat(attributes));
    expect(read.kind).toBe('model');
    expect(read.input).toBeUndefined();
    expect(read.output).toBeUndefined();
  });

  test('whose answer is an empty text said something else, or nothing: nobody knows', () => {
    const parts = [{ type: 'text', content: '' }];
    expect(model(chat({ 'gen_ai.output.messages': [{ role: 'assistant', parts, finish_reason: 'stop' }] })).output).toBeUndefined();
  });

  test('is one though it also names the tools that were called, one after the other', () => {
    const read = model(
      chat({
        'gen_ai.tool.name': 'read_tide, read_wind',
        'gen_ai.tool.call.id': 'a, b',
        'gen_ai.output.messages': [{ role: 'assistant', parts: [{ type: 'tool_call', id: 'a', name: 'read_tide' }] }],
      }),
    );
    expect(read).toMatchObject({ kind: 'model', output: [{ parts: [call('a', 'read_tide')] }] });
  });

  test('whose instructions stand in the input too has them once', () => {
    const messages = [{ role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] }];
    const read = model(chat({ 'gen_ai.system_instructions': 'Be brief.', 'gen_ai.input.messages': messages }));
    expect(read.input).toEqual([{ role: 'system', parts: [text('Be brief.')] }]);
  });

  test('that failed', () => {
    expect(model(chat({ 'error.type': 'RateLimitError' })).error).toBe('RateLimitError');
    expect(model(chat({ 'error.type': 'RateLimitError' }, { status: { code: 2, message: 'Slow down.' } })).error).toBe('Slow down.');
    const logs = [log('gen_ai.client.operation.exception', null, { 'exception.message': '429 Slow down.' })];
    expect(model(chat({}, { status: { code: 2 } }), logs).error).toBe('429 Slow down.');
    expect(model(chat({}, { status: { code: 2 } })).error).toBe('error');
    expect(model(chat({}, { status: { code: 1, message: 'fine' } })).error).toBeUndefined();
  });
});

describe('operations', () => {
  const content = {
    'gen_ai.output.messages': '[{"role":"assistant","parts":[{"type":"text","content":"3.2 m."}]}]',
    'gen_ai.usage.input_tokens': 9,
  };
  const kindOf = (operation: string, attributes: Record<string, unknown> = content): string | undefined =>
    genAi.read(span({ 'gen_ai.operation.name': operation, ...attributes }), [])?.kind;

  test.each(['chat', 'text_completion', 'generate_content'])('%s is a model call, content or not', (operation) => {
    expect(kindOf(operation)).toBe('model');
    expect(kindOf(operation, {})).toBe('model');
  });

  test.each(['invoke_agent', 'create_agent', 'invoke_workflow'])('%s is a scope, whose messages and tokens are sums', (operation) => {
    expect(genAi.read(span({ 'gen_ai.operation.name': operation, 'gen_ai.agent.name': 'harbour master', ...content }), [])).toEqual({
      kind: 'scope',
      dialect: 'gen-ai',
      origin: { source: 'spans.jsonl', traceId: '0'.repeat(31) + '1', spanId: '0'.repeat(15) + '1' },
      name: 'harbour master',
      agent: true,
    });
  });

  test('an unknown one is a model call if it holds messages and its name tells of no wrapper', () => {
    expect(kindOf('infer')).toBe('model');
    expect(kindOf('infer', {})).toBeUndefined();
    expect(kindOf('embeddings', {})).toBeUndefined();
    expect(kindOf('agent_step')).toBeUndefined();
  });
});

describe('a tool execution', () => {
  test('with arguments and result as JSON text or as values', () => {
    const attributes = { 'gen_ai.tool.name': 'read_tide', 'gen_ai.tool.call.id': 'a', 'gen_ai.conversation.id': 'c1' };
    const expected = {
      kind: 'tool',
      dialect: 'gen-ai',
      origin: { source: 'spans.jsonl', traceId: '0'.repeat(31) + '1', spanId: '0'.repeat(15) + '1' },
      name: 'read_tide',
      callId: 'a',
      conversationId: 'c1',
      arguments: { gauge: 1 },
    };
    const asText = { 'gen_ai.tool.call.arguments': '{"gauge":1}', 'gen_ai.tool.call.result': '{"metres":3.2}' };
    const asValues = { 'gen_ai.tool.call.arguments': { gauge: 1 }, 'gen_ai.tool.call.result': { metres: 3.2 } };
    expect(tool({ ...attributes, ...asText })).toEqual({ ...expected, result: '{"metres":3.2}' });
    expect(tool({ ...attributes, ...asValues })).toEqual({ ...expected, result: { metres: 3.2 } });
  });

  test('is named by its span if by nothing else', () => {
    expect(tool({})).toMatchObject({ name: 'read_tide' });
  });

  test('that threw has the message of the exception', () => {
    const exception = (name: string): Partial<Span> => ({
      status: { code: 2, message: 'failed' },
      events: [{ name, attributes: { 'exception.message': 'gauge offline' } }],
    });
    expect(tool({}, exception('exception')).error).toBe('gauge offline');
    expect(tool({}, exception('gen_ai.execute_tool.exception')).error).toBe('gauge offline');
    expect(tool({}, exception('note')).error).toBe('failed');
  });

  test('may be marked speculative', () => {
    expect(tool({ 'fanlight.speculative': true }).speculative).toBe(true);
    expect(tool({ 'fanlight.speculative': false })).not.toHaveProperty('speculative');
  });
});

test('nothing throws', () => {
  const keys = `gen_ai.operation.name gen_ai.system gen_ai.request.model gen_ai.input.messages gen_ai.output.messages
    gen_ai.system_instructions gen_ai.tool.definitions gen_ai.tool.name gen_ai.tool.call.result gen_ai.usage.input_tokens
    gen_ai.response.finish_reasons gen_ai.prompt.0.role gen_ai.prompt.0.content gen_ai.completion.0.tool_calls.0.name
    error.type content message tool_calls index id gen_ai.event.content gen_ai.prompt gen_ai.completion`.split(/\s+/u);
  const names = `gen_ai.user.message gen_ai.tool.message gen_ai.choice gen_ai.client.inference.operation.details
    gen_ai.content.prompt gen_ai.content.completion exception`.split(/\s+/u);
  const anything = fc.anything({ maxDepth: 1, maxKeys: 3 });
  const type = fc.constantFrom('text', 'tool_call', 'server_tool_call', 'tool_call_response');
  const field = fc.constantFrom('type', 'content', 'id', 'name', 'arguments', 'response', 'server_tool_call');
  const part = fc.dictionary(field, fc.oneof(anything, type));
  const role = fc.oneof(fc.constantFrom('user', 'assistant', 'tool'), anything);
  const message = fc.record(
    { role, parts: fc.oneof(fc.array(fc.oneof(part, anything), { maxLength: 3 }), anything) },
    { requiredKeys: [] },
  );
  const messages = fc.array(fc.oneof(message, anything), { maxLength: 3 });
  const operation = fc.constantFrom('chat', 'execute_tool', 'invoke_agent', 'infer');
  const attributes = fc.dictionary(fc.constantFrom(...keys), fc.oneof(anything, messages, operation, fc.json({ maxDepth: 1 })));
  const event = fc.record({ name: fc.constantFrom(...names), attributes });
  const record = fc.tuple(fc.constantFrom(...names), fc.oneof(anything, attributes), attributes);
  fc.assert(
    fc.property(attributes, fc.array(event, { maxLength: 3 }), fc.array(record, { maxLength: 3 }), (own, events, records) => {
      const of = span(own, { events });
      genAi.detect(of);
      const logs = records.map(([name, body, its]) => log(name, body, its));
      return ['model', 'tool', 'scope', undefined].includes(genAi.read(of, logs)?.kind);
    }),
    { numRuns: RUNS },
  );
});
