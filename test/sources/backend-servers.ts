import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';
import type { Backend } from '../../src/sources/backends/backend.ts';
import { readBackends } from '../../src/sources/backends/index.ts';
import type { ReadOptions } from '../../src/sources/read.ts';

type Json = Record<string, unknown>;
export type Handler = (url: URL, request: IncomingMessage, response: ServerResponse) => unknown;

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A server until the end of the test. What the handler returns is sent as JSON, a string as it is. */
export async function serve(handler: Handler): Promise<{ url: string; asked: URL[] }> {
  const asked: URL[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://x');
    asked.push(url);
    const answer = handler(url, request, response);
    if (answer === undefined) return;
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

export interface Trace {
  id: string;
  start: number;
  spans: Json[];
}

export const traceId = (n: number): string => (n + 1).toString(16).padStart(32, '0');

/** A trace of one plain span, `size` characters long. */
export const traceAt = (n: number, start: number, size = 0): Trace => ({
  id: traceId(n),
  start,
  spans: [
    {
      traceId: traceId(n),
      spanId: (n + 1).toString(16).padStart(16, '0'),
      name: 'step',
      startTimeUnixNano: `${start}000000`,
      attributes: [{ key: 'pad', value: { stringValue: 'x'.repeat(size) } }],
    },
  ],
});

const resourceSpansOf = (traces: readonly Trace[]): Json[] =>
  traces.map(({ spans }) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: 'ferry' } }] },
    scopeSpans: [{ spans }],
  }));

export const base64Ids = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (key, inner: unknown) =>
    /(?:trace|span)Id$/iu.test(key) && typeof inner === 'string' ? Buffer.from(inner, 'hex').toString('base64') : inner,
  );

/** Answers `/api/v3` as Jaeger does, `answer` being how it writes traces. */
export function jaegerOf(
  traces: readonly Trace[],
  answer: (resourceSpans: Json[]) => unknown = (list) => ({ result: { resourceSpans: list } }),
): Handler {
  return (url, _request, response) => {
    if (url.pathname === '/api/v3/services') return { services: ['ferry', 'tram'] };
    if (url.pathname !== '/api/v3/traces') {
      response.statusCode = 404;
      return '404 page not found';
    }
    const parameter = (name: string): string => url.searchParams.get(`query.${name}`) ?? '';
    const [from, to] = [Date.parse(parameter('start_time_min')), Date.parse(parameter('start_time_max'))];
    const found = traces.filter(({ start }) => start >= from && start <= to).slice(0, Number(parameter('num_traces')));
    if (parameter('service_name') === 'ferry' && found.length > 0) return answer(resourceSpansOf(found));
    response.statusCode = 404;
    return { error: { httpCode: 404, message: 'No traces found' } };
  };
}

/** Answers as Tempo does. */
export function tempoOf(traces: readonly Trace[], api: 'v1' | 'v2' = 'v2', maxLimit = 1000): Handler {
  return (url, _request, response) => {
    const refuse = (status: number, text: string): string => {
      response.statusCode = status;
      return text;
    };
    const number = (name: string): number => Number(url.searchParams.get(name));
    if (url.pathname === '/api/search/tag/service.name/values') return { tagValues: ['ferry', 'tram'] };
    if (url.pathname === '/api/search') {
      if (number('limit') > maxLimit) return refuse(400, `limit ${number('limit')} exceeds max limit ${maxLimit}`);
      if (number('end') <= number('start')) return refuse(400, 'http parameter start must be before end');
      if (number('end') - number('start') > 604_800) return refuse(400, 'range specified by start and end exceeds 168h0m0s');
      const isAsked = /"ferry"|gen_ai/u.test(url.searchParams.get('q') ?? '');
      const found = traces.filter(({ start }) => isAsked && start >= number('start') * 1000 && start < number('end') * 1000);
      return { traces: found.slice(0, number('limit')).map(({ id }) => ({ traceID: id.replace(/^0+/u, '') })), metrics: {} };
    }
    const [, version, id] = /^\/api(\/v2)?\/traces\/([0-9a-f]+)$/u.exec(url.pathname) ?? [];
    const trace = traces.find((candidate) => candidate.id === id?.padStart(32, '0'));
    if (id === undefined || (version === '/v2') !== (api === 'v2')) return refuse(404, '404 page not found');
    if (trace === undefined) return refuse(404, 'trace not found');
    const list = base64Ids(resourceSpansOf([trace]));
    return api === 'v2' ? { trace: { resourceSpans: list }, metrics: {} } : { batches: list };
  };
}

export interface Pulled {
  traces: string[];
  spans: number;
  reasons: string[];
  sources: string[];
  progress: number[];
}

export async function pull(backend: Backend, options: Partial<ReadOptions> = {}): Promise<Pulled> {
  const pulled: Pulled = { traces: [], spans: 0, reasons: [], sources: [], progress: [] };
  const reading: ReadOptions = {
    ...options,
    onProblem: ({ source, reason }) => {
      pulled.reasons.push(reason);
      pulled.sources.push(source);
    },
    onPulled: (traces) => pulled.progress.push(traces),
  };
  const ids = new Set<string>();
  for await (const records of readBackends([{ retryMs: 1, ...backend }], reading)) {
    for (const record of records) {
      if (record.kind !== 'span') continue;
      ids.add(record.span.traceId);
      pulled.spans += 1;
      pulled.sources.push(record.span.place.source);
    }
  }
  pulled.traces = [...ids];
  pulled.sources = [...new Set(pulled.sources)];
  return pulled;
}
