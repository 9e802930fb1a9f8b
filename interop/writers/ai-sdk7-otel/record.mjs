// Vercel AI SDK 7, its telemetry in the GenAI conventions.
import { createOpenAI } from '@ai-sdk/openai';
import { OpenTelemetry } from '@ai-sdk/otel';
import { JsonTraceSerializer as serializer } from '@opentelemetry/otlp-transformer';
import * as resources from '@opentelemetry/resources';
import * as sdk from '@opentelemetry/sdk-trace-node';
import * as ai from 'ai';
import { startTracing } from '../../tracing.mjs';
import { converse } from '../../vercel-agent.mjs';

export async function record(conversation, settled) {
  const provider = startTracing({ sdk, resources, serializer }, conversation);
  ai.registerTelemetry(new OpenTelemetry());
  await settled(converse({ ai, createOpenAI }, conversation, { telemetry: { functionId: 'redelivery_desk' } }));
  await provider.shutdown();
}
