import { diag } from '@opentelemetry/api';

/** Calls a hook of the app's. One that throws, at once or later, is its own affair and changes nothing. */
export function quietly(hook: (() => unknown) | undefined): void {
  const tell = (error: unknown): void => diag.warn('fanlight: a hook threw', error);
  try {
    const result = hook?.();
    if (result instanceof Promise) result.catch(tell);
  } catch (error) {
    tell(error);
  }
}
