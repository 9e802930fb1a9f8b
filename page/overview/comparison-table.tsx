import type { PageEvaluation } from '../../src/report/page-data.ts';
import { useIsNarrow } from '../use-media.ts';

type Comparison = PageEvaluation['comparisons'][number];

/** What a variant changed, metric by metric. */
export function ComparisonTable({ comparison: { baseline, candidate, rows } }: { comparison: Comparison }) {
  const isNarrow = useIsNarrow();
  return (
    <div class="scroll" role="region" aria-label={`${candidate} against ${baseline}`} tabIndex={0}>
      <table class={isNarrow ? 'stacked' : ''}>
        <thead>
          <tr>
            <th scope="col">metric</th>
            {!isNarrow &&
              [baseline, candidate].map((name, i) => (
                <th key={i} scope="col" class="number">
                  <bdi>{name}</bdi>
                </th>
              ))}
            <th scope="col" class="number">
              difference, 95 % interval
            </th>
            <th scope="col">verdict</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ label, a, b, difference, interval, verdict }, i) => (
            <tr key={i}>
              <th scope="row">
                {label}
                {isNarrow && (
                  <span class="dim detail">
                    {b} against {a}
                  </span>
                )}
              </th>
              {!isNarrow && <td class="number">{a}</td>}
              {!isNarrow && <td class="number">{b}</td>}
              <td class="number">
                {difference}
                <span class="dim detail">{interval}</span>
              </td>
              <td>{verdict}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
