// Throughput on a large OTLP file, as a ratio to plain JSON.parse over the same lines in the same process, and
// peak memory. The file is made by bench/make-otlp.mjs once and kept in .bench/.
import { createReadStream, existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { analyzeRuns } from '../dist/src/index.js';
import { makeOtlp } from './make-otlp.mjs';

export async function throughput(megabytes) {
  const folder = join(import.meta.dirname, '../.bench');
  const file = join(folder, `traces-${megabytes}mb.jsonl`);
  mkdirSync(folder, { recursive: true });
  if (!existsSync(file)) {
    const made = await makeOtlp(file, megabytes * 1e6);
    console.log(`made ${file}: ${(made.bytes / 1e6).toFixed(0)} MB, ${made.runs} runs`);
  }
  const size = statSync(file).size / 1e6;
  const parseSeconds = await timed(async () => {
    for await (const line of createInterface({ input: createReadStream(file, { highWaterMark: 1 << 20 }), crlfDelay: Infinity }))
      JSON.parse(line);
  });
  let calls = 0;
  let runs = 0;
  const ourSeconds = await timed(async () => {
    for await (const { report } of analyzeRuns(file)) {
      runs += 1;
      calls += report.calls.length;
    }
  });
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(
    `throughput on ${size.toFixed(0)} MB of OTLP JSON Lines (${runs} runs, ${calls} tool calls), one process, Node ${process.version}`,
  );
  console.log(`  JSON.parse of every line   ${parseSeconds.toFixed(1)} s  ${(size / parseSeconds).toFixed(0)} MB/s`);
  console.log(`  fanlight analyze           ${ourSeconds.toFixed(1)} s  ${(size / ourSeconds).toFixed(0)} MB/s`);
  console.log(`  ratio                      ${(ourSeconds / parseSeconds).toFixed(2)} times the time of JSON.parse alone`);
  console.log(`  peak memory                ${peak.toFixed(0)} MB (${(peak / size).toFixed(1)} times the file)`);
}

async function timed(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
