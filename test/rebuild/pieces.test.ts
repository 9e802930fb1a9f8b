import { expect, test } from 'vitest';
import type { ModelCall, Observation, Scope, ToolExecution } from '../../src/model/observation.ts';
import { joinPieces } from '../../src/model/rebuild/pieces.ts';

const origin = (spanId?: string, more: object = {}): Observation['origin'] => ({
  source: 'runs',
  traceId: 't',
  ...(spanId !== undefined && { spanId }),
  ...more,
});
const model = (more: Partial<ModelCall>): ModelCall => ({ kind: 'model', dialect: 'd', origin: origin('a'), ...more });
const tool: ToolExecution = { kind: 'tool', dialect: 'd', origin: origin('a'), name: 'sow' };
const scope: Scope = { kind: 'scope', dialect: 'd', origin: origin('a'), name: 'a', agent: false };

test('what is told at the start and what is told at the end is one call, in either order', () => {
  const started = model({ start: 1, input: [], origin: origin('a', { parentSpanId: 'p' }) });
  const ended = model({ start: 1, end: 2, output: [] });
  const whole = { ...started, ...ended, origin: started.origin };
  expect(joinPieces([started, ended])).toEqual([whole]);
  expect(joinPieces([ended, started])).toEqual([whole]);
});

test('where both tell, the one that knows the end has the say, else the later', () => {
  const [partial, final] = [model({ model: 'asked-for' }), model({ model: 'answered', end: 2 })];
  for (const told of [
    [partial, final],
    [final, partial],
  ])
    expect(joinPieces(told)).toMatchObject([{ model: 'answered' }]);
  expect(joinPieces([model({ model: 'old' }), model({ model: 'new' })])).toMatchObject([{ model: 'new' }]);
});

test('a scope gives way; two that both say something stay two', () => {
  expect(joinPieces([scope, tool])).toEqual([tool]);
  expect(joinPieces([tool, scope])).toEqual([tool]);
  expect(joinPieces([tool, model({})])).toHaveLength(2);
});

test('the same id in another trace, and none at all, is another call', () => {
  const others = [model({}), model({ origin: origin('a', { traceId: 'u' }) }), model({ origin: origin() }), model({ origin: origin() })];
  expect(joinPieces(others)).toEqual(others);
});
