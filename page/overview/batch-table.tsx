import type { PageOverview } from '../../src/report/page-data.ts';
import { ShareBar } from './share-bar.tsx';

export function BatchTable({ batches }: { batches: PageOverview['batches'] }) {
  const most = Math.max(1, ...batches.map(({ calls }) => calls));
  return (
    <section aria-labelledby="batches-heading">
      <h2 id="batches-heading">Batches by size</h2>
      <table class="bars">
        <thead>
          <tr>
            <th scope="col">calls at once</th>
            <th scope="col" class="number">
              batches
            </th>
            <th scope="col" class="number">
              wasted calls
            </th>
            <th scope="col" class="chart">
              <span class="unseen">share</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {batches.map(({ size, batches: n, calls, wasted }) => (
            <tr key={size}>
              <th scope="row">{size === 1 ? '1 (not parallel)' : size}</th>
              <td class="number">{n.toLocaleString('en-US')}</td>
              <td class="number">
                {wasted.toLocaleString('en-US')} of {calls.toLocaleString('en-US')}
              </td>
              <td class="chart">
                <ShareBar total={calls} wasted={wasted} most={most} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
