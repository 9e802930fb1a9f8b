// The conversations that every writer records: a redelivery desk for parcels. What the model says, what the tools answer,
// and what is wrong with it. The tools look up what they answer by name and arguments.
import { createHash } from 'node:crypto';

export const MODEL = 'gpt-4.1-mini';
export const ANSWERING_MODEL = 'gpt-4.1-mini-2025-04-14';
export const SYSTEM =
  'You are the redelivery desk of a parcel service. The caller is customer C-30518, their depot is HB-Nord. Today is Wednesday 2026-11-25.';

const strings = (names) => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
  required: names,
  additionalProperties: false,
});
export const TOOLS = [
  { name: 'find_delivery_windows', description: 'Free delivery windows of a day', parameters: strings(['parcel_id', 'date']) },
  { name: 'get_delivery_address', description: 'The usual address of a customer', parameters: strings(['customer_id']) },
  { name: 'check_road_closures', description: 'Closed roads around a depot', parameters: strings(['depot', 'date']) },
  { name: 'schedule_redelivery', description: 'Bring a parcel again', parameters: strings(['parcel_id', 'window_id', 'address_id']) },
  { name: 'track_parcel', description: 'Where a parcel is', parameters: strings(['parcel_id']) },
  { name: 'list_open_charges', description: 'What a customer has to pay', parameters: strings(['customer_id']) },
  { name: 'get_depot', description: 'Name and hours of a depot', parameters: strings(['depot_id']) },
  { name: 'get_route', description: 'A van on its way', parameters: strings(['route_id']) },
  { name: 'pay_charge', description: 'Pay one charge', parameters: strings(['charge_id']) },
];

const call = (name, args, result) => ({ name, arguments: args, result });

const windows = call(
  'find_delivery_windows',
  { parcel_id: 'PX-88213', date: '2026-11-27' },
  {
    parcel_id: 'PX-88213',
    windows: [
      { window_id: 'w-41907', from: '2026-11-27T13:00', until: '2026-11-27T15:00' },
      { window_id: 'w-41912', from: '2026-11-27T18:00', until: '2026-11-27T20:00' },
    ],
  },
);
const address = call(
  'get_delivery_address',
  { customer_id: 'C-30518' },
  { address_id: 'adr-7735', street: 'Lindenweg 14', city: 'Bremen' },
);
const closures = call(
  'check_road_closures',
  { depot: 'HB-Nord', date: '2026-11-27' },
  { depot: 'HB-Nord', closures: [{ road: 'A27', reason: 'bridge works', lanes_closed: 2 }] },
);
const guessed = call(
  'schedule_redelivery',
  { parcel_id: 'PX-88213', window_id: 'friday-evening', address_id: 'home' },
  { error: 'window_not_found', window_id: 'friday-evening' },
);
const scheduled = call(
  'schedule_redelivery',
  { parcel_id: 'PX-88213', window_id: 'w-41912', address_id: 'adr-7735' },
  { redelivery_id: 'RD-60284', parcel_id: 'PX-88213', window_id: 'w-41912', status: 'scheduled' },
);
const confirmed = {
  text: 'Parcel PX-88213 comes again on Friday 27 November, between 18:00 and 20:00, to Lindenweg 14 in Bremen. Your reference is RD-60284.',
};
const asked = 'I missed parcel PX-88213. Please bring it again on Friday evening, to my usual address.';
const tokens = [
  { in: 418, cached: 0, out: 102 },
  { in: 596, cached: 384, out: 44 },
  { in: 701, cached: 512, out: 51 },
];

const held = call('track_parcel', { parcel_id: 'PX-88240' }, { parcel_id: 'PX-88240', status: 'held', depot_id: 'dep-2071' });
const onItsWay = call('track_parcel', { parcel_id: 'PX-90077' }, { parcel_id: 'PX-90077', status: 'in_delivery', route_id: 'rt-55190' });
const delivered = call(
  'track_parcel',
  { parcel_id: 'PX-90112' },
  { parcel_id: 'PX-90112', status: 'delivered', signed_by: 'M. Osterholz' },
);
const charges = call(
  'list_open_charges',
  { customer_id: 'C-30518' },
  { charges: [{ charge_id: 'chg-88025', parcel_id: 'PX-88240', kind: 'customs', euros: 14.6 }] },
);
const depot = call('get_depot', { depot_id: 'dep-2071' }, { depot_id: 'dep-2071', name: 'Stadtwall', open_until: '19:30' });
const route = call('get_route', { route_id: 'rt-55190' }, { route_id: 'rt-55190', stops_before: 11, expected_at: '16:45' });
const paid = call('pay_charge', { charge_id: 'chg-88025' }, { receipt_id: 'RC-118730', status: 'paid' });

/**
 * `users`: what the user says, the second once the first is answered. `turns`: what the model says, in order, each with
 * the `tokens` it reports. `bad`: the call that should have waited; it waits for all others of its batch. `unused`: the
 * call whose result nobody uses. `throws`: the bad call throws instead of answering with an error.
 */
const stories = {
  dependent: { users: [asked], turns: [{ calls: [windows, address, guessed] }, { calls: [scheduled] }, confirmed], bad: guessed, tokens },
  clean: { users: [asked], turns: [{ calls: [windows, address] }, { calls: [scheduled] }, confirmed], tokens },
  unused: {
    users: [asked],
    turns: [{ calls: [windows, address, closures] }, { calls: [scheduled] }, confirmed],
    unused: closures,
    tokens,
  },
  mixed: {
    users: [
      'Where are my parcels PX-88240, PX-90077 and PX-90112, and do I have to pay anything?',
      'Please pay that charge. I collect the parcel myself.',
    ],
    turns: [
      { calls: [held, onItsWay, delivered, charges] },
      { calls: [depot, route] },
      {
        text: 'PX-88240 is held at the depot Stadtwall, open until 19:30; customs of 14.60 euros are due on it. PX-90077 comes today at about 16:45, 11 stops are before you. PX-90112 was delivered, M. Osterholz signed for it.',
      },
      { calls: [paid] },
      { text: 'Paid, your receipt is RC-118730. PX-88240 waits for you at Stadtwall until 19:30.' },
    ],
    tokens: [
      { in: 433, cached: 0, out: 118 },
      { in: 689, cached: 384, out: 47 },
      { in: 811, cached: 640, out: 86 },
      { in: 914, cached: 768, out: 23 },
      { in: 968, cached: 896, out: 31 },
    ],
  },
  apierror: { users: [asked], turns: [], error: { status: 429, message: 'Rate limit reached for requests' } },
};
stories['dependent-throw'] = { ...stories.dependent, throws: true };

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** 24 letters and digits, as in the ids of OpenAI; the same ones each time. */
export const letters = (seed) =>
  [...createHash('sha256').update(seed).digest()]
    .slice(0, 24)
    .map((byte) => LETTERS[byte % 62])
    .join('');

/** Each story with the ids of its calls. */
export const SCENARIOS = Object.fromEntries(
  Object.entries(stories).map(([name, story]) => [
    name,
    {
      name,
      ...story,
      turns: story.turns.map((turn, i) => ({
        ...turn,
        usage: story.tokens[i],
        ...(turn.calls && { calls: turn.calls.map((call, j) => ({ ...call, id: `call_${letters(`${name} ${i} ${j}`)}`, story: call })) }),
      })),
    },
  ]),
);

/** What the recordings hold, for `TRUTH.json`. */
export const truth = () => Object.fromEntries(Object.values(SCENARIOS).map((scenario) => [scenario.name, truthOf(scenario)]));

function truthOf({ turns, bad, unused, throws, error }) {
  if (error !== undefined) return { error: `${error.status} on the first model call` };
  const calls = turns.flatMap((turn) => turn.calls ?? []);
  const failed = calls.find(({ story }) => story === bad);
  return {
    turns: turns.map(({ calls: batch, text }, i) =>
      batch === undefined
        ? { turn: i + 1, final: text }
        : { turn: i + 1, batch: batch.map((call) => ({ call_id: call.id, name: call.name, arguments: call.arguments })) },
    ),
    dependent_parallel:
      failed === undefined
        ? []
        : [
            {
              call_id: failed.id,
              depends_on: turns[0].calls.filter((call) => call !== failed).map(({ id }) => id),
              reissued_as: turns[1].calls[0].id,
            },
          ],
    unused_results: calls.filter(({ story }) => story === unused).map(({ id }) => id),
    failed: failed === undefined ? null : { call: failed.id, how: throws ? 'the tool threw' : 'the result is an error' },
    results: Object.fromEntries(calls.map((call) => [call.id, throws && call === failed ? null : call.result])),
    usage_per_turn: turns.map(({ usage }) => usage),
  };
}
