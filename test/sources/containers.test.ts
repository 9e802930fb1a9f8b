import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { analyzeRun } from '../../src/analysis/analyze-run.ts';
import type { Run } from '../../src/model/run.ts';
import { annotateTraces } from '../../src/export/annotate.ts';
import { readTraces } from '../../src/sources/read-traces.ts';

/** The same traces as real programs hold them: fixtures/sources/containers/README.md. */
const folder = join(import.meta.dirname, '../../fixtures/sources/containers');
const names = readdirSync(folder).filter((name) => !/^(?:otlp\.jsonl|README\.md)$/u.test(name));

async function runsOf(name: string): Promise<Run[]> {
  const problems: unknown[] = [];
  const runs: Run[] = [];
  for await (const run of readTraces(join(folder, name), { onProblem: (problem) => problems.push(problem) })) runs.push(run);
  expect(problems).toEqual([]);
  return runs.toSorted((a, b) => ((a.traceId ?? '') < (b.traceId ?? '') ? -1 : 1));
}

/** A run without the name of its file. */
const content = (run: Run): object => ({ ...run, source: '' });

test('what is compared with has verdicts of all kinds', async () => {
  const calls = (await runsOf('otlp.jsonl')).flatMap((run) => analyzeRun(run).report.calls);
  expect(new Set(calls.map(({ verdict }) => verdict))).toEqual(new Set(['used', 'wasted']));
  expect(calls.filter(({ dependsOn }) => dependsOn.length > 0)).toHaveLength(1);
  expect(calls.filter(({ outcome }) => outcome === 'error').length).toBeGreaterThan(0);
});

test.each(names)('%s holds the same runs as OTLP', async (name) => {
  expect((await runsOf(name)).map(content)).toEqual((await runsOf('otlp.jsonl')).map(content));
});

test('all of them together hold each run once', async () => {
  const runs = await runsOf('.');
  expect(runs.map(({ traceId }) => traceId)).toEqual((await runsOf('otlp.jsonl')).map(({ traceId }) => traceId));
});

/** The names of the spans with what the verdicts add to each. */
async function annotated(name: string): Promise<string[]> {
  const requests = [];
  const onProblem = (problem: unknown): void => expect(problem).toBeUndefined();
  for await (const request of annotateTraces([join(folder, name)], { reading: { onProblem } })) requests.push(request);
  const spans = requests.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
  );
  return spans
    .map((span) => {
      const { spanId, startTimeUnixNano, endTimeUnixNano, attributes } = span as { [key: string]: unknown; attributes: { key: string }[] };
      const ours = attributes.filter(({ key }) => key.startsWith('fanlight.'));
      return JSON.stringify([spanId, startTimeUnixNano, endTimeUnixNano, ours]);
    })
    .toSorted();
}

test.each(['jaeger.json', 'zipkin.json', 'otel_traces.parquet', 'phoenix.json'])('%s can be annotated like OTLP', async (name) => {
  const spans = await annotated(name);
  expect(spans).toEqual(await annotated('otlp.jsonl'));
  expect(spans.join('')).toContain('fanlight.verdict');
});
