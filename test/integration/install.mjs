// The real servers of the integration tests, built or found once and kept in a cache: Jaeger and the Collector from
// the Go module proxy, Prometheus from Debian. Prints where they are; `npm run test:integration` begins with it.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** 1.76 is the module's last tag; its `cmd/jaeger` is Jaeger v2 (2.13). Newer ones are no longer tagged as a module. */
const JAEGER = 'github.com/jaegertracing/jaeger/cmd/jaeger@v1.76.0';
const BUILDER = 'go.opentelemetry.io/collector/cmd/builder@v0.161.0';
const BUILDER_CONFIG = join(import.meta.dirname, 'collector-builder.yaml');

const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'fanlight-servers');
const go = (args, cwd, env = {}) =>
  execFileSync('go', args, { cwd, stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, GOFLAGS: '-buildvcs=false', ...env } });

/** @returns {{ jaeger: string, collector: string, prometheus: string, promtool: string }} paths */
export function install() {
  mkdirSync(cache, { recursive: true });
  return { jaeger: jaeger(), collector: collector(), ...prometheus() };
}

function once(name, versions, build) {
  const target = join(cache, `${name}-${createHash('sha256').update(versions).digest('hex').slice(0, 12)}`);
  if (existsSync(target)) return target;
  console.log(`building ${name} (some minutes, once)`);
  const folder = `${target}.tmp`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const binary = build(folder);
  renameSync(binary, target);
  rmSync(folder, { recursive: true, force: true });
  return target;
}

function jaeger() {
  return once('jaeger', JAEGER, (folder) => {
    go(['mod', 'init', 'fanlight/jaeger'], folder);
    go(['get', '-tool', JAEGER], folder);
    go(['build', '-trimpath', '-ldflags', '-s -w', '-o', 'jaeger', JAEGER.split('@')[0]], folder);
    return join(folder, 'jaeger');
  });
}

function collector() {
  return once('otelcol', BUILDER + readFileSync(BUILDER_CONFIG, 'utf8'), (folder) => {
    go(['install', BUILDER], folder, { GOBIN: folder });
    cpSync(BUILDER_CONFIG, join(folder, 'builder.yaml'));
    execFileSync(join(folder, 'builder'), ['--config', 'builder.yaml'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'ignore'],
      env: { ...process.env, GOFLAGS: '-buildvcs=false' },
    });
    return join(folder, 'otelcol/otelcol');
  });
}

function prometheus() {
  const find = (name) => ['/usr/bin', '/usr/local/bin'].map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (find('prometheus') === undefined) {
    console.log('installing prometheus');
    // Debian would start it at once; the tests start their own.
    const policy = '/usr/sbin/policy-rc.d';
    const hadPolicy = existsSync(policy);
    if (!hadPolicy) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    try {
      const apt = (...args) =>
        execFileSync('apt-get', args, { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
      apt('update', '-qq');
      apt('install', '-y', '-qq', '--no-install-recommends', 'prometheus');
    } finally {
      if (!hadPolicy) rmSync(policy);
    }
  }
  const [server, tool] = [find('prometheus'), find('promtool')];
  if (server === undefined || tool === undefined) throw new Error('prometheus could not be installed');
  return { prometheus: server, promtool: tool };
}

if (process.argv[1] === import.meta.filename)
  for (const [name, path] of Object.entries(install())) console.log(`${name.padEnd(12)}${path}`);
