/** `fanlight/instrumentation`: for apps that run an OpenTelemetry SDK of their own. Needs `@opentelemetry/instrumentation`. */
export { OpenAIInstrumentation, type OpenAIInstrumentationConfig } from './openai-instrumentation.ts';
export * from './index.ts';
