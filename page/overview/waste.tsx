import { percent } from '../../src/report/numbers.ts';
import type { PageOverview } from '../../src/report/page-data.ts';
import { runsHref } from '../route.ts';
import { ShareTable } from './share-table.tsx';

const number = (n: number): string => n.toLocaleString('en-US');

export function WasteByTool({ tools }: { tools: PageOverview['tools'] }) {
  const rows = tools.map(({ name, calls, wasted }) => ({
    key: name,
    head: (
      <bdi>
        <a class="tool" href={runsHref({ q: name })}>
          {name}
        </a>
      </bdi>
    ),
    cells: [number(calls), wasted === 0 ? '0' : `${number(wasted)} (${percent(wasted / calls)})`] satisfies [string, string],
    calls,
    wasted,
  }));
  return <ShareTable id="tools-heading" title="Waste by tool" heads={['tool', 'calls', 'wasted']} rows={rows} />;
}

export function BatchesBySize({ batches }: { batches: PageOverview['batches'] }) {
  const rows = batches.map(({ size, batches: n, calls, wasted }) => ({
    key: size,
    head: size === 1 ? '1 (not parallel)' : size,
    cells: [number(n), `${number(wasted)} of ${number(calls)}`] satisfies [string, string],
    calls,
    wasted,
  }));
  return <ShareTable id="batches-heading" title="Batches by size" heads={['calls at once', 'batches', 'wasted calls']} rows={rows} />;
}
