// OpenInference's span processor over the telemetry of Vercel AI SDK 6.
import { createOpenAI } from '@ai-sdk/openai';
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
  const experimental_telemetry = { isEnabled: true, functionId: 'redelivery_desk' };
  await settled(converse({ ai, createOpenAI }, conversation, { experimental_telemetry }));
  await provider.shutdown();
}
