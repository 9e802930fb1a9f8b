import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { removeCut } from '../../src/dialects/cut-content.ts';
import type { Span } from '../../src/dialects/span.ts';
import { traceloop } from '../../src/dialects/traceloop.ts';
import type { ToolExecution } from '../../src/model/observation.ts';
import { damaged } from './damage.ts';
import { span } from './span.ts';

const tool = (attributes: Record<string, unknown>, more: Partial<Span> = {}): ToolExecution =>
  traceloop.read(
    span({ 'traceloop.span.kind': 'tool', 'traceloop.entity.name': 'read_tide', ...attributes }, { name: 'read_tide.tool', ...more }),
    [],
  ) as ToolExecution;

test.each([
  [{ 'traceloop.span.kind': 'workflow' }, true],
  [{ 'traceloop.span.kind': 'tool', 'gen_ai.operation.name': 'execute_tool' }, true],
  // Its model calls carry where they belong, and are read by the conventions.
  [{ 'traceloop.workflow.name': 'tides', 'gen_ai.operation.name': 'chat' }, false],
  [{ 'traceloop.span.kind': 'agent', 'gen_ai.operation.name': 'invoke_agent' }, false],
  [{ 'gen_ai.operation.name': 'chat' }, false],
])('detect %j: %s', (attributes, expected) => {
  expect(traceloop.detect(span(attributes))).toBe(expected);
});

describe('a tool', () => {
  test.each<[string, unknown, unknown]>([
    ['one object', '{"args":{"gauge":1},"kwargs":{}}', { gauge: 1 }],
    ['one object in a list', '{"args":[{"gauge":1}],"kwargs":{}}', { gauge: 1 }],
    ['by name', '{"args":[],"kwargs":{"gauge":1}}', { gauge: 1 }],
    ['none', '{"args":[],"kwargs":{}}', {}],
    ['by position: which is which is not told', '{"args":[1,"north"],"kwargs":{}}', undefined],
    ['the bare arguments', '{"gauge":1}', { gauge: 1 }],
    ['JSON that breaks off', '{"args":{"gau', undefined],
    ['nothing', null, undefined],
  ])('with arguments as %s', (_, input, expected) => {
    expect(tool({ 'traceloop.entity.input': input }).arguments).toEqual(expected);
  });

  test.each<[string, unknown, unknown]>([
    ['an object', '{"metres":3.2}', { metres: 3.2 }],
    ['text', '"3.2 metres"', '3.2 metres'],
    ['JSON that breaks off', '{"metr', undefined],
  ])('with a result that is %s', (_, output, expected) => {
    expect(tool({ 'traceloop.entity.output': output }).result).toEqual(expected);
  });

  test('with a place in its conversation, and what the conventions say as well', () => {
    const attributes = { 'gen_ai.tool.call.id': 'a', 'gen_ai.conversation.id': 'c1' };
    expect(tool(attributes, { start: 10, end: 20, parentSpanId: '2'.repeat(16) })).toEqual({
      kind: 'tool',
      dialect: 'traceloop',
      origin: { source: 'spans.jsonl', traceId: '0'.repeat(31) + '1', spanId: '0'.repeat(15) + '1', parentSpanId: '2'.repeat(16) },
      start: 10,
      end: 20,
      name: 'read_tide',
      callId: 'a',
      conversationId: 'c1',
    });
  });

  test('that failed', () => {
    expect(tool({}, { status: { code: 2, message: 'gauge offline' } }).error).toBe('gauge offline');
  });

  test('without a name has that of its span', () => {
    expect(tool({ 'traceloop.entity.name': '' }).name).toBe('read_tide');
  });
});

test.each([
  ['workflow', true],
  ['agent', true],
  ['task', false],
])('a %s is a scope; its calls belong together: %s', (kind, agent) => {
  expect(traceloop.read(span({ 'traceloop.span.kind': kind, 'traceloop.entity.name': 'tides' }), [])).toMatchObject({
    kind: 'scope',
    name: 'tides',
    agent,
  });
});

test('nothing throws, whatever is cut, gone or of another type', () => {
  const whole: Record<string, unknown> = {
    'traceloop.span.kind': 'tool',
    'traceloop.entity.name': 'read_tide',
    'traceloop.entity.input': '{"args":[{"gauge":1}],"kwargs":{}}',
    'traceloop.entity.output': '{"metres":3.2}',
    'gen_ai.tool.call.id': 'a',
  };
  fc.assert(
    fc.property(damaged(whole), fc.constantFrom('tool', 'agent', 'task'), (attributes, kind) => {
      const of = span({ ...attributes, 'traceloop.span.kind': kind });
      removeCut(of);
      traceloop.detect(of);
      return ['tool', 'scope'].includes(traceloop.read(of, [])?.kind ?? '');
    }),
    { numRuns: 300 },
  );
});
