// fanlight's own instrumentation, as it is built here.
import { JsonTraceSerializer as serializer } from '@opentelemetry/otlp-transformer';
import * as resources from '@opentelemetry/resources';
import * as sdk from '@opentelemetry/sdk-trace-node';
import OpenAI from 'openai';
import { instrumentOpenAI, withRun, withToolCall } from '../../../dist/instrumentation/index.js';
import { converse } from '../../openai-agent.mjs';
import { startTracing } from '../../tracing.mjs';

export async function record(conversation, settled) {
  const { url, apiKey, wrapped } = conversation;
  const provider = startTracing({ sdk, resources, serializer }, conversation);
  const client = instrumentOpenAI(new OpenAI({ baseURL: url, apiKey, maxRetries: 0 }), { content: 'full' });
  const around = {
    run: (answer) => withRun({ name: 'redelivery_desk', conversationId: 'desk-7041' }, answer),
    tool: (call, execute) => withToolCall(call, () => execute(call.arguments)),
  };
  await settled(converse(client, conversation, wrapped ? around : {}));
  await provider.shutdown();
}
