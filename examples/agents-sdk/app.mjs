// The OpenAI Agents SDK: its own traces as GenAI spans.
//   node app.mjs
import { Agent, getCurrentSpan, run, setTraceProcessors, tool } from '@openai/agents';
import { trace } from '@opentelemetry/api';
import { BasicTracerProvider, ConsoleSpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { AgentsTraceProcessor } from 'fanlight/tracing';
import { z } from 'zod';

trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(new ConsoleSpanExporter())] }));
// addTraceProcessor would keep the export to OpenAI beside it.
setTraceProcessors([new AgentsTraceProcessor({ getCurrentSpan, content: 'full' })]);

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
  execute: ({ slot_id }) => (slot_id === 'slot-8841' ? { confirmation: 'BK-20931' } : { error: 'slot_not_found' }),
});
const agent = new Agent({ name: 'booking', model: 'gpt-5-mini', tools: [get_calendar, book_appointment] });
console.log((await run(agent, 'Can I see Dr Okafor on Tuesday afternoon?')).finalOutput);
