// OpenLLMetry's SDK before its messages were JSON: attributes such as `gen_ai.prompt.0.content`.
import { JsonTraceSerializer as serializer } from '@opentelemetry/otlp-transformer';
import * as traceloop from '@traceloop/node-server-sdk';
import OpenAI from 'openai';
import { fileExporter } from '../../exporters.mjs';
import { converse } from '../../openai-agent.mjs';
import { SERVICE } from '../../tracing.mjs';

export async function record(conversation, settled) {
  const { url, apiKey, wrapped } = conversation;
  traceloop.initialize({
    appName: SERVICE,
    apiKey: 'none',
    exporter: fileExporter(serializer, conversation.file),
    instrumentModules: { openAI: OpenAI },
    silenceInitializationMessage: true,
    traceloopSyncEnabled: false,
  });
  const around = {
    run: (answer) => traceloop.withAgent({ name: 'redelivery_desk' }, answer),
    tool: (call, execute) => traceloop.withTool({ name: call.name }, execute, call.arguments),
  };
  await settled(converse(new OpenAI({ baseURL: url, apiKey, maxRetries: 0 }), conversation, wrapped ? around : {}));
  await traceloop.forceFlush();
}
