import { expect, test } from 'vitest';
import { analyzeRun } from '../../src/analysis/analyze-run.ts';
import { needsOf } from '../../src/analysis/latency/needs.ts';
import { timedRun, type TimedCall } from '../support/timed-run.ts';

/** Each call in a turn of its own. */
function needsOfEach(...calls: TimedCall[]): Record<string, string[]> {
  const analyzed = analyzeRun(timedRun([...calls.map((call) => ({ calls: [call] })), { text: ['Done.'] }]));
  const needs = needsOf(analyzed);
  return Object.fromEntries(analyzed.run.calls.map((call) => [call.id, needs(call).map(({ id }) => id)]));
}
const answer = (content: unknown, error = false): Pick<TimedCall, 'result'> => ({ result: { content, error } });

test('a value that an earlier result gave, however often it is used', () => {
  expect(
    needsOfEach(
      { id: 'find', name: 'find_parcel', arguments: { q: 'tea' }, ...answer({ parcel: 'P-40417' }) },
      { id: 'depot', name: 'get_depot', arguments: { parcel: 'P-40417' }, ...answer({ depot: 'Oban' }) },
      { id: 'fee', name: 'get_fee', arguments: { parcel: 'P-40417' }, ...answer({ fee: 12.4 }) },
      { id: 'tide', name: 'get_tide', arguments: { day: 'Monday' }, ...answer({ metres: 2.37 }) },
    ),
  ).toEqual({ find: [], depot: ['find'], fee: ['find'], tide: [] });
});

test('a write waits for all before it, and all after it wait for the write', () => {
  expect(
    needsOfEach(
      { id: 'a', name: 'get_tide', ...answer({ metres: 2.37 }) },
      { id: 'b', name: 'get_wind', ...answer({ knots: 17.5 }) },
      { id: 'w', name: 'cancel_ferry', ...answer({ ok: true }) },
      { id: 'c', name: 'get_queue', ...answer({ cars: 31 }) },
    ),
  ).toEqual({ a: [], b: [], w: ['a', 'b'], c: ['w'] });
});

test('what failed or found nothing decided what came next', () => {
  expect(
    needsOfEach(
      { id: 'a', name: 'get_tide', ...answer('Error: no such harbour', true) },
      { id: 'b', name: 'find_harbour', ...answer([]) },
      { id: 'c', name: 'get_wind', ...answer({ knots: 17.5 }) },
    ),
  ).toEqual({ a: [], b: ['a'], c: ['a', 'b'] });
});
