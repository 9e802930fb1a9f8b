import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { panelQueries } from '../../deploy/dashboards/queries.ts';
import { runDemo } from '../../deploy/demo.mjs';
import { startCollector, startJaeger, startPrometheus, workFolder } from './servers.mjs';

const SERVICE = 'booking-demo';
const RUNS = 30;
const cli = join(import.meta.dirname, '../../dist/src/cli/main.js');

let jaeger: Awaited<ReturnType<typeof startJaeger>>;
let collector: Awaited<ReturnType<typeof startCollector>>;
let prometheus: Awaited<ReturnType<typeof startPrometheus>>;

beforeAll(async () => {
  jaeger = await startJaeger();
  collector = await startCollector({ jaegerGrpc: jaeger.otlpGrpc });
  prometheus = await startPrometheus(collector.metrics);
  await runDemo({ endpoint: collector.otlp, runs: RUNS, toolMs: 10, modelMs: 5 });
  await until(async () => (await allTraces()).length >= RUNS);
});
afterAll(async () => {
  await Promise.all([jaeger, collector, prometheus].map((server) => server?.stop()));
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 100; i++) {
    if (await isSo()) return;
    await sleep(200);
  }
  throw new Error('waited for 20 s in vain');
}

interface OtlpSpan {
  traceId: string;
  name: string;
  attributes: { key: string; value: Record<string, unknown> }[];
  events?: { name: string; attributes: OtlpSpan['attributes'] }[];
  links?: { attributes: OtlpSpan['attributes'] }[];
}

/** All traces, by Jaeger's stable API. */
async function allTraces(): Promise<OtlpSpan[][]> {
  const query = new URLSearchParams({
    'query.service_name': SERVICE,
    'query.start_time_min': new Date(Date.now() - 3_600_000).toISOString(),
    'query.start_time_max': new Date(Date.now() + 60_000).toISOString(),
    'query.num_traces': '1000',
  });
  const answer = await fetch(`${jaeger.url}/api/v3/traces?${query}`);
  if (answer.status === 404) return [];
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  const spans = text
    .split('\n')
    .filter(Boolean)
    .flatMap((line) => (JSON.parse(line) as { result: { resourceSpans: { scopeSpans: { spans: OtlpSpan[] }[] }[] } }).result.resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  const byTrace = new Map<string, OtlpSpan[]>();
  for (const span of spans) byTrace.set(span.traceId, [...(byTrace.get(span.traceId) ?? []), span]);
  return [...byTrace.values()];
}

/** Those that the search of Jaeger's UI finds by a tag; the stable API of this version cannot search by attributes. */
async function tracesWith(tags: Record<string, string>): Promise<OtlpSpan[][]> {
  const query = new URLSearchParams({ service: SERVICE, lookback: '1h', limit: '1000', tags: JSON.stringify(tags) });
  const { data } = (await (await fetch(`${jaeger.url}/api/traces?${query}`)).json()) as { data: { traceID: string }[] };
  const ids = new Set(data.map(({ traceID }) => traceID.padStart(32, '0')));
  return (await allTraces()).filter(([span]) => ids.has(hex(span?.traceId ?? '')));
}

const hex = (id: string): string => (/^[0-9a-f]{32}$/iu.test(id) ? id : Buffer.from(id, 'base64').toString('hex'));

const valueOf = (span: { attributes: OtlpSpan['attributes'] } | undefined, key: string): unknown =>
  Object.values(span?.attributes.find((attribute) => attribute.key === key)?.value ?? {})[0];

async function analyze(
  ...args: string[]
): Promise<{ summary: Record<string, unknown>; runs: { id: string; findings: unknown[]; calls: object[] }[] }> {
  const file = join(workFolder(), 'report.json');
  await promisify(execFile)(process.execPath, [cli, 'analyze', ...args, '--format', 'json', '-o', file], { cwd: workFolder() });
  return JSON.parse(readFileSync(file, 'utf8')) as never;
}

/** What was found in each trace, wherever it was read. */
const findingsOf = ({ runs }: Awaited<ReturnType<typeof analyze>>) =>
  runs.map(({ id, findings, calls }) => ({ id, findings, calls })).toSorted((a, b) => (a.id < b.id ? -1 : 1));

describe('agent, exporter, Collector, Jaeger', () => {
  test('Jaeger finds the planted call by its verdict, with what it should have waited for and the finding', async () => {
    const traces = await tracesWith({ 'fanlight.verdict': 'wasted' });
    // A third of the runs is hasty, another third looks up what it never uses.
    expect(traces).toHaveLength((RUNS / 3) * 2);
    const hasty = traces.filter((spans) => spans.some((span) => valueOf(span, 'fanlight.depends_on') !== undefined));
    expect(hasty).toHaveLength(RUNS / 3);
    const guess = hasty[0]?.find((span) => valueOf(span, 'fanlight.verdict') === 'wasted');
    expect(guess?.name).toBe('execute_tool book_appointment');
    expect(JSON.stringify(valueOf(guess, 'fanlight.depends_on'))).toContain('call_calendar_');
    expect(guess?.events?.map(({ name, ...event }) => [name, valueOf(event, 'fanlight.rule')]).toSorted()).toEqual([
      ['fanlight.finding', 'dependent-parallel'],
      ['fanlight.finding', 'wasted-call'],
    ]);
    const booking = hasty[0]?.find((span) => span.name === 'execute_tool book_appointment' && span !== guess);
    expect(booking?.links?.map((link) => valueOf(link, 'fanlight.link'))).toEqual(['used']);
    console.log(
      `Jaeger, fanlight.verdict=wasted: ${traces.length} traces\n${guess?.name} ${JSON.stringify(guess?.attributes.filter(({ key }) => key.startsWith('fanlight.')))}\n${JSON.stringify(guess?.events)}`,
    );
  });

  test('fanlight analyze finds the same in the Collector’s file and in Jaeger', async () => {
    await until(async () => existsSync(collector.tracesFile) && readFileSync(collector.tracesFile, 'utf8').trim().split('\n').length > 0);
    const fromFile = await analyze(collector.tracesFile);
    const fromJaeger = await analyze('--jaeger', jaeger.url, '--service', SERVICE, '--lookback', '1h');
    expect(findingsOf(fromFile)).toHaveLength(RUNS);
    expect(findingsOf(fromJaeger)).toEqual(findingsOf(fromFile));
    // And what the exporter wrote onto the spans in process.
    const inProcess = (await allTraces()).flat().filter((span) => valueOf(span, 'fanlight.verdict') === 'wasted').length;
    expect(fromFile.summary['wastedCalls']).toBe(inProcess);
    const events = (await allTraces())
      .flat()
      .reduce((sum, { events: list = [] }) => sum + list.filter(({ name }) => name === 'fanlight.finding').length, 0);
    expect(fromFile.runs.reduce((sum, run) => sum + run.findings.length, 0)).toBe(events);
    console.log(`file, Jaeger and process agree: ${JSON.stringify(fromFile.summary)}`);
  });

  test('every panel has data', async () => {
    await until(async () => (await ask('fanlight_tool_calls_total')) > 0);
    await runDemo({ endpoint: collector.otlp, runs: 15, toolMs: 10, modelMs: 5 });
    await sleep(12_000);
    const rows: string[] = [];
    const empty: string[] = [];
    for (const { dashboard, panel, expr } of panelQueries()) {
      const count = await ask(expr);
      rows.push(`${String(count).padStart(4)} series  ${dashboard} / ${panel}: ${expr}`);
      if (count === 0) empty.push(`${panel}: ${expr}`);
    }
    console.log(rows.join('\n'));
    expect(empty).toEqual([]);
    // Some queries say 0 where there is nothing: what they read must be there.
    const metrics = new Set(panelQueries().flatMap(({ expr }) => expr.match(/fanlight_\w+(?=\{)/gu) ?? []));
    expect(metrics.size).toBeGreaterThan(12);
    for (const metric of metrics) expect(await ask(metric), metric).toBeGreaterThan(0);
  });
});

/** How many series a query gives. */
async function ask(expr: string): Promise<number> {
  const answer = await fetch(`${prometheus.url}/api/v1/query?${new URLSearchParams({ query: expr })}`);
  const { status, data, error } = (await answer.json()) as {
    status: string;
    data?: { result: { value: [number, string] }[] };
    error?: string;
  };
  expect(status, `${expr}: ${error}`).toBe('success');
  return (data?.result ?? []).filter(({ value }) => value[1] !== 'NaN').length;
}
