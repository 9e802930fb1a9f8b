import { count } from '../../src/report/numbers.ts';
import type { PageRow } from '../../src/report/page-data.ts';
import { tickText } from '../timeline/words.ts';
import { binsOf } from './histogram.ts';

const HEIGHT = 120;

/** How long the runs took. */
export function Latencies({ rows }: { rows: readonly PageRow[] }) {
  const bins = binsOf(rows.flatMap(({ ms }) => (ms === undefined ? [] : [ms])));
  if (bins.length === 0) return null;
  const most = Math.max(...bins.map(({ n }) => n));
  const width = 100 / bins.length;
  const every = Math.ceil(bins.length / 5);
  const words = bins.filter(({ n }) => n > 0).map(({ from, to, n }) => `${tickText(from)} to ${tickText(to)}: ${count(n, 'run')}`);
  return (
    <section aria-labelledby="latency-heading">
      <h2 id="latency-heading">Latency of the runs</h2>
      <div class="histogram">
        <span class="dim most">{count(most, 'run')}</span>
        <svg width="100%" height={HEIGHT} role="img" aria-label={`Runs by latency. ${words.slice(0, 30).join('; ')}`}>
          {bins.map(({ from, n }, i) => {
            const height = (n / most) * (HEIGHT - 4);
            return (
              <rect
                key={from}
                class="used"
                x={`${i * width + width * 0.06}%`}
                width={`${width * 0.88}%`}
                y={HEIGHT - height}
                height={height}
              />
            );
          })}
          <line x1="0" x2="100%" y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
        </svg>
        <div class="tick-labels" aria-hidden="true">
          {bins.map(({ from }, i) =>
            i % every === 0 ? (
              <span key={from} class={i === 0 ? 'first' : ''} style={{ left: `${i * width}%` }}>
                {tickText(from)}
              </span>
            ) : null,
          )}
        </div>
      </div>
    </section>
  );
}
