// The SDK of Traceloop, which instruments the `openai` client; wrapped: with its helpers for agents and tools.
import { fileExporter } from './exporters.mjs';
import { converse } from './openai-agent.mjs';
import { SERVICE } from './tracing.mjs';

/** @param {object} packages the writer's own: `traceloop`, `OpenAI`, and `serializer`, the `JsonTraceSerializer` of OpenTelemetry */
export async function recordTraceloop({ traceloop, OpenAI, serializer }, conversation, settled) {
  const { url, apiKey, file, wrapped } = conversation;
  traceloop.initialize({
    appName: SERVICE,
    apiKey: 'none',
    exporter: fileExporter(serializer, file),
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
