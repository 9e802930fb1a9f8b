import { buildDashboards } from './dashboards.ts';

export interface PanelQuery {
  dashboard: string;
  panel: string;
  legend: string;
  /** PromQL that a Prometheus server takes as it is. */
  expr: string;
}

interface Windows {
  rateInterval?: string;
  range?: string;
}

/** The query of every panel as Grafana would send it with all services, models and tools chosen. */
export function panelQueries({ rateInterval = '5m', range = '1h' }: Windows = {}): PanelQuery[] {
  return Object.values(buildDashboards()).flatMap(({ title: dashboard = '', panels = [] }) =>
    panels.flatMap((panel) => {
      const targets = 'targets' in panel ? (panel.targets ?? []) : [];
      return targets.map((target) => {
        const { expr, legendFormat } = target as unknown as { expr: string; legendFormat: string };
        return {
          dashboard,
          panel: panel.title ?? '',
          legend: legendFormat,
          expr: expr
            .replaceAll('$__rate_interval', rateInterval)
            .replaceAll('$__range', range)
            .replaceAll(/=~?"\$\w+"/gu, '=~".*"'),
        };
      });
    }),
  );
}
