/** A running backend to pull traces from. */
export interface Backend {
  kind: 'jaeger' | 'tempo';
  /** Where its HTTP API is. A user and a password in it become basic authentication. */
  url: string;
  /** The service whose traces are pulled; Jaeger wants one. */
  service?: string;
  /** TraceQL, for Tempo: which traces are pulled, instead of those of a service. */
  query?: string;
  /** How far back from now; one hour by default. */
  lookbackMs?: number;
  /** Most traces that are pulled; 1,000 by default. */
  limit?: number;
  /** Time for one request; 30 seconds by default. */
  timeoutMs?: number;
  headers?: Readonly<Record<string, string>>;
  /** The pause before a request is made a second time; half a second by default, and doubled from then on. */
  retryMs?: number;
}

export const LOOKBACK_MS = 3_600_000;
export const LIMIT = 1000;
export const TIMEOUT_MS = 30_000;
export const RETRY_MS = 500;

/** The backend's address as it is shown and as requests begin: without user, password or what else may follow. */
export function baseOf({ url }: Backend): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(/\/+$/u, '');
}

export const nameOf = ({ kind }: Backend): string => (kind === 'jaeger' ? 'Jaeger' : 'Tempo');

/** Why nothing more comes from a backend: a sentence, and what to do. */
export class BackendError extends Error {
  override name = 'BackendError';
  /** The HTTP status, where there was an answer. */
  readonly status: number | undefined;
  /** The answer's text, or the beginning of it. */
  readonly body: string;

  constructor(message: string, status?: number, body = '') {
    super(message);
    this.status = status;
    this.body = body;
  }
}

/** An answer longer than is read at once: less may be asked for. */
export class TooLarge extends BackendError {
  override name = 'TooLarge';
}
