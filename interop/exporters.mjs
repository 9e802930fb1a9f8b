// Writes what an OpenTelemetry SDK exports into a file: one OTLP/JSON export request a line.
import { appendFileSync } from 'node:fs';

/**
 * Of spans or of logs, by the serializer: `JsonTraceSerializer`, `JsonLogsSerializer` of the writer's own
 * `@opentelemetry/otlp-transformer`, since spans of one version of the SDK are not those of another.
 */
export const fileExporter = (serializer, file) => ({
  export(items, done) {
    appendFileSync(file, `${Buffer.from(serializer.serializeRequest(items)).toString()}\n`);
    done({ code: 0 });
  },
  forceFlush: async () => {},
  shutdown: async () => {},
});

/** Log records go beside the spans. */
export const logsFile = (file) => file.replace(/\.jsonl$/u, '.logs.jsonl');
