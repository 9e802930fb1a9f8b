import type { LogRecord, Span } from '../../src/dialects/span.ts';

/** A span as a reader hands it over, with what the test is about. */
export const span = (attributes: Record<string, unknown>, more: Partial<Span> = {}): Span => ({
  traceId: '0'.repeat(31) + '1',
  spanId: '0'.repeat(15) + '1',
  name: 'chat a-model',
  attributes,
  events: [],
  status: { code: 0 },
  droppedAttributes: 0,
  resource: {},
  place: { source: 'spans.jsonl' },
  ...more,
});

export const chat = (attributes: Record<string, unknown> = {}, more: Partial<Span> = {}): Span =>
  span({ 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'a-model', ...attributes }, more);

export const log = (eventName: string, body: unknown, attributes: Record<string, unknown> = {}): LogRecord => ({
  traceId: '0'.repeat(31) + '1',
  spanId: '0'.repeat(15) + '1',
  eventName,
  body,
  attributes,
  place: { source: 'logs.jsonl' },
});

export const text = (content: string): object => ({ type: 'text', text: content });
export const call = (id: string, name: string, args?: unknown): object => ({ type: 'tool_call', id, name, arguments: args });
export const result = (id: string, content?: unknown): object => ({ type: 'tool_result', id, content });
