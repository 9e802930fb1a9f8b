// Langfuse for the `openai` client; wrapped: with its helpers for agents and tools.
import { observeOpenAI } from '@langfuse/openai';
import { LangfuseSpanProcessor } from '@langfuse/otel';
import { observe } from '@langfuse/tracing';
import { JsonTraceSerializer as serializer } from '@opentelemetry/otlp-transformer';
import * as resources from '@opentelemetry/resources';
import * as sdk from '@opentelemetry/sdk-trace-node';
import OpenAI from 'openai';
import { converse } from '../../openai-agent.mjs';
import { startTracing } from '../../tracing.mjs';

export async function record(conversation, settled) {
  const { url, apiKey, wrapped } = conversation;
  const keys = { publicKey: 'pk-lf-scripted', secretKey: 'sk-lf-scripted', baseUrl: 'http://127.0.0.1:9' };
  const provider = startTracing(
    { sdk, resources, serializer },
    conversation,
    (exporter) => new LangfuseSpanProcessor({ exporter, ...keys }),
  );
  const client = observeOpenAI(new OpenAI({ baseURL: url, apiKey, maxRetries: 0 }));
  const around = {
    run: (answer) => observe(answer, { name: 'redelivery_desk', asType: 'agent' })(),
    tool: (call, execute) => observe(execute, { name: call.name, asType: 'tool' })(call.arguments),
  };
  await settled(converse(client, conversation, wrapped ? around : {}));
  await provider.shutdown();
}
