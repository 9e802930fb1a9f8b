import OpenAI from 'openai6';
import { expect, test } from 'vitest';
import { Clinic, latencyOf } from '../../fixtures/booking/clinic.mjs';
import { startModel } from '../../fixtures/booking/model.mjs';
import { PATIENTS } from '../../fixtures/booking/people.mjs';
import { bookingTools } from '../../fixtures/booking/tools.mjs';
import { moneyPattern, numberPattern, timePattern } from '../../fixtures/booking/words.mjs';

const [{ patient, confirmation }, other] = PATIENTS as [(typeof PATIENTS)[number], (typeof PATIENTS)[number]];

/** Answers of tools differ from tool to tool. */
const answer = (clinic: Clinic, tool: string, args: object): Record<string, unknown> =>
  clinic.answer(tool, args) as Record<string, unknown>;
const slotsOf = (clinic: Clinic, doctor: string, date: string): string[] =>
  (answer(clinic, 'get_calendar', { doctor, date })['slots'] as { slot_id: string }[]).map(({ slot_id }) => slot_id);

test('a calendar is the same however the doctor is named, and empty on a day off', () => {
  const clinic = new Clinic();
  const slots = slotsOf(clinic, 'Dr Pereira', '2026-05-06');
  expect(slots).toHaveLength(4);
  for (const name of ['Pereira', 'doctor pereira', 'Dr. Pereira']) expect(slotsOf(clinic, name, '2026-05-06')).toEqual(slots);
  expect(slotsOf(clinic, 'ophthalmology', '2026-05-06')).toEqual(expect.arrayContaining(slots));
  expect(slotsOf(clinic, 'Dr Pereira', '2026-05-05')).toEqual([]);
  expect(slotsOf(clinic, 'Dr Pereira', '2026-05-09')).toEqual([]);
});

test('what is not there is told in a sentence that says what is', () => {
  const clinic = new Clinic();
  expect(() => answer(clinic, 'get_calendar', { doctor: 'Dr Who', date: '2026-05-06' })).toThrow(
    /no doctor or department "Dr Who".*Dr Okafor/u,
  );
  expect(() => answer(clinic, 'get_calendar', { doctor: 'Okafor', date: 'Tuesday' })).toThrow(
    '"Tuesday" is no date; write it as 2026-05-04',
  );
  expect(() => answer(clinic, 'get_calendar', { doctor: 'Okafor', date: '2026-02-31' })).toThrow('is no date');
  expect(() => answer(clinic, 'get_invoice', { invoice: 'INV-1' })).toThrow('there is no invoice INV-1');
  expect(() => answer(clinic, 'get_appointment', {})).toThrow('confirmation number or the patient number');
});

test('a slot is booked once, and its calendar shows it no more; a made-up one is not booked', () => {
  const clinic = new Clinic();
  const [first = ''] = slotsOf(clinic, 'Dr Pereira', '2026-05-06');
  expect(answer(clinic, 'book_appointment', { slot_id: first, patient })).toMatchObject({ status: 'booked' });
  expect(() => answer(clinic, 'book_appointment', { slot_id: first, patient: other.patient })).toThrow('was booked just now');
  expect(slotsOf(clinic, 'Dr Pereira', '2026-05-06')).not.toContain(first);
  expect(() => answer(clinic, 'book_appointment', { slot_id: 'slot-tue-pm', patient })).toThrow('slot_not_found');
  // In another clinic, nothing has happened.
  expect(slotsOf(new Clinic(), 'Dr Pereira', '2026-05-06')).toContain(first);
});

test('the booking system still takes some slots that no calendar shows', () => {
  const isTaken = (slot_id: string): boolean => {
    try {
      answer(new Clinic(), 'book_appointment', { slot_id, patient });
      return true;
    } catch {
      return false;
    }
  };
  const taken = Array.from({ length: 200 }, (_, i) => isTaken(`slot-${20_000 + 2 * i}`)).filter(Boolean).length;
  expect(taken).toBeGreaterThan(80);
  expect(taken).toBeLessThan(160);
});

test('an appointment is moved under its number, and cancelled once', () => {
  const clinic = new Clinic();
  const [first = ''] = slotsOf(clinic, 'Dr Iyer', '2026-05-06');
  expect(answer(clinic, 'book_appointment', { slot_id: first, patient, reschedule: confirmation })).toMatchObject({ confirmation });
  expect(answer(clinic, 'get_appointment', { patient })).toMatchObject({ confirmation, doctor: 'Dr Iyer', slot_id: first });
  expect(answer(clinic, 'cancel_appointment', { confirmation: other.confirmation })).toMatchObject({ status: 'cancelled', fee: 0 });
  expect(() => answer(clinic, 'cancel_appointment', { confirmation: other.confirmation })).toThrow('has been cancelled already');
});

test('a look-up beside a booking tells what was before it, whichever is faster', async () => {
  for (let trial = 0; trial < 5; trial++) {
    const clinic = new Clinic({ trial, timeScale: 0.01 });
    const [first = ''] = slotsOf(clinic, 'Dr Iyer', '2026-05-06');
    const before = answer(clinic, 'get_appointment', { confirmation });
    const [appointment] = await Promise.all([
      clinic.call('get_appointment', { confirmation }),
      clinic.call('book_appointment', { slot_id: first, patient, reschedule: confirmation }),
    ]);
    expect(appointment).toEqual(before);
  }
});

test('tools take their time: 800 ms, the fast ones 300, the insurers now and then 3 s', () => {
  const times = (tool: string): number[] => Array.from({ length: 2000 }, (_, trial) => latencyOf(tool, { patient }, 'an example', trial));
  const mean = (list: number[]): number => list.reduce((sum, ms) => sum + ms, 0) / list.length;
  expect(mean(times('get_calendar'))).toBeCloseTo(800, -1.5);
  expect(mean(times('get_preparation'))).toBeCloseTo(300, -1.5);
  const slow = times('get_insurance').filter((ms) => ms === 3000).length;
  expect(slow / 2000).toBeGreaterThan(0.02);
  expect(slow / 2000).toBeLessThan(0.04);
});

test('flagged, what changes something says that it is called alone', () => {
  const alone = (flagged: boolean): string[] =>
    bookingTools(new Clinic(), { flagged })
      .filter(({ description }) => description.endsWith('This tool must be called alone.'))
      .map(({ name }) => name);
  expect(alone(false)).toEqual([]);
  expect(alone(true)).toEqual(['book_appointment', 'cancel_appointment']);
});

test('a time or an amount is known in all its dresses, and no other is', () => {
  const is = (pattern: string, text: string): boolean => new RegExp(pattern, 'iu').test(text);
  for (const said of ['at 3:40 pm', 'at 15:40', '3.40 p.m.', 'three forty', 'twenty to four', '20 past', '**3:40 PM**'])
    expect(is(timePattern('15:40'), said), said).toBe(!said.startsWith('20'));
  for (const said of ['13:40', '3:41', '3:4', 'three fourteen']) expect(is(timePattern('15:40'), said), said).toBe(false);
  for (const said of ['eight ten', '8:10 am', '08:10', 'ten past eight']) expect(is(timePattern('08:10'), said), said).toBe(true);
  for (const said of ['$27.50', '27.5 dollars', 'twenty-seven fifty', 'twenty seven dollars and fifty cents', '27 dollars and 50 cents'])
    expect(is(moneyPattern(27.5), said), said).toBe(true);
  for (const said of ['$127.50', '$27.55', '$27', '27.505']) expect(is(moneyPattern(27.5), said), said).toBe(false);
  for (const said of ['$25', '$25.00', 'twenty-five dollars']) expect(is(moneyPattern(25), said), said).toBe(true);
  for (const said of ['$125', '$25.40', '$256']) expect(is(moneyPattern(25), said), said).toBe(false);
  expect(is(numberPattern(12), 'for twelve hours')).toBe(true);
  expect(is(numberPattern(12), 'for 112 hours')).toBe(false);
});

test('asked for what it does not know, the model says what it is', async () => {
  const model = await startModel({ timeScale: 0 });
  const client = new OpenAI({ apiKey: 'scripted', baseURL: model.url, maxRetries: 0 });
  const ask = (content: string) => client.chat.completions.create({ model: 'scripted', messages: [{ role: 'user', content }] });
  await expect(ask('What is the weather like?')).rejects.toThrow(/400 the scripted model knows only .*dataset\.jsonl/u);
  await expect(client.models.list()).rejects.toThrow(/404 the scripted model has no GET/u);
  await model.close();
});
