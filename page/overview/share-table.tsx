import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

interface ShareRow {
  key: string | number;
  head: ComponentChildren;
  cells: [string, string];
  calls: number;
  wasted: number;
}

interface Props {
  id: string;
  title: string;
  heads: [string, string, string];
  rows: ShareRow[];
}

/** Rows shown before somebody asks for all. */
const MOST = 12;

/** Counts of calls, as numbers and as bars with the wasted part hatched. */
export function ShareTable({ id, title, heads, rows }: Props) {
  const [isWhole, setWhole] = useState(false);
  const most = rows.reduce((largest, { calls }) => Math.max(largest, calls), 1);
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <table class="bars">
        <thead>
          <tr>
            {heads.map((head, i) => (
              <th key={head} scope="col" class={i === 0 ? '' : 'number'}>
                {head}
              </th>
            ))}
            <th scope="col" class="chart">
              <span class="unseen">share</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, isWhole ? Infinity : MOST).map(({ key, head, cells, calls, wasted }) => (
            <tr key={key}>
              <th scope="row">{head}</th>
              {cells.map((cell, i) => (
                <td key={i} class="number">
                  {cell}
                </td>
              ))}
              <td class="chart">
                <ShareBar total={calls} wasted={wasted} most={most} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MOST && (
        <button type="button" class="link" onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Fewer' : `All ${rows.length}`}
        </button>
      )}
    </section>
  );
}

function ShareBar({ total, wasted, most }: { total: number; wasted: number; most: number }) {
  const part = (n: number): string => `${(100 * n) / most}%`;
  return (
    <svg class="share" width="100%" height="12" aria-hidden="true">
      <rect class="used" x="0" y="0.5" width={part(total)} height="11" rx="2" />
      {wasted > 0 && <rect class="wasted" x="0" y="0.5" width={part(wasted)} height="11" rx="2" />}
    </svg>
  );
}
