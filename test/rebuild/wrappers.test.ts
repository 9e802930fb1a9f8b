import { describe, expect, test } from 'vitest';
import type { ModelCall, Observation } from '../../src/model/observation.ts';
import { rebuildRuns } from '../../src/model/rebuild/index.ts';
import { buildSpanTree } from '../../src/model/rebuild/tree.ts';
import { withoutWrappers } from '../../src/model/rebuild/wrappers.ts';

const at = (spanId: string, parentSpanId?: string): Pick<ModelCall, 'dialect' | 'origin'> => ({
  dialect: 'x',
  origin: { source: 'x', traceId: 't', spanId, ...(parentSpanId !== undefined && { parentSpanId }) },
});
const asked = [{ role: 'user' as const, parts: [{ type: 'text' as const, text: 'How deep is the lock?' }] }];
const said = (text: string): ModelCall['output'] => [{ role: 'assistant', parts: [{ type: 'text', text }] }];
const model = (spanId: string, parent: string | undefined, start: number, end: number, output = said(spanId)): ModelCall => ({
  ...at(spanId, parent),
  kind: 'model',
  start,
  end,
  input: asked,
  ...(output !== undefined && { output }),
});
const scope = (spanId: string, parent: string, agent: boolean): Observation => ({
  ...at(spanId, parent),
  kind: 'scope',
  name: spanId,
  agent,
});
/** Which model calls are left. */
const kept = (spans: Observation[]): (string | undefined)[] => {
  const calls = spans.filter((span): span is ModelCall => span.kind === 'model');
  return withoutWrappers(calls, buildSpanTree(spans)).map(({ origin }) => origin.spanId);
};

const sum: ModelCall = { ...model('loop', undefined, 0, 9), output: [...(said('a') ?? []), ...(said('b') ?? [])] };

describe('a model call is told twice', () => {
  test('as the sum of a loop that stands above its calls', () => {
    const spans = [sum, scope('step', 'loop', false), model('a', 'step', 1, 3), model('b', 'loop', 4, 8)];
    expect(kept(spans)).toEqual(['a', 'b']);
    expect(rebuildRuns(spans).flatMap(({ turns }) => turns.flatMap(({ text }) => text))).toEqual(['a', 'b']);
  });

  test('as such a sum, whatever was lost of the calls', () => {
    const bare = model('b', 'loop', 4, 8);
    delete bare.output;
    expect(kept([sum, model('a', 'loop', 1, 3), bare])).toEqual(['a', 'b']);
  });

  test('by two instrumentations: the one that holds the content is kept', () => {
    expect(kept([model('outer', undefined, 0, 9, said('x')), model('inner', 'outer', 1, 8, said('x'))])).toEqual(['inner']);
    const bare = model('inner', 'outer', 1, 8);
    delete bare.output;
    expect(kept([model('outer', undefined, 0, 9), bare])).toEqual(['outer']);
  });

  test('not by a tool that asks a model of its own', () => {
    const tool: Observation = { ...at('tool', 'a'), kind: 'tool', name: 'summarise', start: 2, end: 8 };
    expect(kept([model('a', undefined, 0, 9, said('x')), tool, model('b', 'tool', 3, 7, said('x'))])).toEqual(['a', 'b']);
  });

  test('not by one that says something else', () => {
    expect(kept([model('a', undefined, 0, 9), model('b', 'a', 4, 8)])).toEqual(['a', 'b']);
  });

  test('nor by parents that go round in a circle', () => {
    const spans = [model('a', 'a', 0, 3), scope('s', 'r', false), scope('r', 's', false), model('b', 's', 4, 8)];
    expect(kept(spans)).toEqual(['a', 'b']);
  });
});
