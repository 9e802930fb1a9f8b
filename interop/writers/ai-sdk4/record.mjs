// Vercel AI SDK 4 with `experimental_telemetry`.
import { createOpenAI } from '@ai-sdk/openai';
import { JsonTraceSerializer as serializer } from '@opentelemetry/otlp-transformer';
import * as resources from '@opentelemetry/resources';
import * as sdk from '@opentelemetry/sdk-trace-node';
import * as ai from 'ai';
import { startTracing } from '../../tracing.mjs';
import { converse } from '../../vercel-agent.mjs';

export async function record(conversation, settled) {
  const provider = startTracing({ sdk, resources, serializer }, conversation);
  const experimental_telemetry = { isEnabled: true, functionId: 'redelivery_desk', metadata: { desk: 'HB' } };
  await settled(converse({ ai, createOpenAI }, conversation, { experimental_telemetry }));
  await provider.shutdown();
}
