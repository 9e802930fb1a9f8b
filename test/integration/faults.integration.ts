import { execFile } from 'node:child_process';
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { SPANS_A_RUN } from '../support/synthetic-run.mjs';
import { startProxy } from './faulty-proxy.mjs';
import { startCollector, workFolder } from './servers.mjs';

const RUNS = 10_000;
const RUNS_A_SECOND = 250;

interface Told {
  latency: { p50: number; p95: number; p99: number };
  loopDelayMs: { mean: number; p99: number };
  cpuSeconds: number;
}

/** The same app and the same faults, at the same times. */
async function runThroughFaults(
  arm: 'bare' | 'fanlight',
): Promise<{ delivered: Set<string>; acknowledged: Set<string>; verdicts: number; told: Told }> {
  const file = join(workFolder(), 'acknowledged.json');
  let collector = await startCollector();
  const proxy = await startProxy(Number(new URL(collector.otlp).port));
  const app = promisify(execFile)(process.execPath, [
    join(import.meta.dirname, 'fault-worker.mjs'),
    arm,
    proxy.url,
    String(RUNS),
    String(RUNS_A_SECOND),
    file,
  ]);
  await sleep(6000);
  await collector.kill();
  await sleep(6000);
  collector = await startCollector({ ports: collector.ports, folder: collector.folder });
  await sleep(4000);
  proxy.mode = 'slow';
  await sleep(6000);
  proxy.mode = 'open';
  await sleep(3000);
  proxy.mode = 'reset';
  await sleep(3000);
  proxy.mode = 'open';
  const { stdout } = await app;
  await sleep(2000);
  await collector.stop();
  await proxy.close();
  const acknowledged = new Set(JSON.parse(readFileSync(file, 'utf8')) as string[]);
  return { ...(await deliveredTo(collector.tracesFile)), acknowledged, told: JSON.parse(stdout) as Told };
}

/** Which span of which run stands in the Collector's file. */
async function deliveredTo(file: string): Promise<{ delivered: Set<string>; verdicts: number }> {
  const delivered = new Set<string>();
  let verdicts = 0;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    for (const span of spansIn(line)) {
      const valueOf = (key: string) => span.attributes.find((attribute) => attribute.key === key)?.value;
      const id = `${valueOf('run')?.['intValue']}.${valueOf('part')?.['intValue']}`;
      if (!delivered.has(id) && valueOf('fanlight.verdict') !== undefined) verdicts++;
      delivered.add(id);
    }
  }
  return { delivered, verdicts };
}

/** A Collector that was killed leaves half a line. */
function spansIn(line: string): { attributes: { key: string; value: Record<string, unknown> }[] }[] {
  try {
    const { resourceSpans } = JSON.parse(line) as { resourceSpans: { scopeSpans: { spans: never[] }[] }[] };
    return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
  } catch {
    return [];
  }
}

test('10,000 runs while the Collector is killed, started again, slow and resetting connections', async () => {
  const bare = await runThroughFaults('bare');
  const fanlight = await runThroughFaults('fanlight');
  const missed = [...bare.delivered].filter((id) => !fanlight.delivered.has(id) && !fanlight.acknowledged.has(id));
  const killed = ({ acknowledged, delivered }: typeof bare) => [...acknowledged].filter((id) => !delivered.has(id)).length;
  const sent = RUNS * SPANS_A_RUN;
  const row = (name: string, each: typeof bare) =>
    `${name.padEnd(9)} spans made ${sent}, received ${each.delivered.size}, dropped ${sent - each.delivered.size}, of these by the Collector when it was killed ${killed(each)}`;
  const ratio = (q: 'p50' | 'p95' | 'p99') => (fanlight.told.latency[q] / bare.told.latency[q]).toFixed(2);
  console.log(
    [
      row('bare', bare),
      row('fanlight', fanlight),
      `delivered by the bare exporter and not by fanlight's: ${missed.length}; tool spans with a verdict: ${fanlight.verdicts}`,
      `a run's latency, with fanlight / with the bare exporter: p50 ${ratio('p50')}, p95 ${ratio('p95')}, p99 ${ratio('p99')} (bare p50 ${bare.told.latency.p50.toFixed(1)} ms)`,
      `event loop delay: bare mean ${bare.told.loopDelayMs.mean.toFixed(1)} ms, p99 ${bare.told.loopDelayMs.p99.toFixed(1)}; fanlight mean ${fanlight.told.loopDelayMs.mean.toFixed(1)} ms, p99 ${fanlight.told.loopDelayMs.p99.toFixed(1)}`,
      `CPU: bare ${bare.told.cpuSeconds.toFixed(1)} s, fanlight ${fanlight.told.cpuSeconds.toFixed(1)} s`,
    ].join('\n'),
  );
  expect(missed).toEqual([]);
  expect(fanlight.delivered.size).toBeGreaterThan(bare.delivered.size);
});
