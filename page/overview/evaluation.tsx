import type { PageEvaluation } from '../../src/report/page-data.ts';
import { runsHref } from '../route.ts';
import { ComparisonTable } from './comparison-table.tsx';
import { MetricsTable } from './metrics-table.tsx';

export function Evaluation({ evaluation: { variants, comparisons, caveat } }: { evaluation: PageEvaluation }) {
  return (
    <section aria-labelledby="evaluation-heading">
      <h2 id="evaluation-heading">Evaluation</h2>
      <MetricsTable
        label="Metrics by variant"
        hasDetails
        columns={variants.map((variant) => ({ ...variant, href: runsHref({ variant: variant.name }) }))}
      />
      {comparisons.map((comparison, i) => (
        <div key={i}>
          <h3>
            <bdi>{comparison.candidate}</bdi> against <bdi>{comparison.baseline}</bdi>
          </h3>
          <ComparisonTable comparison={comparison} />
        </div>
      ))}
      {caveat !== undefined && <p class="dim caveat">{caveat}</p>}
    </section>
  );
}
