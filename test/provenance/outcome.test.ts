import { describe, expect, test } from 'vitest';
import type { ToolCall } from '../../src/model/run.ts';
import { outcomeOf } from '../../src/provenance/outcome.ts';

const call = (content: unknown, error = false): ToolCall => ({
  id: 'a',
  name: 'x',
  arguments: {},
  origin: 'model',
  speculative: false,
  pending: false,
  turn: 0,
  choice: 0,
  index: 0,
  batchSize: 1,
  ran: true,
  result: { content, error },
});

describe('outcome of a result', () => {
  test.each([
    ['Error: no such thing'],
    ['ValueError: bad input'],
    ['{"error":{"code":"not_found"}}'],
    ['{"status":404,"detail":"Unknown id"}'],
    ['{"success":false,"message":"denied"}'],
    ['Order 7 does not exist'],
    ['HTTP 503 Service Unavailable'],
    ['Traceback (most recent call last):\n  File "x.py"'],
  ])('failure: %s', (text) => expect(outcomeOf(call(text))).toBe('failure'));

  test.each([
    ['null'],
    ['[]'],
    ['{}'],
    [''],
    ['{"results":[],"count":0}'],
    ['No matching records'],
    ['No record is available for id 7.'],
    ['None'],
  ])('empty: %s', (text) => expect(outcomeOf(call(text))).toBe('empty'));

  test.each([
    ['{"status":"failed","job":"J1","log":"step 3","took":4,"host":"b7"}'],
    ['{"error":null,"rows":[1]}'],
    ['{"count":3}'],
    ['false'],
    ['The error rate fell to 2 %.'],
    ['{"code":"ER-404","name":"Error Budget Review"}'],
  ])('answer: %s', (text) => expect(outcomeOf(call(text))).toBe('answer'));

  test('the span says that the tool failed', () => expect(outcomeOf(call('anything', true))).toBe('failure'));
  test('content that was not recorded', () => expect(outcomeOf(call(undefined))).toBe('missing'));
});
