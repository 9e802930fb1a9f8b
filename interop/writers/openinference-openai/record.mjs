// OpenInference for the `openai` client; wrapped: with its helpers for agents and tools.
import { traceAgent, traceTool } from '@arizeai/openinference-core';
import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai';
import { JsonTraceSerializer as serializer } from '@opentelemetry/otlp-transformer';
import * as resources from '@opentelemetry/resources';
import * as sdk from '@opentelemetry/sdk-trace-node';
import OpenAI from 'openai';
import { converse } from '../../openai-agent.mjs';
import { startTracing } from '../../tracing.mjs';

export async function record(conversation, settled) {
  const { url, apiKey, wrapped } = conversation;
  const provider = startTracing({ sdk, resources, serializer }, conversation);
  new OpenAIInstrumentation({ tracerProvider: provider }).manuallyInstrument(OpenAI);
  const around = {
    run: (answer) => traceAgent(answer, { name: 'redelivery_desk' })(),
    tool: (call, execute) => traceTool(execute, { name: call.name })(call.arguments),
  };
  await settled(converse(new OpenAI({ baseURL: url, apiKey, maxRetries: 0 }), conversation, wrapped ? around : {}));
  await provider.shutdown();
}
