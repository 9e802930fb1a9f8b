import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dashboard, GridPos, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { describe, expect, test } from 'vitest';
import { buildDashboards } from '../../deploy/dashboards/dashboards.ts';
import { HISTOGRAMS, LABELS, METRICS } from '../../deploy/dashboards/metrics.ts';
import { panelQueries } from '../../deploy/dashboards/queries.ts';

const folder = join(import.meta.dirname, '../../deploy/grafana/dashboards');
const built = Object.entries(buildDashboards());

/** Rows are headings and show nothing. */
const panelsOf = (dashboard: Dashboard) => (dashboard.panels ?? []).filter((panel): panel is Panel => panel.type !== 'row');
const queriesOf = (panel: Panel) => (panel.targets ?? []) as unknown as { refId: string; expr: string; datasource: { uid: string } }[];

test('what is checked in is what the code builds (npm run dashboards)', () => {
  expect(readdirSync(folder).toSorted()).toEqual(built.map(([name]) => name).toSorted());
  for (const [name, dashboard] of built) {
    expect(readFileSync(join(folder, name), 'utf8'), name).toBe(`${JSON.stringify(dashboard, null, 2)}\n`);
  }
});

test('dashboards are told apart', () => {
  for (const key of ['uid', 'title'] as const) {
    expect(new Set(built.map(([, dashboard]) => dashboard[key])).size).toBe(built.length);
  }
});

describe.each(built)('%s', (_, dashboard) => {
  test('every panel says in one sentence what it shows, in a unit, from a query to the chosen source', () => {
    expect(panelsOf(dashboard).length).toBeGreaterThan(5);
    for (const panel of panelsOf(dashboard)) {
      expect(panel.description, panel.title).toMatch(/^[A-Z][^.]+\.$/u);
      expect(panel.fieldConfig?.defaults.unit, panel.title).toBeTruthy();
      expect(panel.datasource?.uid, panel.title).toBe('${datasource}');
      expect(queriesOf(panel).length, panel.title).toBeGreaterThan(0);
      for (const { expr, datasource } of queriesOf(panel)) {
        expect(expr.trim(), panel.title).not.toBe('');
        expect(datasource.uid, panel.title).toBe('${datasource}');
      }
      const refIds = queriesOf(panel).map(({ refId }) => refId);
      expect(new Set(refIds).size, panel.title).toBe(refIds.length);
    }
  });

  test('panels have numbers of their own and none covers another', () => {
    const panels = dashboard.panels ?? [];
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const places = panels.map(({ gridPos }) => gridPos!);
    places.forEach((place, i) => {
      expect(place.x + place.w).toBeLessThanOrEqual(24);
      for (const other of places.slice(i + 1)) expect(overlap(place, other), JSON.stringify([place, other])).toBe(false);
    });
  });

  test('every variable that is used is there', () => {
    const names = new Set((dashboard.templating.list ?? []).map(({ name }) => name));
    expect([...names]).toEqual(expect.arrayContaining(['datasource', 'service', 'model', 'tool', 'jaeger']));
    const used = JSON.stringify(dashboard).matchAll(/\$\{?(?<name>[a-z]\w*)/gu);
    for (const { groups } of used) expect(names).toContain(groups?.['name']);
  });

  test('links to Jaeger are searches it understands', () => {
    const links = [...JSON.stringify(dashboard).matchAll(/"url":"(?<url>\$\{jaeger:raw\}[^"]+)"/gu)].map(({ groups }) => groups!['url']!);
    expect(links.length).toBeGreaterThan(5);
    for (const link of links) {
      const url = new URL(filledIn(link));
      expect(url.pathname).toBe('/search');
      expect(url.searchParams.get('service')).toBe('booking');
      expect(url.searchParams.get('start')).toMatch(/^\d{16}$/u);
      const tags = JSON.parse(url.searchParams.get('tags') ?? '{}') as Record<string, string>;
      if (Object.keys(tags).length > 0) expect(tags['fanlight.verdict']).toBe('wasted');
      expect(JSON.stringify(tags)).not.toContain('${');
    }
    const linked = panelsOf(dashboard).filter(({ links }) => links?.some(({ url }) => url?.includes('fanlight.verdict') === true));
    expect(linked.length).toBeGreaterThan(panelsOf(dashboard).length / 2);
  });
});

describe('queries', () => {
  const metrics = [...Object.values(METRICS), ...Object.values(HISTOGRAMS)];

  test('every one asks for metrics that there are, by labels that they have', () => {
    for (const { expr, panel } of panelQueries()) {
      expect(expr, panel).not.toContain('$');
      const selectors = [...expr.matchAll(/(?<name>\bfanlight_\w+)\{(?<matchers>[^}]*)\}/gu)];
      expect(selectors.length, panel).toBeGreaterThan(0);
      for (const { groups } of selectors) {
        const metric = metrics.find(({ name }) => name === groups!['name']!.replace(/_(?:bucket|sum|count)$/u, ''));
        expect(metric, groups!['name']).toBeDefined();
        const known = ['job', ...metric!.labels.map((label) => LABELS[label])];
        for (const [, label] of groups!['matchers']!.matchAll(/(\w+)(?:=|!)/gu)) expect(known, panel).toContain(label);
      }
    }
  });

  test('every metric is shown somewhere', () => {
    const asked = panelQueries()
      .map(({ expr }) => expr)
      .join('\n');
    for (const { name } of metrics) expect(asked).toContain(name);
  });
});

const overlap = (a: GridPos, b: GridPos) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

/** As Grafana fills its variables in when a link is followed. */
const filledIn = (link: string) =>
  link
    .replace('${jaeger:raw}', 'http://localhost:16686')
    .replace('${service:text}', 'booking')
    .replace('${__from}', '1764000000000')
    .replace('${__to}', '1764003600000')
    .replaceAll(/\$\{(?:__value\.raw|tool:percentencode|__field\.labels\.\w+)\}/gu, 'x');
