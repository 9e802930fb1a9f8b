import { isObject, parseIfJson } from '../../dialects/json.ts';
import { excerptOf } from '../problem.ts';
import { nameOf, type Backend } from './backend.ts';

const PORTS = { jaeger: 16686, tempo: 3200 };

/** Why no answer came, in words that follow the address. */
export function whyNoAnswer(error: unknown, backend: Backend, timeoutMs: number): string {
  const codes = codesOf(error);
  const has = (...known: string[]): boolean => known.some((code) => codes.includes(code));
  if (has('TimeoutError', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'ETIMEDOUT'))
    return `no whole answer within ${timeoutMs / 1000} s: raise --timeout, or pull less with a smaller --lookback`;
  if (has('ECONNREFUSED'))
    return `connection refused: nothing listens there. Is ${nameOf(backend)} running, and is this the port of its HTTP API (${PORTS[backend.kind]} unless configured)?`;
  if (has('ENOTFOUND', 'EAI_AGAIN')) return 'there is no host of this name';
  if (has('EHOSTUNREACH', 'ENETUNREACH')) return 'the host cannot be reached from here';
  if (codes.some((code) => /CERT|SELF_SIGNED|UNABLE_TO_/u.test(code)))
    return `its certificate is not trusted (${codes.join(', ')}): name the file of its authority in NODE_EXTRA_CA_CERTS`;
  if (codes.some((code) => /^(?:EPROTO|ERR_SSL)/u.test(code))) return 'it does not speak TLS: try http:// instead of https://';
  if (codes.some((code) => code.startsWith('HPE_')) || has('HTTPParserError'))
    return `it does not speak HTTP: this may be a gRPC port; the HTTP API is at ${PORTS[backend.kind]} unless configured`;
  if (isReset(error)) return 'the connection broke off';
  return `no answer: ${excerptOf(messageOf(error), 200).slice(1, -1)}`;
}

/** True where the same request may well go through the next time. */
export const isReset = (error: unknown): boolean =>
  codesOf(error).some((code) => ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'ERR_STREAM_PREMATURE_CLOSE'].includes(code));

/** What an answer other than 200 means, in words that follow the address. */
export function whyRefused(status: number, body: string, path: string, backend: Backend): string {
  const said = saidIn(body);
  const quoted = said === '' ? '' : ` (${excerptOf(said, 200)})`;
  if (status === 401 || status === 403) {
    const tenant = backend.kind === 'tempo' ? " A Tempo of several tenants wants --header 'X-Scope-OrgID: …'." : '';
    return `answered ${status}${quoted}: who asks? Give --header 'Authorization: Bearer …', or user and password in the URL.${tenant}`;
  }
  if (status === 404)
    return `has no ${path} (404): ${
      backend.kind === 'jaeger'
        ? 'this is not the base URL of a Jaeger query service, or that is older than its v3 API (use Jaeger 2, or a late 1.x)'
        : 'this is not the base URL of a Tempo (in a cluster: of its query frontend)'
    }`;
  if (status >= 300 && status < 400) return `answered ${status}, a redirect: give the address it leads to, or --header to be let in`;
  if (status === 429) return `answered 429, too many requests${quoted}: try again later, or pull less with a smaller --limit`;
  if (status >= 500) return `answered ${status} again and again${quoted}: see its log`;
  return `answered ${status}${quoted}`;
}

/** What an answer of 200 is that holds no JSON. */
export function whyNotJson(text: string, path: string, backend: Backend): string {
  if (text.trim() === '') return `answered ${path} with nothing`;
  if (!/^\s*</u.test(text)) return `answered ${path} with something that is not JSON: ${excerptOf(text.trim())}`;
  return `answered ${path} with a web page instead of JSON: this is a login page or not the base URL of its API${
    backend.kind === 'jaeger' ? ', or a Jaeger older than its v3 API (use Jaeger 2, or a late 1.x)' : ''
  }`;
}

function saidIn(body: string): string {
  const value = parseIfJson(body);
  const error = isObject(value) ? (value['error'] ?? value) : value;
  const said = isObject(error) ? (error['message'] ?? '') : error;
  return typeof said === 'string' && !/^\s*</u.test(said) ? said.trim() : '';
}

/** `fetch` wraps what went wrong, and a host of several addresses wraps each attempt. */
function codesOf(error: unknown, depth = 0): string[] {
  if (!(error instanceof Error) || depth > 4) return [];
  const { code } = error as NodeJS.ErrnoException;
  const inner = error instanceof AggregateError ? error.errors : [];
  return [
    ...(typeof code === 'string' ? [code] : []),
    ...(['TimeoutError', 'HTTPParserError'].includes(error.name) ? [error.name] : []),
    ...[error.cause, ...(inner as unknown[])].flatMap((cause) => codesOf(cause, depth + 1)),
  ];
}

const messageOf = (error: unknown): string => {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message !== '' ? cause.message : message;
};
