/** `fanlight/exporter`: verdicts on spans as they are exported. See docs/exporter.md. */
export { FanlightSpanExporter, type FanlightSpanExporterOptions } from './span-exporter.ts';
export { FanlightSpanProcessor, type FanlightSpanProcessorOptions, type LoggerProvider } from './span-processor.ts';
export type { Limits } from './limits.ts';
export type { ExportResult, ReadableSpan, SpanExporter } from './otel.ts';
