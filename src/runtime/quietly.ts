import { diag } from '@opentelemetry/api';

/** Calls a hook of the app's. One that throws, at once or later, is its own affair and changes nothing. */
export function quietly(hook: (() => unknown) | undefined): void {
  try {
    const result = hook?.();
    if (typeof (result as { then?: unknown } | undefined)?.then === 'function') void Promise.resolve(result).catch(tell);
  } catch (error) {
    tell(error);
  }
}

/** What was thrown may be hostile to whoever prints it. */
function tell(error: unknown): void {
  try {
    diag.warn('fanlight: a hook threw', error);
  } catch {
    // A logger that throws is not the run's affair either.
  }
}
