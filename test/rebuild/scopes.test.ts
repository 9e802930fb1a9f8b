import { describe, expect, test } from 'vitest';
import type { ModelCall, Observation, Scope } from '../../src/model/observation.ts';
import { rebuildRuns } from '../../src/model/rebuild/index.ts';

const scope = (spanId: string, more: Partial<Scope>, parentSpanId?: string): Scope => ({
  kind: 'scope',
  dialect: 'd',
  origin: { source: 's', traceId: 't', spanId, ...(parentSpanId !== undefined && { parentSpanId }) },
  name: spanId,
  agent: false,
  ...more,
});
const model = (spanId: string, parentSpanId: string, start: number, more: Partial<ModelCall> = {}): ModelCall => ({
  kind: 'model',
  dialect: 'd',
  origin: { source: 's', traceId: 't', spanId, parentSpanId },
  start,
  end: start + 1,
  ...more,
});
const usagesOf = (observations: Observation[]): unknown[] =>
  rebuildRuns(observations).flatMap(({ turns }) => turns.map(({ usage }) => usage));

describe('what a scope around one model call used', () => {
  const usage = { inputTokens: 30, outputTokens: 4 };
  test('is what the call used', () => {
    expect(usagesOf([model('a', 'turn', 1), scope('turn', { usage })])).toEqual([usage]);
  });
  test('is not, where the call itself says', () => {
    expect(usagesOf([model('a', 'turn', 1, { usage: { inputTokens: 7 } }), scope('turn', { usage })])).toEqual([{ inputTokens: 7 }]);
  });
  test('is not shared by two', () => {
    expect(usagesOf([model('a', 'turn', 1), model('b', 'turn', 3), scope('turn', { usage })])).toEqual([undefined, undefined]);
  });
  test('is not what calls further below used', () => {
    expect(usagesOf([model('a', 'inner', 1), scope('inner', {}, 'turn'), scope('turn', { usage })])).toEqual([undefined]);
  });
});

test('the conversation of a scope is that of the calls below it, unless they know better', () => {
  const above = [scope('top', { conversationId: 'far' }), scope('mid', { conversationId: 'near' }, 'top'), scope('plain', {}, 'mid')];
  const conversationsOf = (...calls: Observation[]): unknown[] =>
    rebuildRuns([...calls, ...above]).map(({ conversationId }) => conversationId);
  expect(conversationsOf(model('a', 'plain', 1))).toEqual(['near']);
  expect(conversationsOf(model('a', 'top', 1))).toEqual(['far']);
  expect(conversationsOf(model('a', 'plain', 1, { conversationId: 'own' }))).toEqual(['own']);
  expect(conversationsOf(model('a', 'plain', 1), model('b', 'plain', 3, { conversationId: 'own' }))).toEqual(['near', 'own']);
});
