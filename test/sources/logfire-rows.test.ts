import { expect, test } from 'vitest';
import { logfireRows } from '../../src/sources/envelopes/logfire-rows.ts';

const place = { source: 'rows.jsonl' };
const row = {
  trace_id: 'ab'.repeat(16),
  span_id: 'cd'.repeat(8),
  parent_span_id: null,
  kind: 'span',
  span_name: 'chat a-model',
  message: 'chat a-model',
  start_timestamp: '2026-11-25T10:00:01.500000Z',
  end_timestamp: '2026-11-25T10:00:02Z',
  attributes: { 'gen_ai.operation.name': 'chat' },
  otel_events: [{ event_name: 'exception', attributes: { 'exception.message': 'no hive' } }],
  otel_status_code: 'ERROR',
  otel_status_message: 'no hive',
  service_name: 'apiary',
};
const read = {
  traceId: row.trace_id,
  spanId: row.span_id,
  name: 'chat a-model',
  start: Date.parse('2026-11-25T10:00:01.5Z'),
  end: Date.parse('2026-11-25T10:00:02Z'),
  attributes: { 'logfire.msg': 'chat a-model', 'logfire.span_type': 'span', 'gen_ai.operation.name': 'chat' },
  events: [{ name: 'exception', attributes: { 'exception.message': 'no hive' } }],
  status: { code: 2, message: 'no hive' },
  resource: { 'service.name': 'apiary' },
};

test('a row is a span', () => {
  expect(logfireRows.detect(row)).toBe(true);
  expect(logfireRows.read(row, place)).toMatchObject({ spans: [read], skipped: [] });
});

test('as cells of a table, and as the API answers', () => {
  const cells = Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, typeof value === 'object' && value !== null ? JSON.stringify(value) : value]),
  );
  expect(logfireRows.read(cells, place)).toMatchObject({ spans: [read] });
  const answer = { columns: [{ name: 'trace_id' }], rows: [row, { count: 3 }] };
  expect(logfireRows.detect(answer)).toBe(true);
  expect(logfireRows.read(answer, place).spans).toHaveLength(1);
});

test('what is no row, and one that is damaged', () => {
  expect(logfireRows.detect({ trace_id: 'ab', span_id: 'cd', name: 'x' })).toBe(false);
  expect(logfireRows.read({ ...row, span_id: 'none' }, place)).toMatchObject({ spans: [], skipped: [expect.stringContaining('span id')] });
  expect(logfireRows.read({ ...row, attributes: '{"cut', otel_events: 7 }, place)).toMatchObject({ spans: [{ events: [] }] });
});
