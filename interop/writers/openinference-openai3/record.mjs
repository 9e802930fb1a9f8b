// OpenInference for the `openai` client, as it was a major version ago.
import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai';
import { JsonTraceSerializer as serializer } from '@opentelemetry/otlp-transformer';
import * as resources from '@opentelemetry/resources';
import * as sdk from '@opentelemetry/sdk-trace-node';
import OpenAI from 'openai';
import { converse } from '../../openai-agent.mjs';
import { startTracing } from '../../tracing.mjs';

export async function record(conversation, settled) {
  const { url, apiKey } = conversation;
  const provider = startTracing({ sdk, resources, serializer }, conversation);
  new OpenAIInstrumentation({ tracerProvider: provider }).manuallyInstrument(OpenAI);
  await settled(converse(new OpenAI({ baseURL: url, apiKey, maxRetries: 0 }), conversation));
  await provider.shutdown();
}
