// Writes deploy/grafana/dashboards/*.json. Run from the project's root: npm run dashboards
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildDashboards } from './dashboards.ts';

const folder = join('deploy', 'grafana', 'dashboards');
mkdirSync(folder, { recursive: true });
for (const [name, dashboard] of Object.entries(buildDashboards()))
  writeFileSync(join(folder, name), `${JSON.stringify(dashboard, null, 2)}\n`);
