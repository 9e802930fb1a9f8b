import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { langfuseExport } from '../../src/dialects/langfuse-export.ts';
import type { Observation } from '../../src/model/observation.ts';
import { rebuildRuns } from '../../src/model/rebuild/index.ts';
import { readValues } from '../../src/sources/read-traces.ts';
import { runsOf } from '../support/runs-of.ts';
import { call, text } from './span.ts';

const place = { source: 'langfuse.json', line: 1 };
const read = (value: object): Observation[] => langfuseExport.read(value, place);

const asked = { role: 'user', content: 'Which hive is weak?' };
const hiveCall = { id: 'call_hive', type: 'function', function: { name: 'weigh_hives', arguments: '{"row":3}' } };
const answer = { role: 'assistant', content: null, tool_calls: [hiveCall] };

const generation = {
  id: 'g1',
  traceId: 't1',
  type: 'GENERATION',
  name: 'answer',
  startTime: '2026-05-02T08:00:00.000Z',
  endTime: '2026-05-02T08:00:01.500Z',
  parentObservationId: null,
  input: { messages: [asked] },
  output: answer,
  model: 'a-model',
  usageDetails: { input: 10, input_cached_tokens: 4, output: 3, total: 17 },
  level: 'DEFAULT',
  sessionId: 'season',
};
const tool = {
  id: 'o1',
  traceId: 't1',
  type: 'TOOL',
  name: 'weigh_hives',
  startTime: '2026-05-02T08:00:02.000Z',
  endTime: '2026-05-02T08:00:02.250Z',
  parentObservationId: null,
  input: { row: 3 },
  output: { weakest: 'H-17' },
};
const last = {
  ...generation,
  id: 'g2',
  startTime: '2026-05-02T08:00:03.000Z',
  endTime: '2026-05-02T08:00:04.000Z',
  input: { messages: [asked, answer, { role: 'tool', tool_call_id: 'call_hive', content: '{"weakest":"H-17"}' }] },
  output: { role: 'assistant', content: 'H-17 is weak.' },
};
const trace = { id: 't1', timestamp: '2026-05-02T08:00:00.000Z', name: 'apiary', sessionId: 'season', bookmarked: false, public: false };

/** As blob storage and tables have it: snake case, dates without a zone, JSON as text. */
const rowOf = (value: object): object =>
  Object.fromEntries(
    Object.entries(value).map(([key, cell]) => [
      key === 'model' ? 'provided_model_name' : key.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`),
      typeof cell === 'string' && cell.endsWith('Z')
        ? cell.replace('T', ' ').replace('Z', '000')
        : typeof cell === 'object' && cell !== null
          ? JSON.stringify(cell)
          : cell,
    ]),
  );

test.each<[string, object, boolean]>([
  ['an observation', generation, true],
  ['a row of blob storage', rowOf(tool), true],
  ['a page of the API', { data: [generation], meta: { page: 1 } }, true],
  ['a trace with its observations', { ...trace, observations: [generation] }, true],
  ['a download of a trace', { trace, observations: [generation] }, true],
  ['a row of the traces', trace, true],
  ['a conversation', { id: 'a', timestamp: '2026-05-02', messages: [asked] }, false],
  ['a conversation that has a public flag', { id: 'a', timestamp: '2026-05-02', public: true, bookmarked: true, messages: [asked] }, false],
  ['a run of another kind', { id: 'a', trace_id: 't1', run_type: 'tool', start_time: '2026-05-02' }, false],
  ['a list of anything', { object: 'list', data: [{ id: 'a', embedding: [] }] }, false],
])('detect: %s', (_, value, expected) => {
  expect(langfuseExport.detect(value)).toBe(expected);
});

describe('an observation', () => {
  const expected = {
    kind: 'model',
    dialect: 'langfuse-export',
    origin: { ...place, traceId: 't1', spanId: 'g1', parentSpanId: 't1' },
    start: Date.parse(generation.startTime),
    end: Date.parse(generation.endTime),
    conversationId: 'season',
    model: 'a-model',
    usage: { inputTokens: 14, outputTokens: 3, cachedInputTokens: 4 },
    input: [{ role: 'user', parts: [text('Which hive is weak?')] }],
    output: [{ role: 'assistant', choice: 0, parts: [call('call_hive', 'weigh_hives', { row: 3 })] }],
  };
  test('of the API', () => {
    expect(read(generation)).toEqual([expected]);
  });
  test('of blob storage or a table: the same, in UTC', () => {
    expect(read(rowOf(generation))).toEqual([expected]);
  });
  test('under headings with blanks', () => {
    const { traceId, startTime, endTime, ...others } = generation;
    expect(read({ 'Trace ID': traceId, 'Start Time': startTime, 'End Time': endTime, ...others })).toEqual([expected]);
  });
  test('of the API before usage had details', () => {
    const { usageDetails: _, ...old } = { ...generation, usage: { input: 14, output: 3, total: 17, unit: 'TOKENS' } };
    expect(read(old)).toMatchObject([{ usage: { inputTokens: 14, outputTokens: 3 } }]);
  });
  test('that failed', () => {
    expect(read({ ...tool, level: 'ERROR', statusMessage: 'no scale' })).toMatchObject([{ kind: 'tool', error: 'no scale' }]);
  });
});

describe('runs', () => {
  const outcome = async (...documents: object[]): Promise<unknown> =>
    (await runsOf(documents)).map(({ conversationId, calls, turns }) => ({
      conversationId,
      turns: turns.length,
      calls: calls.map(({ id, start, end, result }) => [id, (end ?? 0) - (start ?? 0), result?.content]),
    }));
  const expected = [{ conversationId: 'season', turns: 2, calls: [['call_hive', 250, '{"weakest":"H-17"}']] }];

  test.each<[string, object[]]>([
    ['a trace with its observations', [{ ...trace, observations: [generation, tool, last] }]],
    ['a page of observations', [{ data: [last, tool, generation], meta: {} }]],
    ['rows, in any order', [rowOf(last), rowOf(trace), rowOf(generation), rowOf(tool)]],
    ['the same told twice', [{ ...trace, observations: [generation, tool, last] }, rowOf(generation), rowOf(last), rowOf(tool)]],
  ])('of %s', async (_, documents) => {
    expect(await outcome(...documents)).toEqual(expected);
  });

  test('the session stands on the trace alone in exports of before', async () => {
    const bare = [generation, tool, last].map((observation) => rowOf({ ...observation, sessionId: null }));
    expect(await outcome(...bare, rowOf(trace))).toEqual(expected);
  });

  test('what a trace says of its input and output is no conversation of its own', async () => {
    expect(await outcome({ ...trace, input: [asked], output: 'H-17 is weak.', observations: [tool] })).toEqual([]);
  });

  test('traces alone say that the observations are missing, once; beside observations they say nothing', () => {
    const told: string[] = [];
    const traces = [rowOf(trace), rowOf({ ...trace, id: 't2' })];
    expect(readValues(traces, ({ reason }) => told.push(reason))).toEqual([]);
    expect(told).toEqual([expect.stringContaining('export the observations too')]);
    readValues([...traces, rowOf(generation)], ({ reason }) => told.push(reason));
    expect(told).toHaveLength(1);
  });
});

test('nothing is thrown, whatever the columns hold', () => {
  const value = fc.oneof(fc.anything(), fc.json(), fc.constantFrom('GENERATION', 'TOOL', '2026-05-02 08:00:00', 'null'));
  const row = fc.dictionary(fc.constantFrom(...Object.keys({ ...generation, ...trace }), 'observations', 'trace'), value);
  const whole = fc.constantFrom({ type: 'GENERATION', id: 'a', traceId: 't', startTime: '' }, { id: 'a', timestamp: 1, htmlPath: '/' }, {});
  fc.assert(
    fc.property(row, whole, fc.boolean(), (told, base, inPage) => {
      const one = { ...told, ...base };
      const document = inPage ? { data: [one] } : one;
      if (langfuseExport.detect(document)) expect(() => rebuildRuns(read(document))).not.toThrow();
    }),
  );
});
