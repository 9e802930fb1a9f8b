// Starts and stops the real servers on free ports of the loopback, with the configuration files of deploy/.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { install } from './install.mjs';

const deploy = join(import.meta.dirname, '../../deploy');
const binaries = install();

/** @returns {Promise<number>} a port that was free a moment ago */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A folder for a test's files, gone with the process. */
export function workFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'fanlight-integration-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** @returns {Promise<{ stop(): Promise<void>, kill(): Promise<void>, output(): string }>} once `ready` answers 200 */
async function start(command, args, { env = {}, cwd, ready }) {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text = `${text}${chunk}`.slice(-20_000)));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const atExit = () => child.kill('SIGKILL');
  process.once('exit', atExit);
  const end = (signal) => async () => {
    process.off('exit', atExit);
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
  };
  for (let i = 0; i < 300; i++) {
    if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}:\n${text}`);
    const answer = await fetch(ready).catch(() => undefined);
    if (answer?.ok) return { stop: end('SIGTERM'), kill: end('SIGKILL'), output: () => text };
    await sleep(100);
  }
  await end('SIGKILL')();
  throw new Error(`${command} is not ready after 30 s:\n${text}`);
}

/** Jaeger v2, everything in memory. @returns its addresses and how to stop it */
export async function startJaeger() {
  const [query, grpc, otlpGrpc, otlpHttp, health] = await Promise.all(Array.from({ length: 5 }, freePort));
  const folder = workFolder();
  const config = {
    service: {
      extensions: ['jaeger_storage', 'jaeger_query', 'healthcheckv2'],
      pipelines: { traces: { receivers: ['otlp'], processors: ['batch'], exporters: ['jaeger_storage_exporter'] } },
      telemetry: { metrics: { level: 'none' } },
    },
    extensions: {
      healthcheckv2: { use_v2: true, http: { endpoint: `127.0.0.1:${health}` } },
      jaeger_query: {
        storage: { traces: 'memory' },
        http: { endpoint: `127.0.0.1:${query}` },
        grpc: { endpoint: `127.0.0.1:${grpc}` },
      },
      jaeger_storage: { backends: { memory: { memory: { max_traces: 200_000 } } } },
    },
    receivers: {
      otlp: { protocols: { grpc: { endpoint: `127.0.0.1:${otlpGrpc}` }, http: { endpoint: `127.0.0.1:${otlpHttp}` } } },
    },
    processors: { batch: { timeout: '100ms' } },
    exporters: { jaeger_storage_exporter: { trace_storage: 'memory' } },
  };
  writeFileSync(join(folder, 'jaeger.yaml'), JSON.stringify(config));
  const url = `http://127.0.0.1:${query}`;
  const server = await start(binaries.jaeger, ['--config', join(folder, 'jaeger.yaml')], { ready: `${url}/api/v3/services` });
  return { ...server, url, otlp: `http://127.0.0.1:${otlpHttp}`, otlpGrpc: `127.0.0.1:${otlpGrpc}` };
}

/**
 * The Collector with deploy/collector.yaml. `ports` of one that was stopped start it again in the same place.
 *
 * @param {{ jaegerGrpc?: string, ports?: number[], folder?: string }} options
 */
export async function startCollector({ jaegerGrpc = '127.0.0.1:1', ports, folder = workFolder() } = {}) {
  const used = ports ?? (await Promise.all(Array.from({ length: 4 }, freePort)));
  const [grpc, http, metrics, health] = used;
  const tracesFile = join(folder, 'traces.jsonl');
  const server = await start(binaries.collector, ['--config', join(deploy, 'collector.yaml')], {
    ready: `http://127.0.0.1:${health}/`,
    env: {
      OTLP_GRPC_LISTEN: `127.0.0.1:${grpc}`,
      OTLP_HTTP_LISTEN: `127.0.0.1:${http}`,
      JAEGER_OTLP: jaegerGrpc,
      TRACES_FILE: tracesFile,
      METRICS_LISTEN: `127.0.0.1:${metrics}`,
      HEALTH_LISTEN: `127.0.0.1:${health}`,
    },
  });
  return {
    ...server,
    otlp: `http://127.0.0.1:${http}`,
    metrics: `127.0.0.1:${metrics}`,
    tracesFile,
    ports: used,
    folder,
  };
}

/** Prometheus with deploy/prometheus.yaml, scraping the address given. */
export async function startPrometheus(target) {
  const port = await freePort();
  const folder = workFolder();
  cpSync(join(deploy, 'prometheus.yaml'), join(folder, 'prometheus.yaml'));
  mkdirSync(join(folder, 'prometheus'));
  writeFileSync(join(folder, 'prometheus/targets.json'), JSON.stringify([{ targets: [target] }]));
  const url = `http://127.0.0.1:${port}`;
  const args = [
    `--config.file=${join(folder, 'prometheus.yaml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const server = await start(binaries.prometheus, args, { ready: `${url}/-/ready`, cwd: folder });
  return { ...server, url };
}
