// A booking agent: the real client and real tools, only the model is scripted. What it does wrong, and how often, is
// the script's: it books beside the calendar look-up with a made-up slot, it looks things up that it never uses.
import { setTimeout as sleep } from 'node:timers/promises';
import { instrumentOpenAI, traceTools, withRun } from '../../dist/instrumentation/index.js';
import { startOpenAIServer } from './openai-server.mjs';

/** What the model answers, turn by turn, by the kind of day it has. */
const SCRIPTS = {
  hasty: (n) => [
    {
      calls: [call(n, 'calendar', 'get_calendar', { doctor: 'Okafor' }), call(n, 'guess', 'book_appointment', { slot_id: 'slot-tue-pm' })],
    },
    { calls: [call(n, 'booking', 'book_appointment', { slot_id: `slot-88${n}` })] },
    { text: `Done: Tuesday at 15:00 with Dr Okafor, confirmation BK-209${n}.` },
  ],
  careful: (n) => [
    { calls: [call(n, 'calendar', 'get_calendar', { doctor: 'Okafor' }), call(n, 'patient', 'get_patient', { name: 'Kim Larsen' })] },
    { calls: [call(n, 'booking', 'book_appointment', { slot_id: `slot-88${n}` })] },
    { text: `Booked for Kim Larsen, insured with Nordholm Mutual: Tuesday at 15:00, confirmation BK-209${n}.` },
  ],
  curious: (n) => [
    { calls: [call(n, 'calendar', 'get_calendar', { doctor: 'Okafor' }), call(n, 'parking', 'find_parking', { street: 'Elm Row' })] },
    { text: `Dr Okafor has Tuesday at 15:00 free, slot-88${n}.` },
  ],
};

const call = (n, id, name, args) => ({ id: `call_${id}_${n}`, name, arguments: args });

export const KINDS = Object.keys(SCRIPTS);

/** The model: the first message names the script and the number of the run. */
export function startModel(delayMs = 0) {
  return startOpenAIServer(({ body }) => {
    const [, kind, n] = /\[(\w+) (\d+)\]/u.exec(JSON.stringify(body.messages)) ?? [];
    const turn = body.messages.filter(({ role }) => role === 'assistant').length;
    return { ...SCRIPTS[kind](Number(n))[turn], delayMs, usage: { input: 400 + 150 * turn, output: 40 } };
  });
}

/**
 * @param {object} client of openai, bare
 * @param {{ tracerProvider?: object, meterProvider?: object, content?: string, toolMs?: number }} options
 * @returns {(kind: string, n: number) => Promise<string>} one conversation, in a run of its own
 */
export function bookingAgent(client, { toolMs = 0, ...telemetry } = {}) {
  instrumentOpenAI(client, { content: 'full', ...telemetry });
  const after = async (factor, result) => {
    if (toolMs > 0) await sleep(toolMs * factor);
    return result;
  };
  const toolsOf = (n) =>
    traceTools({
      get_calendar: () => after(2, { doctor: 'Okafor', slots: [{ slot_id: `slot-88${n}`, at: '15:00' }] }),
      get_patient: () => after(1, { name: 'Kim Larsen', insurer: 'Nordholm Mutual' }),
      find_parking: () => after(3, { garage: 'Brixley Deck', hourly: 4.75 }),
      book_appointment: ({ slot_id }) =>
        after(1, slot_id === `slot-88${n}` ? { confirmation: `BK-209${n}` } : { error: 'slot_not_found', detail: `no slot ${slot_id}` }),
    });
  return (kind, n) =>
    withRun({ name: 'booking' }, async () => {
      const tools = toolsOf(n);
      const messages = [{ role: 'user', content: `Can I see Dr Okafor on Tuesday afternoon? [${kind} ${n}]` }];
      for (;;) {
        const response = await client.chat.completions.create({ model: 'gpt-5-mini', messages });
        const { message } = response.choices[0];
        messages.push(message);
        if (message.tool_calls === undefined) return message.content;
        const answers = message.tool_calls.map(async ({ id, function: made }) => ({
          role: 'tool',
          tool_call_id: id,
          content: JSON.stringify(await tools[made.name](JSON.parse(made.arguments))),
        }));
        messages.push(...(await Promise.all(answers)));
      }
    });
}
