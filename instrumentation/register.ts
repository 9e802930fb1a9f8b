/**
 * `node --import fanlight/register app.js`: instruments `openai` wherever the app gets it from, and exports over
 * OTLP as the standard `OTEL_*` variables say. Nothing here may stop the app: what is missing is said in one warning.
 */
import { reportSightings } from './doctor-report.ts';
import { safely } from './safely.ts';
import { warn } from './warn.ts';

safely('preparing a report', reportSightings);

try {
  const { startTracing } = await import('./start-tracing.ts');
  await startTracing();
} catch (error) {
  const missing = /Cannot find (?:package|module) '(?<name>@[^/']+\/[^/']+|[^/']+)/u.exec((error as Error).message)?.groups?.['name'];
  warn(
    missing === undefined
      ? `tracing could not be started, the app runs without it: ${(error as Error).message}`
      : `tracing needs the package ${missing}, the app runs without it. Install what it takes: npm install @opentelemetry/api @opentelemetry/instrumentation @opentelemetry/sdk-node`,
  );
}
