// Elastic's instrumentation of the `openai` client, content in log records.
import { createRequire } from 'node:module';
import elastic from '@elastic/opentelemetry-instrumentation-openai';
import { JsonLogsSerializer, JsonTraceSerializer as serializer } from '@opentelemetry/otlp-transformer';
import * as resources from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import * as sdk from '@opentelemetry/sdk-trace-node';
import { fileExporter, logsFile } from '../../exporters.mjs';
import { converse } from '../../openai-agent.mjs';
import { SERVICE, startTracing } from '../../tracing.mjs';

export async function record(conversation, settled) {
  const { url, apiKey, file } = conversation;
  const tracerProvider = startTracing({ sdk, resources, serializer }, conversation);
  const loggerProvider = new LoggerProvider({
    resource: resources.resourceFromAttributes({ 'service.name': SERVICE }),
    processors: [new BatchLogRecordProcessor(fileExporter(JsonLogsSerializer, logsFile(file)))],
  });
  const instrumentation = new elastic.OpenAIInstrumentation({ captureMessageContent: true });
  instrumentation.setTracerProvider(tracerProvider);
  instrumentation.setLoggerProvider(loggerProvider);
  // It patches what is required after it.
  const { OpenAI } = createRequire(import.meta.url)('openai');
  await settled(converse(new OpenAI({ baseURL: url, apiKey, maxRetries: 0 }), conversation));
  await loggerProvider.shutdown();
  await tracerProvider.shutdown();
}
