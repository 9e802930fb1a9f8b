// An app that makes many runs, a steady number a second, exporting by the bare OTLP exporter or through fanlight's.
//   node fault-worker.mjs <bare | fanlight> <OTLP endpoint> <runs> <runs a second> <file for what was acknowledged>
// Prints what its runs took and, at the end, what of the event loop was left to the app.
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { FanlightSpanExporter } from '../../dist/src/export/index.js';
import { syntheticRun } from '../support/synthetic-run.mjs';

const [arm, endpoint, runs, rate] = [process.argv[2], process.argv[3], Number(process.argv[4]), Number(process.argv[5])];
const otlp = new OTLPTraceExporter({ url: `${endpoint}/v1/traces` });
// What the Collector said it has is out of the exporter's hands, even if the Collector is killed the next moment.
const acknowledged = [];
const send = otlp.export.bind(otlp);
otlp.export = (spans, done) =>
  send(spans, (result) => {
    if (result.code === 0) for (const { attributes } of spans) acknowledged.push(`${attributes.run}.${attributes.part}`);
    done(result);
  });
const exporter = arm === 'bare' ? otlp : new FanlightSpanExporter({ exporter: otlp });
const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
const tracer = provider.getTracer('faults');
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();

const latencies = [];
let open = [];
const began = performance.now();
for (let n = 0; n < runs; n++) {
  const due = (n / rate) * 1000 - (performance.now() - began);
  if (due > 1) await sleep(due);
  const started = performance.now();
  open.push(syntheticRun(tracer, n, { work: () => sleep(2) }).then(() => latencies.push(performance.now() - started)));
  if (open.length >= 1000) open = [Promise.all(open)];
}
await Promise.all(open);
const cpu = process.cpuUsage();
delay.disable();
await provider.shutdown().catch(() => {});
writeFileSync(process.argv[6], JSON.stringify(acknowledged));
latencies.sort((a, b) => a - b);
const at = (q) => latencies[Math.floor(q * latencies.length)];
console.log(
  JSON.stringify({
    latency: { p50: at(0.5), p95: at(0.95), p99: at(0.99) },
    loopDelayMs: { mean: delay.mean / 1e6, p99: delay.percentile(99) / 1e6 },
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
  }),
);
