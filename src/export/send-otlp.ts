import { setTimeout as sleep } from 'node:timers/promises';
import { basicOf, retryAfterOf } from '../sources/backends/http.ts';
import { otlpText, type OtlpRequest } from './otlp-json.ts';

const TRIES = 4;
const TIMEOUT_MS = 30_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** A request that an endpoint did not take; the message says where, why and what to do. */
export class SendError extends Error {
  override name = 'SendError';
}

export interface Endpoint {
  url: string;
  headers: Record<string, string>;
}

/**
 * The traces endpoint of an OTLP address: `http://localhost:4318` and `http://localhost:4318/v1/traces` are the same.
 * User and password in it become a header, and are shown nowhere.
 */
export function endpointOf(address: string): Endpoint {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/u.test(url.protocol))
    throw new SendError(`"${url?.protocol ?? address}" is no address of OTLP over HTTP; it looks like http://localhost:4318`);
  const headers = basicOf(address);
  url.username = url.password = '';
  if (!url.pathname.endsWith('/v1/traces')) url.pathname = `${url.pathname.replace(/\/$/u, '')}/v1/traces`;
  return { url: url.href, headers };
}

/**
 * Posts one request of OTLP JSON, again where the endpoint is busy (429, 502, 503, 504; `Retry-After` is honoured).
 *
 * @throws SendError where it is refused or nobody answers
 */
export async function sendOtlp({ url, headers }: Endpoint, request: OtlpRequest): Promise<void> {
  const body = otlpText(request);
  for (let tries = 1; ; tries++) {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: Error) => new SendError(`${url} does not answer (${reasonOf(error)}). Is an OTLP receiver listening there?`));
    if (!(answer instanceof Error) && answer.ok) {
      if (!/html/iu.test(answer.headers.get('content-type') ?? '')) return;
      throw new SendError(`${url} answered with a web page: this is no OTLP receiver. Jaeger's and the Collector's listen on port 4318.`);
    }
    const isBusy = !(answer instanceof Error) && [429, 502, 503, 504].includes(answer.status);
    if (tries === TRIES || !(answer instanceof Error || isBusy)) {
      if (answer instanceof Error) throw answer;
      throw new SendError(await refusal(url, answer));
    }
    await sleep(pauseOf(answer, tries));
  }
}

function pauseOf(answer: Response | Error, tries: number): number {
  const asked = answer instanceof Error ? undefined : retryAfterOf(answer.headers.get('retry-after'));
  return asked === undefined ? FIRST_PAUSE_MS * 2 ** (tries - 1) : Math.min(asked, LONGEST_PAUSE_MS);
}

async function refusal(url: string, answer: Response): Promise<string> {
  const said = (await answer.text().catch(() => '')).trim().slice(0, 200);
  const advice =
    answer.status === 401 || answer.status === 403
      ? ' Give what it asks for with --header.'
      : answer.status === 404
        ? ' Is this the OTLP/HTTP port (4318), not the gRPC one or a UI?'
        : '';
  return `${url} answered ${answer.status}${said === '' ? '' : `: ${said}`}.${advice}`;
}

/** `fetch failed` says nothing; what it failed by does. */
function reasonOf(error: Error & { cause?: unknown }): string {
  const cause = error.cause as { code?: string; message?: string } | undefined;
  return cause?.code ?? cause?.message ?? error.message;
}
