import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { judgmentsOf } from '../../analyzers/judgments.ts';
import { factsOf } from '../../src/provenance/facts.ts';
import { readTraces } from '../../src/sources/read-traces.ts';

interface Asked {
  id: string;
  name: string;
  args: object;
  result: unknown;
}

/** `id kind other argument field` for each prerequisite in a conversation of the user's message and batches of calls. */
async function prerequisites(...steps: (string | Asked[])[]): Promise<string[]> {
  const messages = steps.flatMap((step): object[] =>
    typeof step === 'string'
      ? [{ role: 'user', content: step }]
      : [
          {
            role: 'assistant',
            content: null,
            tool_calls: step.map(({ id, name, args }) => ({ id, type: 'function', function: { name, arguments: JSON.stringify(args) } })),
          },
          ...step.map(({ id, result }) => ({ role: 'tool', tool_call_id: id, content: JSON.stringify(result) })),
        ],
  );
  const line = JSON.stringify({ messages: [...messages, { role: 'assistant', content: 'Done.' }] });
  const found: string[] = [];
  for await (const run of readTraces('-', { stdin: Readable.from([line]) })) {
    const judgments = judgmentsOf(run, factsOf(run));
    const all = new Set(run.calls);
    for (const call of run.calls)
      for (const { on, kind, argument, field } of judgments.prerequisites(call, all))
        found.push([call.id, kind, on.id, argument, field].filter(Boolean).join(' '));
  }
  return found;
}

const parcel: Asked = { id: 'parcel', name: 'find_parcel', args: { parcel_no: 'ZX-4410' }, result: { depot: 'DEP-77', weight: 3.5 } };
const depot: Asked = { id: 'depot', name: 'get_depot', args: { depot_id: 'DEP-77' }, result: { city: 'Turin' } };
const tariff: Asked = { id: 'tariff', name: 'get_tariff', args: { parcel_no: 'ZX-4410' }, result: { fee: 12.4 } };

test('an argument that only an earlier result gave', async () => {
  expect(await prerequisites('Where is ZX-4410?', [parcel], [depot])).toEqual(['depot data parcel $.depot_id $.depot']);
});

test('words of a query that only an earlier result gave', async () => {
  const search = { id: 'search', name: 'search_web', args: { query: 'lost parcels customs Turin' }, result: ['a page'] };
  expect(await prerequisites('Where is ZX-4410?', [parcel], [depot], [search])).toContain('search data depot $.query $.city');
});

test('nothing, where the user gave all', async () => {
  expect(await prerequisites('Where is ZX-4410, and what does it cost?', [parcel], [tariff])).toEqual([]);
  expect(await prerequisites('Where is ZX-4410? The depot is DEP-77.', [parcel], [depot])).toEqual([]);
});

test('a failure and an empty answer decide what comes next', async () => {
  const failed = { ...parcel, result: { error: 'service unavailable' } };
  const empty = { ...parcel, result: [] };
  expect(await prerequisites('Where is ZX-4410?', [failed], [tariff])).toEqual(['tariff decision parcel']);
  expect(await prerequisites('Where is ZX-4410?', [empty], [tariff])).toEqual(['tariff decision parcel']);
});

test('a write waits for every look before it', async () => {
  const write = { id: 'write', name: 'cancel_delivery', args: { parcel_no: 'ZX-4410' }, result: { ok: true } };
  expect(await prerequisites('Cancel ZX-4410 unless it is close.', [parcel], [write])).toEqual(['write decision parcel']);
});

test('what the user says between two turns is a barrier of its own', async () => {
  const failed = { ...parcel, result: { error: 'service unavailable' } };
  expect(await prerequisites('Where is ZX-4410?', [failed], 'And the price?', [tariff])).toEqual([]);
});
