// Writes fixtures/booking/traces.jsonl: traces of a clinic's booking agent, as the OpenTelemetry Collector's file
// exporter writes them (GenAI conventions, one export request a line). The conversations are written by hand
// below; times follow from each call's latency. Nothing is random.
//   node scripts/make-booking.mjs
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';

const SYSTEM = 'You are the booking assistant of Linden Clinic. Look things up before you book, and confirm what you booked.';
const MODEL = 'gpt-5-mini';

// [name, arguments, result, latency in ms]
const runs = [
  {
    name: 'calendar-and-booking-in-one-batch',
    user: 'Can I see Dr Okafor on Tuesday afternoon? My patient number is P-20931.',
    turns: [
      [
        [
          'get_calendar',
          { doctor: 'Dr Okafor', date: '2026-05-05' },
          {
            doctor: 'Dr Okafor',
            slots: [
              { slot_id: 'slot-8841', start: '2026-05-05T15:00:00' },
              { slot_id: 'slot-8842', start: '2026-05-05T16:30:00' },
            ],
          },
          820,
        ],
        ['get_insurance', { patient: 'P-20931' }, { insurer: 'Aurora Health', copay: 15 }, 310],
        ['book_appointment', { slot_id: 'slot-tue-pm', patient: 'P-20931' }, { error: 'slot_not_found' }, 1240],
      ],
      [['book_appointment', { slot_id: 'slot-8841', patient: 'P-20931' }, { confirmation: 'BK-51077', start: '2026-05-05T15:00:00' }, 890]],
    ],
    answer: 'You are booked with Dr Okafor on Tuesday, May 5 at 3 pm (confirmation BK-51077). Your Aurora Health copay is $15.00.',
  },
  {
    name: 'lookups-then-booking',
    user: 'I need a physiotherapy appointment this week. Patient number P-11820.',
    turns: [
      [
        [
          'get_calendar',
          { department: 'physiotherapy', date: '2026-05-06' },
          { slots: [{ slot_id: 'slot-3127', start: '2026-05-06T09:20:00', with: 'Mr Lindqvist' }] },
          760,
        ],
        ['get_referral', { patient: 'P-11820' }, { referral: 'RF-6650', sessions_left: 4 }, 420],
      ],
      [['book_appointment', { slot_id: 'slot-3127', patient: 'P-11820', referral: 'RF-6650' }, { confirmation: 'BK-51078' }, 910]],
    ],
    answer: 'Booked: May 6 at 9:20 am with Mr Lindqvist, confirmation BK-51078. Your referral has 4 sessions left.',
  },
  {
    name: 'nobody-asked-for-the-weather',
    user: 'When is the blood lab open on Friday, and do I need to fast?',
    turns: [
      [
        ['get_opening_hours', { department: 'blood lab', date: '2026-05-08' }, { opens: '07:15', closes: '11:45' }, 280],
        ['get_preparation', { test: 'blood panel' }, { fasting_hours: 12, water_allowed: true }, 350],
        ['get_weather', { date: '2026-05-08' }, { summary: 'scattered showers', high_c: 17.5 }, 640],
      ],
    ],
    answer: 'The lab is open from 7:15 am to 11:45 am on Friday. Please fast for 12 hours; water is fine.',
  },
  {
    name: 'a-slot-nobody-offered',
    user: 'Book me with any dentist tomorrow morning, patient P-30764.',
    turns: [
      [
        [
          'get_calendar',
          { department: 'dental', date: '2026-05-06' },
          {
            slots: [
              { slot_id: 'slot-9120', start: '2026-05-06T08:40:00' },
              { slot_id: 'slot-9121', start: '2026-05-06T10:10:00' },
            ],
          },
          700,
        ],
        ['book_appointment', { slot_id: 'slot-0900', patient: 'P-30764' }, { confirmation: 'BK-51080' }, 980],
      ],
    ],
    answer: 'Done, you are booked for tomorrow morning. Your confirmation is BK-51080.',
  },
  {
    name: 'one-after-another',
    user: 'Please move my appointment BK-50412 to another day, same doctor.',
    turns: [
      [['get_appointment', { confirmation: 'BK-50412' }, { doctor: 'Dr Haddad', start: '2026-05-05T11:00:00' }, 330]],
      [
        [
          'get_calendar',
          { doctor: 'Dr Haddad', date: '2026-05-07' },
          { slots: [{ slot_id: 'slot-7705', start: '2026-05-07T14:15:00' }] },
          690,
        ],
      ],
      [
        [
          'reschedule_appointment',
          { confirmation: 'BK-50412', slot_id: 'slot-7705' },
          { confirmation: 'BK-50412', start: '2026-05-07T14:15:00' },
          870,
        ],
      ],
    ],
    answer: 'Your appointment with Dr Haddad is now on Thursday, May 7 at 2:15 pm.',
  },
  {
    name: 'the-same-invoice-twice',
    user: 'Why is my invoice INV-7781 so high?',
    turns: [
      [
        [
          'get_invoice',
          { invoice: 'INV-7781' },
          {
            total: 318.4,
            lines: [
              { item: 'MRI scan', amount: 290 },
              { item: 'report', amount: 28.4 },
            ],
          },
          410,
        ],
      ],
      [
        [
          'get_invoice',
          { invoice: 'INV-7781' },
          {
            total: 318.4,
            lines: [
              { item: 'MRI scan', amount: 290 },
              { item: 'report', amount: 28.4 },
            ],
          },
          390,
        ],
        ['get_tariff', { item: 'MRI scan' }, { item: 'MRI scan', insurer_pays: 0.8 }, 300],
      ],
    ],
    answer:
      'Of the $318.40, the MRI scan is $290.00 and the report $28.40. Your insurer pays 80 % of the scan, which this invoice does not show yet.',
  },
  {
    name: 'nothing-free',
    user: 'Is there anything free with Dr Marchetti before noon on the 8th?',
    turns: [[['get_calendar', { doctor: 'Dr Marchetti', date: '2026-05-08', before: '12:00' }, { slots: [] }, 730]]],
    answer: 'Dr Marchetti has nothing free before noon on May 8. Shall I look at the afternoon?',
  },
  {
    name: 'three-departments-at-once',
    user: 'Which is free first: skin, eyes or ears?',
    turns: [
      [
        ['get_first_free', { department: 'dermatology' }, { start: '2026-05-19T10:00:00' }, 610],
        ['get_first_free', { department: 'ophthalmology' }, { start: '2026-05-11T13:30:00' }, 820],
        ['get_first_free', { department: 'ENT' }, { start: '2026-05-26T08:00:00' }, 580],
      ],
    ],
    answer: 'Eyes are first: May 11 at 1:30 pm. Skin follows on May 19 and ears on May 26.',
  },
];

const hex = (text, length) => createHash('sha256').update(text).digest('hex').slice(0, length);
const nanos = (ms) => `${ms}000000`;
const text = (role, content) => ({ role, parts: [{ type: 'text', content }] });

function spansOf(run, startedAt) {
  const traceId = hex(run.name, 32);
  const root = hex(`${run.name} root`, 16);
  const spans = [];
  const add = (name, start, end, kind, attributes, id = hex(`${run.name} ${spans.length}`, 16), parent = root) =>
    spans.push({
      traceId,
      spanId: id,
      ...(parent !== '' && { parentSpanId: parent }),
      name,
      kind,
      startTimeUnixNano: nanos(start),
      endTimeUnixNano: nanos(end),
      attributes: Object.entries(attributes).map(([key, value]) => ({
        key,
        value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
      })),
      status: {},
    });
  const messages = [text('system', SYSTEM), text('user', run.user)];
  let now = startedAt;
  const chat = (parts, took) => {
    const output = [{ role: 'assistant', parts, finish_reason: parts[0].type === 'text' ? 'stop' : 'tool_call' }];
    const input = JSON.stringify(messages);
    add(`chat ${MODEL}`, now, now + took, 3, {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': MODEL,
      'gen_ai.input.messages': input,
      'gen_ai.output.messages': JSON.stringify(output),
      'gen_ai.usage.input_tokens': Math.ceil(input.length / 4),
      'gen_ai.usage.output_tokens': Math.ceil(JSON.stringify(parts).length / 4),
    });
    now += took;
    messages.push({ role: 'assistant', parts });
  };
  run.turns.forEach((calls, turn) => {
    const ids = calls.map((_, i) => `call_${hex(`${run.name} ${turn} ${i}`, 20)}`);
    chat(
      calls.map(([name, args], i) => ({ type: 'tool_call', id: ids[i], name, arguments: args })),
      540 + 45 * calls.length,
    );
    calls.forEach(([name, args, result, took], i) => {
      add(`execute_tool ${name}`, now, now + took, 1, {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': name,
        'gen_ai.tool.call.id': ids[i],
        'gen_ai.tool.type': 'function',
        'gen_ai.tool.call.arguments': JSON.stringify(args),
        'gen_ai.tool.call.result': JSON.stringify(result),
      });
      messages.push({ role: 'tool', parts: [{ type: 'tool_call_response', id: ids[i], response: result }] });
    });
    now += Math.max(...calls.map(([, , , took]) => took));
  });
  chat([{ type: 'text', content: run.answer }], 760);
  add('invoke_agent booking', startedAt, now, 1, { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'booking' }, root, '');
  return spans;
}

// Spans are exported when they end, in small batches: a run lies spread over lines, between others.
const spans = runs
  .flatMap((run, i) => spansOf(run, Date.UTC(2026, 4, 4, 9, 0, 0) + i * 1500))
  .toSorted((a, b) => (a.endTimeUnixNano < b.endTimeUnixNano ? -1 : 1));
const lines = [];
for (let at = 0; at < spans.length; at += 4) {
  lines.push(
    JSON.stringify({
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'linden-booking' } }] },
          scopeSpans: [{ scope: { name: 'linden.booking', version: '1.0.0' }, spans: spans.slice(at, at + 4) }],
        },
      ],
    }),
  );
}
const folder = new URL('../fixtures/booking/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('traces.jsonl', folder), `${lines.join('\n')}\n`);
