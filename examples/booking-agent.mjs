// The agent that the evaluations look at: a plain loop, which gives back its history.
const slots = [{ slot_id: 'slot-8841', at: '15:00' }];

export const tools = {
  get_calendar: async ({ doctor }) => ({ doctor, slots }),
  book_appointment: async ({ slot_id }) => (slot_id === 'slot-8841' ? { confirmation: 'BK-20931' } : { error: 'slot_not_found' }),
};

/** Answers a question with the client's model and the tools. */
export async function answer(client, question, run = tools) {
  const messages = [{ role: 'user', content: question }];
  for (;;) {
    const { choices } = await client.chat.completions.create({ model: 'gpt-5-mini', messages });
    const { message } = choices[0];
    messages.push(message);
    if (!message.tool_calls) return { text: message.content, messages };
    const results = await Promise.all(message.tool_calls.map(({ function: { name, arguments: args } }) => run[name](JSON.parse(args))));
    message.tool_calls.forEach(({ id }, i) => messages.push({ role: 'tool', tool_call_id: id, content: JSON.stringify(results[i]) }));
  }
}
