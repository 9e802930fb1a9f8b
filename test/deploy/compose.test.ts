import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import { describe, expect, test } from 'vitest';
import { parse, parseDocument } from 'yaml';

const folder = join(import.meta.dirname, '../../deploy');
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

interface Compose {
  services: Record<
    string,
    { image: string; ports: string[]; volumes?: string[]; depends_on?: Record<string, unknown>; command?: string[] }
  >;
  volumes: Record<string, unknown>;
}
interface Collector {
  receivers: Record<string, unknown>;
  processors: Record<string, unknown>;
  exporters: Record<string, unknown>;
  extensions: Record<string, unknown>;
  service: { extensions: string[]; pipelines: Record<string, { receivers: string[]; processors: string[]; exporters: string[] }> };
}
interface Provisioned {
  datasources: { uid: string; type: string; url: string }[];
  providers: { options: { path: string } }[];
}

const compose = parse(read('compose.yaml')) as Compose;
const collector = parse(read('collector.yaml')) as Collector;
const services = Object.entries(compose.services);

test.each(globSync('**/*.{yaml,yml}', { cwd: folder, dot: true }))('%s is YAML without doubts', (name) => {
  const document = parseDocument(read(name), { uniqueKeys: true });
  expect([...document.errors, ...document.warnings]).toEqual([]);
});

describe('compose.yaml', () => {
  test.each(services)('%s has a version of its own and is open to this machine only', (_, service) => {
    expect(service.image).toMatch(/^[\w./-]+:v?\d+\.\d+\.\d+$/u);
    expect(service.ports.length).toBeGreaterThan(0);
    for (const port of service.ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/u);
  });

  test.each(services)('what %s mounts and waits for exists', (_, { volumes = [], depends_on = {} }) => {
    for (const volume of volumes) {
      const [source = ''] = volume.split(':');
      if (source.startsWith('.')) expect(existsSync(join(folder, source)), source).toBe(true);
      else expect(compose.volumes).toHaveProperty(source);
    }
    for (const name of Object.keys(depends_on)) expect(compose.services).toHaveProperty(name);
  });

  test('no two services want the same port', () => {
    const ports = services.flatMap(([, service]) => service.ports.map((port) => port.split(':')[1]));
    expect(new Set(ports).size).toBe(ports.length);
  });
});

describe('the parts find each other', () => {
  test('every pipeline is made of parts that are set up', () => {
    expect(Object.keys(collector.service.pipelines)).toEqual(['traces', 'metrics']);
    for (const pipeline of Object.values(collector.service.pipelines)) {
      for (const kind of ['receivers', 'processors', 'exporters'] as const)
        for (const name of pipeline[kind]) expect(collector[kind]).toHaveProperty([name]);
    }
    for (const name of collector.service.extensions) expect(collector.extensions).toHaveProperty([name]);
  });

  test('every address and path of the collector can be set from outside, and by default fits the compose file', () => {
    const settings = [...read('collector.yaml').matchAll(/(?:endpoint|path): (?<value>.+)/gu)].map(({ groups }) => groups!['value']!);
    expect(settings.length).toBe(6);
    for (const setting of settings) expect(setting).toMatch(/^\$\{env:[A-Z_]+:-[^}]+\}$/u);
    const published = compose.services['collector']!.ports.map((port) => port.split(':')[2]);
    for (const [, port] of settings.join('\n').matchAll(/0\.0\.0\.0:(\d+)/gu)) expect(published).toContain(port);
    expect(settings.join('\n')).toContain('-jaeger:4317}');
    expect(mountPoints('collector').some((path) => settings.some((setting) => setting.includes(`:-${path}/`)))).toBe(true);
  });

  test('Prometheus reads its configuration and the collector is its target', () => {
    const [flag = ''] = compose.services['prometheus']!.command ?? [];
    expect(mountPoints('prometheus')).toContain(flag.replace('--config.file=', ''));
    const { scrape_configs: jobs } = parse(read('prometheus.yaml')) as { scrape_configs: { file_sd_configs: { files: string[] }[] }[] };
    const [file = ''] = jobs[0]!.file_sd_configs[0]!.files;
    expect(mountPoints('prometheus')).toContain(`/etc/prometheus/${file.split('/')[0]}`);
    const targets = (JSON.parse(read(file)) as { targets: string[] }[]).flatMap((group) => group.targets);
    expect(targets).toEqual(['collector:8889']);
  });

  test('Grafana is given the dashboards and sources that there are', () => {
    const { datasources } = parse(read('grafana/provisioning/datasources/fanlight.yaml')) as Provisioned;
    for (const { type, url } of datasources) {
      expect(type).toBe(new URL(url).hostname);
      const published = compose.services[type]!.ports.map((port) => port.split(':')[2]);
      expect(published).toContain(new URL(url).port);
    }
    const { providers } = parse(read('grafana/provisioning/dashboards/fanlight.yaml')) as Provisioned;
    for (const { options } of providers) expect(mountPoints('grafana')).toContain(options.path);
  });
});

const mountPoints = (service: string) => (compose.services[service]!.volumes ?? []).map((volume) => volume.split(':')[1] ?? '');
