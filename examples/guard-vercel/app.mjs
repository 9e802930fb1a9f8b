// The Vercel AI SDK, its own runner, with guarded tools: a slot that nothing gave is not booked beside the look-up.
//   npm run guard-vercel
import { createOpenAI } from '@ai-sdk/openai';
import { generateText, stepCountIs, tool } from 'ai';
import { guardTools } from 'fanlight/runtime';
import { z } from 'zod';

const tools = guardTools({
  get_calendar: tool({
    description: 'Free slots of a doctor',
    inputSchema: z.object({ doctor: z.string() }),
    execute: () => ({ slots: [{ slot_id: 'slot-8841', at: '15:00' }] }),
  }),
  book_appointment: tool({
    description: 'Books a slot',
    inputSchema: z.object({ slot_id: z.string() }),
    execute: ({ slot_id }) => {
      console.log(`booking ${slot_id}`);
      return slot_id === 'slot-8841' ? { confirmation: 'BK-20931' } : { error: 'slot_not_found' };
    },
  }),
});
const openai = createOpenAI({ baseURL: process.env.OPENAI_BASE_URL });
const { text } = await generateText({
  model: openai.chat('gpt-5-mini'),
  prompt: 'Can I see Dr Okafor on Tuesday afternoon?',
  tools,
  stopWhen: stepCountIs(8),
});
console.log(text);
