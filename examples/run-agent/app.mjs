// The tool loop of fanlight/runtime: a booking that runs alone, and never on a guess.
//   npm run run-agent
import OpenAI from 'openai';
import { defineTool, runAgent } from 'fanlight/runtime';
import { z } from 'zod';

const get_calendar = defineTool({
  name: 'get_calendar',
  description: 'Free slots of a doctor',
  parameters: z.object({ doctor: z.string() }),
  execute: () => ({ slots: [{ slot_id: 'slot-8841', at: '15:00' }] }),
});
const book_appointment = defineTool({
  name: 'book_appointment',
  description: 'Books a slot',
  parameters: z.object({ slot_id: z.string() }),
  parallelizable: false,
  execute: ({ slot_id }) => (slot_id === 'slot-8841' ? { confirmation: 'BK-20931' } : { error: 'slot_not_found' }),
});

const { text, calls } = await runAgent({
  client: new OpenAI(),
  model: 'gpt-5-mini',
  tools: [get_calendar, book_appointment],
  messages: 'Can I see Dr Okafor on Tuesday afternoon?',
});
for (const { name, arguments: args, outcome } of calls) console.log(`${outcome.padEnd(9)}${name} ${args}`);
console.log(text);
