// OpenInference's span processor over the telemetry of Vercel AI SDK 7.
import { createOpenAI } from '@ai-sdk/openai';
import { OpenTelemetry } from '@ai-sdk/otel';
import { isOpenInferenceSpan, OpenInferenceBatchSpanProcessor } from '@arizeai/openinference-vercel';
import { JsonTraceSerializer as serializer } from '@opentelemetry/otlp-transformer';
import * as resources from '@opentelemetry/resources';
import * as sdk from '@opentelemetry/sdk-trace-node';
import * as ai from 'ai';
import { startTracing } from '../../tracing.mjs';
import { converse } from '../../vercel-agent.mjs';

export async function record(conversation, settled) {
  const provider = startTracing(
    { sdk, resources, serializer },
    conversation,
    (exporter) => new OpenInferenceBatchSpanProcessor({ exporter, spanFilter: isOpenInferenceSpan }),
  );
  // As its README has it.
  ai.registerTelemetry(
    new OpenTelemetry({ usage: true, providerMetadata: true, runtimeContext: true, headers: true, toolChoice: true, schema: true }),
  );
  await settled(converse({ ai, createOpenAI }, conversation, { telemetry: { functionId: 'redelivery_desk' } }));
  await provider.shutdown();
}
