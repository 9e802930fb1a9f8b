import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { fanOutOverview } from './fan-out-overview.ts';
import { toolDetail } from './tool-detail.ts';

/** Every dashboard by the name of the file it is checked in as. */
export function buildDashboards(): Record<string, Dashboard> {
  return {
    'fan-out-overview.json': finish(fanOutOverview().build()),
    'tool-detail.json': finish(toolDetail().build()),
  };
}

function finish(dashboard: Dashboard): Dashboard {
  // Builders number no panels, and links to a single panel go by its number.
  dashboard.panels?.forEach((panel, i) => {
    panel.id = i + 1;
  });
  // By default the builders hide links in a menu.
  for (const link of dashboard.links ?? []) delete link.placement;
  return dashboard;
}
