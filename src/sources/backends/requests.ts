import { setTimeout as pause } from 'node:timers/promises';
import { BackendError, baseOf, RETRY_MS, TIMEOUT_MS, TooLarge, type Backend } from './backend.ts';
import { isReset, whyNoAnswer, whyRefused } from './failures.ts';
import { basicOf, retryAfterOf } from './http.ts';

const ATTEMPTS = 4;
const RETRIED = new Set([429, 500, 502, 503, 504]);
/** A backend that wants a longer pause than this is given up. */
const LONGEST_PAUSE_MS = 60_000;
/** So much of a refusal is read. */
const REFUSAL_BYTES = 64 * 1024;
/** A JavaScript string holds no more. */
const LONGEST_TEXT = 500_000_000;

interface Answer {
  status: number;
  text: string;
  retryAfterMs: number | undefined;
}

/** GET requests to one backend: bounded in time and size, authenticated, and made again where that may help. */
export class Requests {
  readonly #backend: Backend;
  readonly #maxBytes: number;
  readonly #timeoutMs: number;
  readonly #headers: Headers;

  constructor(backend: Backend, maxBytes: number) {
    this.#backend = backend;
    this.#maxBytes = Math.min(maxBytes, LONGEST_TEXT);
    this.#timeoutMs = backend.timeoutMs ?? TIMEOUT_MS;
    this.#headers = new Headers({ accept: 'application/json', ...basicOf(backend.url), ...backend.headers });
  }

  /** The text of an answer of 200. Throws {@link BackendError} for any other, and for none. */
  async get(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<string> {
    const query = new URLSearchParams(parameters).toString();
    const url = `${baseOf(this.#backend)}${path}${query === '' ? '' : `?${query}`}`;
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#ask(url, path, attempt < ATTEMPTS);
      if (answer?.status === 200) return answer.text;
      const wait = answer?.retryAfterMs ?? (this.#backend.retryMs ?? RETRY_MS) * 2 ** (attempt - 1);
      const mayRetry = answer === undefined || RETRIED.has(answer.status);
      if (answer !== undefined && (!mayRetry || attempt >= ATTEMPTS || wait > LONGEST_PAUSE_MS)) {
        throw new BackendError(whyRefused(answer.status, answer.text, path, this.#backend), answer.status, answer.text);
      }
      await pause(wait);
    }
  }

  /** Undefined where the connection broke off and another attempt is left. */
  async #ask(url: string, path: string, isAnotherLeft: boolean): Promise<Answer | undefined> {
    try {
      // A redirect is not followed: headers that let one in are for this host alone.
      const response = await fetch(url, {
        headers: this.#headers,
        redirect: 'manual',
        signal: AbortSignal.timeout(this.#timeoutMs),
      });
      const isFine = response.status === 200;
      const { text, isWhole } = await readText(response, isFine ? this.#maxBytes : REFUSAL_BYTES);
      if (isFine && !isWhole) throw new TooLarge(`answered ${path} with more than ${Math.round(this.#maxBytes / 1e6)} MB`);
      return { status: response.status, text, retryAfterMs: retryAfterOf(response.headers.get('retry-after')) };
    } catch (error) {
      if (error instanceof BackendError) throw error;
      if (isAnotherLeft && isReset(error)) return undefined;
      throw new BackendError(whyNoAnswer(error, this.#backend, this.#timeoutMs));
    }
  }
}

async function readText({ body }: Response, maxBytes: number): Promise<{ text: string; isWhole: boolean }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    size += chunk.length;
    // Left early, the rest is never sent.
    if (size > maxBytes) return { text: Buffer.concat(chunks, Math.min(size, REFUSAL_BYTES)).toString('utf8'), isWhole: false };
  }
  return { text: Buffer.concat(chunks).toString('utf8'), isWhole: true };
}
