// 100,000 runs through the exporter, one in a hundred of which never ends. Prints the memory in use as it goes.
import { setImmediate } from 'node:timers/promises';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { FanlightSpanExporter } from '../../dist/src/export/index.js';
import { syntheticRun } from '../support/synthetic-run.mjs';

const RUNS = Number(process.argv[2]);
let sent = 0;
const exporter = new FanlightSpanExporter({
  exporter: { export: (spans, done) => ((sent += spans.length), done({ code: 0 })), shutdown: async () => {} },
  maxAgeMs: 10_000,
});
const provider = new BasicTracerProvider({
  spanProcessors: [new BatchSpanProcessor(exporter, { maxQueueSize: 100_000, scheduledDelayMillis: 20 })],
});
const tracer = provider.getTracer('memory');
for (let n = 1; n <= RUNS; n++) {
  await syntheticRun(tracer, n, { neverEnds: n % 100 === 0 });
  if (n % 20 === 0) await setImmediate();
  if (n % (RUNS / 10) === 0) {
    globalThis.gc();
    console.log(JSON.stringify({ runs: n, heapMB: process.memoryUsage().heapUsed / 1e6, sent }));
  }
}
await provider.forceFlush();
await provider.shutdown();
console.log(JSON.stringify({ made: RUNS * 5 - (RUNS / 100) * 2, sent }));
process.exit();
