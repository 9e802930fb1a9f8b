// OpenLIT's SDK for the `openai` client.
import { createRequire } from 'node:module';
import { trace } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import { converse } from '../../openai-agent.mjs';
import { startSink } from '../../otlp-sink.mjs';
import { SERVICE } from '../../tracing.mjs';

const require = createRequire(import.meta.url);

export async function record(conversation, settled) {
  const { url, apiKey, file } = conversation;
  const sink = await startSink(file);
  // Without prices of its own it fetches a list of them.
  require('openlit').default.init({ applicationName: SERVICE, otlpEndpoint: sink.url, disableMetrics: true, pricingJson: {} });
  // It patches what is required after it.
  const { OpenAI } = require('openai');
  await settled(converse(new OpenAI({ baseURL: url, apiKey, maxRetries: 0 }), conversation));
  await trace.getTracerProvider().getDelegate().forceFlush();
  await logs.getLoggerProvider().forceFlush();
  await sink.close();
}
