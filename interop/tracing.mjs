// The OpenTelemetry SDK of a writer, set up as an app would, its spans going to a file.
import { fileExporter } from './exporters.mjs';

export const SERVICE = 'redelivery-desk';

/**
 * @param {object} packages the writer's own: `sdk` is `@opentelemetry/sdk-trace-node`, `resources`, `serializer` the
 *   `JsonTraceSerializer` of `@opentelemetry/otlp-transformer`
 * @param {{ file: string }} conversation
 * @param {(exporter: object) => object} makeProcessor where the writer has a span processor of its own
 * @returns a registered provider; its `shutdown` writes what is left
 */
export function startTracing({ sdk, resources, serializer }, { file }, makeProcessor = (exporter) => new sdk.BatchSpanProcessor(exporter)) {
  const provider = new sdk.NodeTracerProvider({
    resource: resources.resourceFromAttributes({ 'service.name': SERVICE }),
    spanProcessors: [makeProcessor(fileExporter(serializer, file))],
  });
  provider.register();
  return provider;
}
