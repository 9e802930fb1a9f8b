// An agent as anybody has it: nothing in it knows of tracing.
//   node --import fanlight/register app.mjs
import OpenAI from 'openai';

const client = new OpenAI();

const tool = (name, description, properties, run) => ({
  type: 'function',
  function: { name, description, parameters: { type: 'object', properties }, parse: JSON.parse, function: run },
});

const runner = client.chat.completions.runTools({
  model: 'gpt-5-mini',
  messages: [{ role: 'user', content: 'Can I see Dr Okafor on Tuesday afternoon?' }],
  tools: [
    tool('get_calendar', 'Free slots of a doctor', { doctor: { type: 'string' } }, () => ({
      slots: [{ slot_id: 'slot-8841', at: '15:00' }],
    })),
    tool('book_appointment', 'Books a slot', { slot_id: { type: 'string' } }, ({ slot_id }) =>
      slot_id === 'slot-8841' ? { confirmation: 'BK-20931' } : { error: 'slot_not_found' },
    ),
  ],
});
console.log(await runner.finalContent());
