import type { PageEvaluation } from '../../src/report/page-data.ts';
import { runsHref } from '../route.ts';
import { MetricsTable } from './metrics-table.tsx';

export function Evaluation({ evaluation: { variants, comparisons } }: { evaluation: PageEvaluation }) {
  return (
    <section aria-labelledby="evaluation-heading">
      <h2 id="evaluation-heading">Evaluation</h2>
      <MetricsTable
        label="Metrics by variant"
        hasDetails
        columns={variants.map((variant) => ({ ...variant, href: runsHref({ variant: variant.name }) }))}
      />
      {comparisons.map(({ baseline, candidate, rows }, i) => (
        <div key={i}>
          <h3>
            <bdi>{candidate}</bdi> against <bdi>{baseline}</bdi>
          </h3>
          <div class="scroll" role="region" aria-label={`${candidate} against ${baseline}`} tabIndex={0}>
            <table>
              <thead>
                <tr>
                  {['metric', baseline, candidate, 'difference', 'interval', 'verdict'].map((head, column) => (
                    <th key={column} scope="col" class={column === 0 || column === 5 ? '' : 'number'}>
                      {head}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.map((row, j) => (
                  <tr key={j}>
                    <th scope="row">{row.label}</th>
                    <td class="number">{row.a}</td>
                    <td class="number">{row.b}</td>
                    <td class="number">{row.difference}</td>
                    <td class="number">{row.interval}</td>
                    <td>{row.verdict}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </div>
      ))}
    </section>
  );
}
