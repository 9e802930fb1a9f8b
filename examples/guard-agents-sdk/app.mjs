// The OpenAI Agents SDK, its own runner, with guarded tools: the booking is not made beside the look-up.
//   npm run guard-agents-sdk
import { Agent, run, setTracingDisabled, tool } from '@openai/agents';
import { guardTools } from 'fanlight/runtime';
import { z } from 'zod';

setTracingDisabled(true);
const get_calendar = tool({
  name: 'get_calendar',
  description: 'Free slots of a doctor',
  parameters: z.object({ doctor: z.string() }),
  execute: () => ({ slots: [{ slot_id: 'slot-8841', at: '15:00' }] }),
});
const book_appointment = tool({
  name: 'book_appointment',
  description: 'Books a slot',
  parameters: z.object({ slot_id: z.string() }),
  execute: ({ slot_id }) => {
    console.log(`booking ${slot_id}`);
    return slot_id === 'slot-8841' ? { confirmation: 'BK-20931' } : { error: 'slot_not_found' };
  },
});
const tools = guardTools([get_calendar, book_appointment], { tools: { book_appointment: { parallelizable: false } } });
const agent = new Agent({ name: 'booking', model: 'gpt-5-mini', tools });
console.log((await run(agent, 'Can I see Dr Okafor on Tuesday afternoon?')).finalOutput);
