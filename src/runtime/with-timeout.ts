/** A tool did not come to its end in time. */
class ToolTimeoutError extends Error {
  override name = 'ToolTimeoutError';
}

/**
 * Runs with a signal of its own, and no longer than the time given or the outer signal allows. Work that ignores its
 * signal is left to itself: what it returns or throws later is nobody's.
 */
export async function withTimeout<T>(work: (signal: AbortSignal) => T, ms: number | undefined, outer: AbortSignal): Promise<Awaited<T>> {
  outer.throwIfAborted();
  const own = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const ended = new Promise<never>((_, reject) => {
    const end = (reason: unknown): void => {
      own.abort(reason);
      reject(reason instanceof Error ? reason : new Error('aborted', { cause: reason }));
    };
    onAbort = () => end(outer.reason);
    outer.addEventListener('abort', onAbort, { once: true });
    if (ms !== undefined) timer = setTimeout(() => end(new ToolTimeoutError(`timed out after ${ms} ms`)), ms);
  });
  try {
    const running = Promise.resolve(work(own.signal));
    running.catch(() => {});
    return (await Promise.race([running, ended])) as Awaited<T>;
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) outer.removeEventListener('abort', onAbort);
  }
}
