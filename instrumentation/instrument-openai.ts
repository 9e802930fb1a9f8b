import { patchClass, patchClient } from './openai/patch.ts';
import { safely } from './safely.ts';
import type { InstrumentationOptions } from './settings.ts';
import { setCurrentTelemetry, Telemetry } from './telemetry.ts';

/**
 * Instruments one client of the `openai` package, or with its class every client: for bundled apps, where modules
 * cannot be hooked, and for tests. Never throws; a client of unknown shape stays as it is, with one warning.
 *
 *     const client = instrumentOpenAI(new OpenAI(), { content: 'delta' });
 *
 * @returns the same client or class
 */
export function instrumentOpenAI<T extends object>(client: T, options: InstrumentationOptions = {}): T {
  safely('instrumenting a client', () => {
    const telemetry = new Telemetry(options);
    setCurrentTelemetry(telemetry);
    if (typeof client === 'function') patchClass(client, telemetry);
    else patchClient(client, telemetry);
  });
  return client;
}
