// OpenTelemetry's own instrumentation of the `openai` client, content in log records, on version 3 of its SDK.
import { createRequire } from 'node:module';
import { context, logs, metrics, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OpenAIInstrumentation } from '@opentelemetry/instrumentation-openai';
import { JsonLogsSerializer, JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { fileExporter, logsFile } from '../../exporters.mjs';
import { converse } from '../../openai-agent.mjs';
import { SERVICE } from '../../tracing.mjs';

export async function record(conversation, settled) {
  const { url, apiKey, file } = conversation;
  const resource = resourceFromAttributes({ 'service.name': SERVICE });
  const tracerProvider = new TracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor({ exporter: fileExporter(JsonTraceSerializer, file) })],
  });
  const loggerProvider = new LoggerProvider({
    resource,
    processors: [new BatchLogRecordProcessor({ exporter: fileExporter(JsonLogsSerializer, logsFile(file)) })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(tracerProvider);
  logs.setGlobalLoggerProvider(loggerProvider);
  const instrumentation = new OpenAIInstrumentation({ captureMessageContent: true });
  instrumentation.setTracerProvider(tracerProvider);
  instrumentation.setLoggerProvider(loggerProvider);
  // Without a meter provider it throws into the caller's streams.
  instrumentation.setMeterProvider(metrics.getMeterProvider());
  // It patches what is required after it.
  const { OpenAI } = createRequire(import.meta.url)('openai');
  await settled(converse(new OpenAI({ baseURL: url, apiKey, maxRetries: 0 }), conversation));
  await loggerProvider.shutdown();
  await tracerProvider.shutdown();
}
