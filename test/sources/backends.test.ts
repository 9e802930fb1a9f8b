import { createServer as createTcp, type AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { Backend } from '../../src/sources/backends/backend.ts';
import { base64Ids, jaegerOf, pull, serve, tempoOf, traceAt, traceId, type Handler } from './backend-servers.ts';

const now = Date.now();
/** Spread over the last hour but for a burst of 250 within one second. */
const many = [
  ...Array.from({ length: 150 }, (_, n) => traceAt(n, now - 5000 - n * 20_000)),
  ...Array.from({ length: 250 }, (_, n) => traceAt(150 + n, now - 1_800_000 + (n % 40))),
];
const three = [traceAt(0, now - 1000), traceAt(1, now - 2000), traceAt(2, now - 3000)];
const jaeger = (url: string, more: Partial<Backend> = {}): Backend => ({ kind: 'jaeger', url, service: 'ferry', ...more });
const tempo = (url: string, more: Partial<Backend> = {}): Backend => ({ kind: 'tempo', url, service: 'ferry', ...more });

describe('Jaeger', () => {
  test.each([
    ['wrapped', (list: unknown) => ({ result: { resourceSpans: list } })],
    ['bare', (list: unknown) => ({ resourceSpans: list })],
    ['ids in base64', (list: unknown) => base64Ids({ result: { resourceSpans: list } })],
    [
      'several values in a row',
      (list: unknown) => (list as unknown[]).map((one) => JSON.stringify({ result: { resourceSpans: [one] } })).join('\n'),
    ],
    ['values with nothing between', (list: unknown) => (list as unknown[]).map((one) => JSON.stringify({ resourceSpans: [one] })).join('')],
  ])('an answer that is %s', async (_name, answer) => {
    const { url } = await serve(jaegerOf(three, answer));
    const pulled = await pull(jaeger(url));
    expect(pulled).toMatchObject({ traces: [traceId(0), traceId(1), traceId(2)], spans: 3, reasons: [], sources: [url] });
    expect(pulled.progress).toEqual([1, 2, 3]);
  });

  test('many pages: every trace, each once', async () => {
    const { url, asked } = await serve(jaegerOf(many));
    const { traces, spans, reasons } = await pull(jaeger(url));
    expect({ traces: traces.length, spans, reasons }).toEqual({ traces: 400, spans: 400, reasons: [] });
    expect(asked.length).toBeLessThan(60);
  });

  test('more traces at one instant than a page holds', async () => {
    const { url } = await serve(jaegerOf(Array.from({ length: 300 }, (_, n) => traceAt(n, now - 1000))));
    expect((await pull(jaeger(url))).traces).toHaveLength(300);
  });

  test('parameters in both spellings, under a base path', async () => {
    const { url, asked } = await serve((at, ...rest) => jaegerOf(three)(new URL(at.href.replace('/trace/ui', '')), ...rest));
    expect((await pull(jaeger(`${url}/trace/ui/`, { lookbackMs: 60_000 }))).traces).toHaveLength(3);
    const parameters = Object.fromEntries(asked[0]?.searchParams ?? []);
    expect(parameters).toMatchObject({ 'query.service_name': 'ferry', 'query.serviceName': 'ferry', 'query.searchDepth': '100' });
    const [from, to] = ['query.startTimeMin', 'query.start_time_max'].map((name) => Date.parse(parameters[name] ?? ''));
    expect((to ?? 0) - (from ?? 0)).toBe(60_000);
  });

  test('no more than the limit, and says that there may be more', async () => {
    const { url } = await serve(jaegerOf(many));
    const { traces, reasons } = await pull(jaeger(url, { limit: 120 }));
    expect(traces).toHaveLength(120);
    expect(reasons).toEqual([expect.stringMatching(/^stopped at 120 traces.*--limit/u)]);
  });

  test('pages that are too long are asked for in parts; a trace that is too long costs no other', async () => {
    const traces = [traceAt(0, now - 500, 9000), ...Array.from({ length: 50 }, (_, n) => traceAt(n + 1, now - 60_000 - n * 1000, 1000))];
    const { url, asked } = await serve(jaegerOf(traces));
    const pulled = await pull(jaeger(url), { maxLineBytes: 8000 });
    expect(pulled.traces).toHaveLength(50);
    expect(pulled.reasons).toEqual([expect.stringContaining('--max-line-bytes')]);
    expect(asked.length).toBeLessThan(400);
  });

  test('a service that is not there', async () => {
    const { url } = await serve(jaegerOf(three));
    expect((await pull(jaeger(url, { service: 'fery' }))).reasons).toEqual(['there is no service "fery". Services: ferry, tram.']);
    const { reasons } = await pull({ kind: 'jaeger', url });
    expect(reasons).toEqual([expect.stringMatching(/--service\. Services: ferry, tram\./u)]);
  });

  test('a service without traces: the window, and what to try', async () => {
    const { url } = await serve(jaegerOf(three.map((trace) => ({ ...trace, start: now - 7_200_000 }))));
    const { reasons } = await pull(jaeger(url));
    expect(reasons).toEqual([
      expect.stringMatching(/^no traces of the service "ferry" in 20\S+Z to 20\S+Z: try a larger --lookback than 1h$/u),
    ]);
  });

  test('a backend that gives full pages for ever is left', async () => {
    let n = 0;
    const { url } = await serve((at, request, response) =>
      jaegerOf(Array.from({ length: 5 }, () => traceAt((n += 1), Date.parse(at.searchParams.get('query.start_time_max') ?? ''))))(
        at,
        request,
        response,
      ),
    );
    const { reasons, traces } = await pull(jaeger(url, { limit: 5 }));
    expect(traces).toHaveLength(5);
    expect(reasons).toHaveLength(1);
  });
});

describe('Tempo', () => {
  test.each(['v1', 'v2'] as const)('%s of its trace API', async (api) => {
    const { url } = await serve(tempoOf(three, api));
    expect(await pull(tempo(url))).toMatchObject({ traces: [traceId(0), traceId(1), traceId(2)], spans: 3, reasons: [], sources: [url] });
  });

  test('many pages, over more days than one search may span, with a lower limit than a page', async () => {
    const old = Array.from({ length: 80 }, (_, n) => traceAt(400 + n, now - 9 * 86_400_000 - n * 3_600_000));
    const { url, asked } = await serve(tempoOf([...many, ...old], 'v2', 260));
    const { traces, spans, reasons } = await pull(tempo(url, { lookbackMs: 14 * 86_400_000 }));
    expect({ traces: traces.length, spans, reasons }).toEqual({ traces: 480, spans: 480, reasons: [] });
    expect(asked.filter(({ pathname }) => pathname.startsWith('/api/v2/traces/'))).toHaveLength(480);
  });

  test('traces are fetched a few at a time', async () => {
    let [open, most] = [0, 0];
    const handler = tempoOf(many.slice(0, 60));
    const { url } = await serve((at, request, response) => {
      if (!at.pathname.includes('/traces/')) return handler(at, request, response);
      open += 1;
      most = Math.max(most, open);
      setTimeout(() => {
        open -= 1;
        response.end(JSON.stringify(handler(at, request, response)));
      }, 5);
      return undefined;
    });
    expect((await pull(tempo(url))).traces).toHaveLength(60);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(8);
  });

  test('the service, quoted; a query as it is; else whatever holds model calls', async () => {
    const { url, asked } = await serve(tempoOf(three));
    await pull(tempo(url, { service: 'a "b"' }));
    await pull({ kind: 'tempo', url, query: '{ duration > 5s }' });
    await pull({ kind: 'tempo', url });
    const queries = asked.filter(({ pathname }) => pathname === '/api/search').map(({ searchParams }) => searchParams.get('q'));
    expect(queries).toEqual([
      '{ resource.service.name = "a \\"b\\"" }',
      '{ duration > 5s }',
      expect.stringContaining('gen_ai.operation.name'),
    ]);
  });

  test('a service that is not there, and a query without a match', async () => {
    const { url } = await serve(tempoOf(three));
    expect((await pull(tempo(url, { service: 'fery' }))).reasons).toEqual([
      expect.stringMatching(/no service "fery" .* Services: ferry, tram\./u),
    ]);
    const { reasons } = await pull({ kind: 'tempo', url, query: '{ duration > 5s }', lookbackMs: 1_800_000 });
    expect(reasons).toEqual([expect.stringMatching(/^no traces that match \{ duration > 5s \} in .*--lookback than 30m$/u)]);
  });

  test('a trace that is gone, one of which only a part comes', async () => {
    const handler = tempoOf(three);
    const { url } = await serve((at, request, response) => {
      if (at.pathname.endsWith('/2')) {
        response.statusCode = 404;
        return 'trace not found';
      }
      const answer = handler(at, request, response);
      return at.pathname.endsWith('/3') ? { ...(answer as object), status: 'PARTIAL', message: 'trace exceeds max size' } : answer;
    });
    const { traces, reasons } = await pull(tempo(url));
    expect(traces).toEqual([traceId(0), traceId(2)]);
    expect(reasons).toEqual([
      expect.stringContaining('not there any more'),
      expect.stringContaining('only a part of the trace came ("trace exceeds max size")'),
    ]);
  });

  test('ids that are none, and answers that are something else', async () => {
    const { url } = await serve(({ pathname }) => (pathname === '/api/search' ? { traces: [{ traceID: '../admin' }, 7, null] } : {}));
    expect((await pull(tempo(url))).reasons).toEqual([expect.stringContaining('no traces of the service')]);
  });
});

describe('who asks', () => {
  const asked: Record<string, unknown>[] = [];
  const guarded: Handler = (url, request, response) => {
    asked.push(request.headers);
    if (request.headers.authorization === `Basic ${Buffer.from('ann:p@ss').toString('base64')}`)
      return jaegerOf(three)(url, request, response);
    if (request.headers['x-token'] === 'ok') return jaegerOf(three)(url, request, response);
    response.statusCode = 401;
    return 'no';
  };

  test('user and password of the URL, which are shown nowhere; headers', async () => {
    const { url } = await serve(guarded);
    const basic = await pull(jaeger(url.replace('//', '//ann:p%40ss@')));
    expect(basic).toMatchObject({ spans: 3, sources: [url] });
    expect((await pull(jaeger(url, { headers: { 'X-Token': 'ok' } }))).spans).toBe(3);
    const refused = await pull(jaeger(url.replace('//', '//ann:wrong@')));
    expect(refused.reasons).toEqual([expect.stringMatching(/answered 401 \("no"\).*--header/u)]);
    expect(JSON.stringify(refused)).not.toContain('wrong');
  });

  test('a redirect is not followed', async () => {
    const { url: other, asked: leaked } = await serve(() => ({}));
    const { url } = await serve((_url, _request, response) => {
      response.writeHead(302, { location: other });
      return '';
    });
    expect((await pull(jaeger(url, { headers: { 'X-Token': 'ok' } }))).reasons).toEqual([expect.stringMatching(/302, a redirect/u)]);
    expect(leaked).toEqual([]);
  });
});

describe('what goes wrong is one problem that says what to do', () => {
  const answer =
    (status: number, text: string, headers: Record<string, string> = {}): Handler =>
    (_url, _request, response) => {
      response.writeHead(status, headers);
      return text;
    };
  test.each<[string, Backend['kind'], Handler, RegExp]>([
    ['403', 'tempo', answer(403, ''), /answered 403: .*--header .*X-Scope-OrgID/u],
    ['404', 'jaeger', answer(404, '404 page not found'), /has no \/api\/v3\/traces \(404\).*base URL.*v3 API/u],
    ['404', 'tempo', answer(404, ''), /has no \/api\/search \(404\).*base URL of a Tempo/u],
    ['400', 'tempo', answer(400, 'parse error at line 1, col 3'), /answered 400 \("parse error at line 1, col 3"\)/u],
    ['a web page', 'jaeger', answer(200, '<!doctype html><title>Jaeger</title>'), /a web page instead of JSON.*base URL.*v3 API/u],
    ['garbage', 'jaeger', answer(200, 'pong\u001b[31m'), /not JSON: "pong\\u001b\[31m"/u],
    ['garbage', 'tempo', answer(200, '[1]'), /not JSON: "\[1\]"/u],
    ['other JSON', 'jaeger', answer(200, '{"status":"ok"}'), /JSON that holds no traces/u],
    ['an error in the stream', 'jaeger', answer(200, '{"error":{"message":"storage is down"}}'), /with an error \("storage is down"\)/u],
    ['nothing', 'jaeger', answer(200, ''), /with nothing|not JSON/u],
    ['depth', 'jaeger', answer(200, '['.repeat(5_000_000)), /nested more than 500 levels/u],
    ['an answer that breaks off', 'jaeger', answer(200, '{"result":{"resourceSpans":[{"scopeSp'), /breaks off/u],
    ['a long pause', 'jaeger', answer(429, 'slow down', { 'retry-after': '3600' }), /429, too many requests \("slow down"\)/u],
    ['503', 'tempo', answer(503, 'starting'), /answered 503 again and again \("starting"\)/u],
    ['a connection that breaks off', 'jaeger', (_url, request) => void request.socket.destroy(), /the connection broke off/u],
  ])('%s from %s', async (_name, kind, handler, reason) => {
    const { url } = await serve(handler);
    const { reasons, traces, sources } = await pull({ kind, url, service: 'ferry' });
    expect(traces).toEqual([]);
    expect(sources).toEqual([url]);
    expect(reasons[0]).toMatch(reason);
    expect(reasons.length).toBeLessThanOrEqual(2);
  });

  test('nobody listens', async () => {
    const server = createTcp();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    expect((await pull(jaeger(`http://127.0.0.1:${port}`))).reasons).toEqual([expect.stringMatching(/^connection refused: .*16686/u)]);
    expect((await pull(tempo('http://nowhere.invalid'))).reasons).toEqual([expect.stringMatching(/no host of this name|no answer/u)]);
  });

  test('no answer in time, neither its beginning nor its end', async () => {
    const { url } = await serve(() => undefined);
    expect((await pull(jaeger(url, { timeoutMs: 100 }))).reasons).toEqual([expect.stringMatching(/within 0\.1 s: raise --timeout/u)]);
    const { url: slow } = await serve((_url, _request, response) => void response.write('{"result":'));
    expect((await pull(jaeger(slow, { timeoutMs: 100 }))).reasons).toEqual([expect.stringMatching(/within 0\.1 s: raise --timeout/u)]);
  });

  test('a port that speaks something else', async () => {
    const server = createTcp((socket) => socket.end('\0\0\u0004\0'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { reasons } = await pull(jaeger(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
    server.close();
    expect(reasons).toEqual([expect.stringMatching(/does not speak HTTP/u)]);
  });

  test('what passes is tried again, after as long as it was asked to wait', async () => {
    let count = 0;
    const times: number[] = [];
    const { url } = await serve((at, request, response) => {
      count += 1;
      times.push(Date.now());
      if (count === 1) request.socket.destroy();
      else if (count === 2) response.writeHead(429, { 'retry-after': '1' }).end('slow down');
      else if (count === 3) response.writeHead(503).end('starting');
      else return jaegerOf(three)(at, request, response);
      return undefined;
    });
    expect(await pull(jaeger(url))).toMatchObject({ spans: 3, reasons: [] });
    expect((times[2] ?? 0) - (times[1] ?? 0)).toBeGreaterThan(900);
  });

  test('what came before is kept', async () => {
    let isDown = false;
    const { url } = await serve((at, request, response) => {
      if (isDown) response.statusCode = 500;
      isDown = true;
      return response.statusCode === 500 ? 'down' : jaegerOf(many)(at, request, response);
    });
    const { traces, reasons } = await pull(jaeger(url));
    expect(traces).toHaveLength(100);
    expect(reasons).toEqual([expect.stringMatching(/answered 500.*what came before \(traces: 100\) was read/u)]);
  });
});
