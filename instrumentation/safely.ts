import { diag } from '@opentelemetry/api';

let warned = false;

/**
 * Runs our own code inside somebody else's program: whatever it throws ends here, with one warning for the life of
 * the process.
 */
export function safely<T>(doing: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!warned) {
      warned = true;
      try {
        diag.warn(`fanlight: ${doing} failed and was skipped; the app is not affected. Further failures are not reported.`, error);
      } catch {
        // A logger that throws is not the app's concern either.
      }
    }
    return undefined;
  }
}
