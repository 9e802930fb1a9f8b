import { count } from '../../src/report/numbers.ts';
import type { PageMetric, PageRow } from '../../src/report/page-data.ts';
import type { Report } from '../report-data.ts';
import { runHref, runsHref } from '../route.ts';
import { Passed } from '../tags.tsx';
import { Evaluation } from './evaluation.tsx';
import { Latencies } from './latencies.tsx';
import { Learned } from './learned.tsx';
import { MetricsTable } from './metrics-table.tsx';
import { BatchesBySize, WasteByTool } from './waste.tsx';

export function Overview({ report }: { report: Report }) {
  const { overview, problems, evaluation, learned } = report;
  return (
    <>
      <h1 tabIndex={-1}>Overview</h1>
      <section class="figures" aria-label="Metrics">
        {/* An evaluation has its own numbers of each variant: beside them, those of all runs together would contradict. */}
        {evaluation === undefined && (
          <dl class="cards">
            {overview.metrics.map((metric) => (
              <Card key={metric.id} metric={metric} isPooled={overview.variants.length > 1} />
            ))}
          </dl>
        )}
        <dl class="facts">
          {overview.facts.map(({ label, text, detail }) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>
                <b>{text}</b> <span class="dim">{detail}</span>
              </dd>
            </div>
          ))}
        </dl>
      </section>
      {evaluation !== undefined && <Evaluation evaluation={evaluation} />}
      {overview.variants.length > 0 && evaluation === undefined && (
        <section aria-labelledby="variants-heading">
          <h2 id="variants-heading">By variant</h2>
          <MetricsTable
            label="Metrics by variant"
            columns={overview.variants.map(({ name, runs, metrics }) => ({
              name,
              note: count(runs, 'run'),
              href: runsHref({ variant: name }),
              metrics,
            }))}
          />
        </section>
      )}
      <div class="halves">
        <WasteByTool tools={overview.tools} />
        <BatchesBySize batches={overview.batches} />
      </div>
      <Latencies rows={report.rows} />
      <Worst rows={report.rows} />
      {learned !== undefined && <Learned learned={learned} />}
      {problems.length > 0 && (
        <section aria-labelledby="problems-heading">
          <h2 id="problems-heading">Problems in the input</h2>
          <ul class="plain">
            {problems.map(({ source, line, reason }, i) => (
              <li key={i}>
                <bdi>
                  {source}
                  {line === undefined ? '' : `:${line}`}
                </bdi>{' '}
                <span class="dim">{reason}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Card({ metric: { label, text, detail, threshold, passed }, isPooled }: { metric: PageMetric; isPooled: boolean }) {
  return (
    <div class="card">
      <dt>{label}</dt>
      <dd>
        <b>{text}</b>
        <span class="dim">{detail}</span>
        <span class="goal">
          {threshold === undefined ? <span class="dim">no threshold</span> : <span>{threshold}</span>}
          {passed !== undefined && <Passed passed={passed} />}
          {isPooled && threshold !== undefined && <span class="dim">by variant, below</span>}
        </span>
      </dd>
    </div>
  );
}

const MOST = 5;

function Worst({ rows }: { rows: readonly PageRow[] }) {
  const worst = rows
    .filter(({ wasted, dependent }) => wasted + dependent > 0)
    .toSorted((a, b) => b.wasted + b.dependent - a.wasted - a.dependent);
  if (worst.length === 0) return null;
  return (
    <section aria-labelledby="worst-heading">
      <h2 id="worst-heading">Look at these first</h2>
      <ol class="worst">
        {worst.slice(0, MOST).map((row) => (
          <li key={row.key}>
            <a href={runHref(row.key)}>
              <bdi>{row.asked || row.id}</bdi>
            </a>
            <span class="dim">
              {row.wasted} wasted, {row.dependent} dependent, of {row.calls} calls
            </span>
          </li>
        ))}
      </ol>
      {worst.length > MOST && (
        <p>
          <a href={runsHref({ only: 'flagged' })}>All {worst.length} runs with findings</a>
        </p>
      )}
    </section>
  );
}
