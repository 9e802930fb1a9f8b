// For bundled apps and tests: one client, no module hooks. The SDK is whatever the app has; here the smallest.
//   node app.mjs
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { context, trace } from '@opentelemetry/api';
import { BasicTracerProvider, ConsoleSpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { instrumentOpenAI, withToolCall } from 'fanlight/tracing';
import OpenAI from 'openai';

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(new ConsoleSpanExporter())] }));

const client = instrumentOpenAI(new OpenAI(), { content: 'delta' });
const tools = {
  get_calendar: () => ({ slots: [{ slot_id: 'slot-8841', at: '15:00' }] }),
  book_appointment: ({ slot_id }) => (slot_id === 'slot-8841' ? { confirmation: 'BK-20931' } : { error: 'slot_not_found' }),
};

const messages = [{ role: 'user', content: 'Can I see Dr Okafor on Tuesday afternoon?' }];
for (;;) {
  const { choices } = await client.chat.completions.create({ model: 'gpt-5-mini', messages });
  messages.push(choices[0].message);
  if (!choices[0].message.tool_calls) break;
  for (const call of choices[0].message.tool_calls) {
    const result = await withToolCall(call, async () => tools[call.function.name](JSON.parse(call.function.arguments)));
    messages.push({ role: 'tool', tool_call_id: call.id, content: JSON.stringify(result) });
  }
}
console.log(messages.at(-1).content);
