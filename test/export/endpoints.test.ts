import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterEach, describe, expect, test } from 'vitest';
import { FanlightSpanExporter } from '../../src/export/index.ts';
import { SPANS_A_RUN, syntheticRun } from '../support/synthetic-run.mjs';

/** The real OTLP exporter, with and without ours around it, against endpoints that misbehave. */
let stop: (() => void) | undefined;
afterEach(() => stop?.());

async function endpoint(respond: (nth: number) => RequestListener): Promise<{ url: string; received: () => number }> {
  let requests = 0;
  let received = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    response.once('finish', () => {
      if (response.statusCode !== 200) return;
      const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString()) as { resourceSpans: { scopeSpans: { spans: unknown[] }[] }[] };
      received += resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)).length;
    });
    respond(++requests)(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`, received: () => received };
}

const answer =
  (status: number, body = '{}', headers: Record<string, string> = {}): RequestListener =>
  (_, response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);

async function exportRuns(isBare: boolean, respond: (nth: number) => RequestListener): Promise<number> {
  const { url, received } = await endpoint(respond);
  const otlp = new OTLPTraceExporter({ url, timeoutMillis: 500 });
  const exporter = isBare ? otlp : new FanlightSpanExporter({ exporter: otlp });
  const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter, { scheduledDelayMillis: 10 })] });
  for (let n = 0; n < 10; n++) await syntheticRun(provider.getTracer('test'), n);
  await sleep(1500);
  await provider.shutdown().catch(() => {});
  stop?.();
  return received();
}

const first = (count: number, then: RequestListener) => (nth: number) => (nth <= count ? then : answer(200));

describe('an endpoint that', () => {
  test.each<[string, (nth: number) => RequestListener, number]>([
    ['answers', () => answer(200), 10 * SPANS_A_RUN],
    ['is busy once, and says when to come again', first(1, answer(429, '{}', { 'retry-after': '1' })), 10 * SPANS_A_RUN],
    ['is unavailable at first', first(2, answer(503)), 10 * SPANS_A_RUN],
    ['refuses', () => answer(400, '{"message":"no"}'), 0],
    ['answers garbage', () => answer(200, 'gar\u0000bage'), 10 * SPANS_A_RUN],
    ['cuts the connection at first', first(2, (request) => request.socket.destroy()), 10 * SPANS_A_RUN],
    ['does not answer', () => () => {}, 0],
  ])('%s', async (_, respond, expected) => {
    const bare = await exportRuns(true, respond);
    const ours = await exportRuns(false, respond);
    expect(ours).toBe(expected);
    expect(ours).toBeGreaterThanOrEqual(bare);
  });
});
