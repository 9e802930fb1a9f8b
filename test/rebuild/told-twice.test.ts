import { describe, expect, test } from 'vitest';
import type { ModelCall, Observation } from '../../src/model/observation.ts';
import { rebuildRuns } from '../../src/model/rebuild/index.ts';
import { toldTwice } from '../../src/model/rebuild/told-twice.ts';

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
const scope = (spanId: string, parent?: string): Observation => ({ ...at(spanId, parent), kind: 'scope', name: spanId, agent: false });
const idsOf = (calls: Set<ModelCall>): (string | undefined)[] => [...calls].map(({ origin }) => origin.spanId);

describe('a model call is told twice', () => {
  test('as the sum of a loop that stands above its calls', () => {
    const spans = [model('loop', undefined, 0, 9), scope('step', 'loop'), model('a', 'step', 1, 3), model('b', 'loop', 4, 8)];
    expect(idsOf(toldTwice(spans))).toEqual(['loop']);
    expect(rebuildRuns(spans).flatMap(({ turns }) => turns.flatMap(({ text }) => text))).toEqual(['a', 'b']);
  });

  test('by two instrumentations: the one that holds the content is kept', () => {
    expect(idsOf(toldTwice([model('outer', undefined, 0, 9), model('inner', 'outer', 1, 8)]))).toEqual(['outer']);
    const bare = { ...model('inner', 'outer', 1, 8) };
    delete bare.output;
    expect(idsOf(toldTwice([model('outer', undefined, 0, 9), bare]))).toEqual(['inner']);
  });

  test('not by a tool that asks a model of its own', () => {
    const tool: Observation = { ...at('tool', 'a'), kind: 'tool', name: 'summarise', start: 2, end: 8 };
    expect(toldTwice([model('a', undefined, 0, 9), tool, model('b', 'tool', 3, 7)]).size).toBe(0);
  });

  test('not by one that was begun in the context of another that is over', () => {
    expect(toldTwice([model('a', undefined, 0, 3), model('b', 'a', 4, 8)]).size).toBe(0);
  });

  test('nor by parents that go round in a circle', () => {
    expect(toldTwice([model('a', 'a', 0, 3), scope('s', 'r'), scope('r', 's'), model('b', 's', 4, 8)]).size).toBe(0);
  });
});
