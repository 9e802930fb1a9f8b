// OpenInference's bridge from the traces of the OpenAI Agents SDK to OpenTelemetry.
import { OpenAIAgentsInstrumentation } from '@arizeai/openinference-instrumentation-openai-agents';
import * as agents from '@openai/agents';
import { JsonTraceSerializer as serializer } from '@opentelemetry/otlp-transformer';
import * as resources from '@opentelemetry/resources';
import * as sdk from '@opentelemetry/sdk-trace-node';
import OpenAI from 'openai';
import { converse } from '../../agents-sdk.mjs';
import { startTracing } from '../../tracing.mjs';

export async function record(conversation, settled) {
  const provider = startTracing({ sdk, resources, serializer }, conversation);
  new OpenAIAgentsInstrumentation({ tracerProvider: provider }).manuallyInstrument(agents);
  await settled(converse({ agents, OpenAI }, conversation));
  await provider.shutdown();
}
