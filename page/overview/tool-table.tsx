import { useState } from 'preact/hooks';
import { percent } from '../../src/report/numbers.ts';
import type { PageOverview } from '../../src/report/page-data.ts';
import { runsHref } from '../route.ts';
import { ShareBar } from './share-bar.tsx';

const MOST = 12;

export function ToolTable({ tools }: { tools: PageOverview['tools'] }) {
  const [isWhole, setWhole] = useState(false);
  const most = Math.max(1, ...tools.map(({ calls }) => calls));
  return (
    <section aria-labelledby="tools-heading">
      <h2 id="tools-heading">Waste by tool</h2>
      <table class="bars">
        <thead>
          <tr>
            <th scope="col">tool</th>
            <th scope="col" class="number">
              calls
            </th>
            <th scope="col" class="number">
              wasted
            </th>
            <th scope="col" class="chart">
              <span class="unseen">share</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tools.slice(0, isWhole ? Infinity : MOST).map(({ name, calls, wasted }) => (
            <tr key={name}>
              <th scope="row">
                <bdi>
                  <a class="tool" href={runsHref({ q: name })}>
                    {name}
                  </a>
                </bdi>
              </th>
              <td class="number">{calls.toLocaleString('en-US')}</td>
              <td class="number">{wasted === 0 ? '0' : `${wasted.toLocaleString('en-US')} (${percent(wasted / calls)})`}</td>
              <td class="chart">
                <ShareBar total={calls} wasted={wasted} most={most} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {tools.length > MOST && (
        <button type="button" class="link" onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Fewer' : `All ${tools.length} tools`}
        </button>
      )}
    </section>
  );
}
