// For an app that runs OpenTelemetry's SDK already: one more instrumentation in its list.
//   node --import fanlight/hook app.mjs
import OpenAI from 'openai';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { OpenAIInstrumentation, traceTools, withRun } from 'fanlight/instrumentation';

const sdk = new NodeSDK({ instrumentations: [new OpenAIInstrumentation({ content: 'full' })] });
sdk.start();
const client = new OpenAI();
const tools = traceTools({
  get_calendar: async () => ({ slots: [{ slot_id: 'slot-8841', at: '15:00' }] }),
  book_appointment: async ({ slot_id }) => (slot_id === 'slot-8841' ? { confirmation: 'BK-20931' } : { error: 'slot_not_found' }),
});

const answer = await withRun({ name: 'booking' }, async () => {
  let input = [{ role: 'user', content: 'Can I see Dr Okafor on Tuesday afternoon?' }];
  for (;;) {
    const response = await client.responses.create({ model: 'gpt-5-mini', input });
    const calls = response.output.filter((item) => item.type === 'function_call');
    if (calls.length === 0) return response.output_text;
    const run = async ({ call_id, name, arguments: args }) => ({
      type: 'function_call_output',
      call_id,
      output: JSON.stringify(await tools[name](JSON.parse(args))),
    });
    input = [...input, ...response.output, ...(await Promise.all(calls.map(run)))];
  }
});
console.log(answer);
await sdk.shutdown();
