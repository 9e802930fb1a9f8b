import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const booking = join(root, 'fixtures/booking/traces.jsonl');

function fanlight(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, 'dist/src/cli/main.js'), ...args], { cwd: root }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

interface Report {
  runs: { id: string; source: string; findings: object[]; calls: object[] }[];
  problems: { source: string; reason: string }[];
}

const reportOf = (out: string): Report => JSON.parse(out) as Report;
const findingsOf = ({ runs }: Report): unknown =>
  runs.map(({ id, findings, calls }) => ({ id, findings, calls })).toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** The bundled traces, as Jaeger and Tempo would give them. */
const resourceSpans = readFileSync(booking, 'utf8')
  .trim()
  .split('\n')
  .flatMap((line) => (JSON.parse(line) as { resourceSpans: { scopeSpans: { spans: { traceId: string }[] }[] }[] }).resourceSpans);
const tracesOf = (id: string): unknown[] =>
  resourceSpans
    .map((resource) => ({
      ...resource,
      scopeSpans: resource.scopeSpans.map((scope) => ({ ...scope, spans: scope.spans.filter(({ traceId }) => traceId === id) })),
    }))
    .filter(({ scopeSpans }) => scopeSpans.some(({ spans }) => spans.length > 0));
const ids = [...new Set(resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans.map(({ traceId }) => traceId))))];

let server: Server;
let url = '';
beforeAll(async () => {
  server = createServer(({ url: path = '', headers }, response) => {
    const { pathname } = new URL(path, 'http://x');
    if (headers['x-token'] !== 'ok') {
      response.statusCode = 401;
      response.end('no token');
    } else if (pathname === '/api/v3/traces') response.end(JSON.stringify({ result: { resourceSpans } }));
    else if (pathname === '/api/search') response.end(JSON.stringify({ traces: ids.map((traceID) => ({ traceID })) }));
    else response.end(JSON.stringify({ trace: { resourceSpans: tracesOf(pathname.split('/').at(-1) ?? '') } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

describe('fanlight analyze of a running backend', () => {
  test.each(['jaeger', 'tempo'])('--%s finds what a file shows', async (kind) => {
    const file = reportOf((await fanlight('analyze', booking, '--format', 'json')).out);
    const options = ['--service', 'linden-booking', '--lookback', '2d', '--header', 'X-Token: ok', '--format', 'json'];
    const { code, out, err } = await fanlight('analyze', `--${kind}`, url, ...options);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const report = reportOf(out);
    expect(findingsOf(report)).toEqual(findingsOf(file));
    expect(report.problems).toEqual([]);
    expect(new Set(report.runs.map(({ source }) => source))).toEqual(new Set([url]));
  });

  test('beside files; what both hold counts once, what cannot be pulled is listed', async () => {
    const both = await fanlight('analyze', booking, '--jaeger', url, '--service', 'x', '--header', 'x-token:ok', '-f', 'json');
    expect(reportOf(both.out).runs).toHaveLength(ids.length);
    const { code, out } = await fanlight('analyze', booking, '--jaeger', url, '--service', 'x', '-f', 'json');
    expect(code).toBe(0);
    expect(reportOf(out).problems).toEqual([{ source: url, reason: expect.stringContaining('answered 401 ("no token")') as string }]);
  });

  test('nothing pulled: exit code 2, and why', async () => {
    const { code, err } = await fanlight('analyze', '--tempo', url);
    expect(code).toBe(2);
    expect(err).toMatch(/^Nothing could be pulled:\n {2}http:\S+ {2}answered 401 .*--header/u);
    expect(err).not.toContain('bug');
  });

  test.each([
    [['--service', 'a'], /--service goes with --jaeger or --tempo/u],
    [['traces/', '--lookback', '1h'], /--lookback goes with/u],
    [['--jaeger', 'localhost:16686', '--service', 'a'], /did you mean http:\/\/localhost:16686\?/u],
    [['--jaeger', 'grpc://localhost:1', '--service', 'a'], /--jaeger takes an http or https URL/u],
    [['--tempo', ''], /such as http:\/\/localhost:3200/u],
    [['--tempo', 'http://x', '--lookback', 'yesterday'], /--lookback takes a time such as 30m, 6h or 2d, not "yesterday"/u],
    [['--tempo', 'http://x', '--lookback', '0h'], /--lookback takes/u],
    [['--tempo', 'http://x', '--limit', '1.5'], /--limit takes a whole number/u],
    [['--tempo', 'http://x', '--timeout', 'soon'], /--timeout takes a number of seconds/u],
    [['--tempo', 'http://x', '--header', 'secret'], /--header takes a name and a value/u],
    [['--tempo', 'http://x', '--header', 'a b: secret'], /--header takes a name and a value/u],
    [['--tempo', 'http://x', '--service', 'a', '--query', '{}'], /Either --service or --query/u],
    [['--jaeger', 'http://x', '--service', 'a', '--query', '{}'], /--query is TraceQL/u],
    [['--jaegr', 'http://x'], /did you mean --jaeger/u],
    [[], /Nothing to analyze/u],
  ])('%j is a usage error', async (args, message) => {
    const { code, err } = await fanlight('analyze', ...args);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(message) as string });
    expect(err).not.toContain('secret');
  });
});
