import type { PageEvaluation, PageMetric } from '../../src/report/page-data.ts';
import { Passed } from '../tags.tsx';
import { useIsNarrow } from '../use-media.ts';

interface Column {
  name: string;
  note?: string;
  href?: string;
  metrics: PageMetric[];
  gate?: PageEvaluation['variants'][number]['gate'];
}

interface Props {
  label: string;
  columns: Column[];
  hasDetails?: boolean;
}

/** Metrics by variant, each with its threshold and whether it was met. */
export function MetricsTable({ label, columns, hasDetails = false }: Props) {
  const isNarrow = useIsNarrow();
  const Table = isNarrow ? Stacked : SideBySide;
  return (
    <div class="scroll" role="region" aria-label={label} tabIndex={0}>
      <Table columns={columns} metrics={metricsOf(columns)} hasDetails={hasDetails} />
    </div>
  );
}

/** Each metric once, with its threshold: that against the baseline is not asked of the baseline itself. */
function metricsOf(columns: Column[]): PageMetric[] {
  const byId = new Map<string, PageMetric>();
  for (const metric of columns.flatMap(({ metrics }) => metrics))
    if (byId.get(metric.id)?.threshold === undefined) byId.set(metric.id, metric);
  return [...byId.values()];
}

interface TableProps {
  columns: Column[];
  metrics: PageMetric[];
  hasDetails: boolean;
}

/** A column a variant, a row a metric. */
function SideBySide({ columns, metrics, hasDetails }: TableProps) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">metric</th>
          {columns.map((column) => (
            <th key={column.name} scope="col" class="number">
              <Head column={column} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {metrics.map((metric) => (
          <tr key={metric.id}>
            <th scope="row">
              <MetricName metric={metric} />
            </th>
            {columns.map((column) => (
              <Value key={column.name} metric={metricOf(column, metric)} hasDetails={hasDetails} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Where columns have no room: a group of rows a metric, in it a row a variant. */
function Stacked({ columns, metrics, hasDetails }: TableProps) {
  return (
    <>
      <ul class="plain variants">
        {columns.map((column) => (
          <li key={column.name}>
            <Head column={column} />
          </li>
        ))}
      </ul>
      <table class="stacked">
        {metrics.map((metric) => (
          <tbody key={metric.id}>
            <tr>
              <th scope="rowgroup" colSpan={2}>
                <MetricName metric={metric} />
              </th>
            </tr>
            {columns.map((column) => (
              <tr key={column.name}>
                <th scope="row">
                  <bdi>{column.name}</bdi>
                </th>
                <Value metric={metricOf(column, metric)} hasDetails={hasDetails} />
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </>
  );
}

const metricOf = ({ metrics }: Column, { id }: PageMetric): PageMetric | undefined => metrics.find((metric) => metric.id === id);

function Head({ column: { name, note, href, gate } }: { column: Column }) {
  return (
    <>
      <bdi>{href === undefined ? name : <a href={href}>{name}</a>}</bdi>
      {note !== undefined && <span class="dim"> {note}</span>} {gate === 'not gated' && <span class="tag">not gated</span>}
      {(gate === 'passed' || gate === 'failed') && <Passed passed={gate === 'passed'} words={['gate passed', 'gate failed']} />}
    </>
  );
}

function MetricName({ metric: { label, threshold } }: { metric: PageMetric }) {
  return (
    <>
      {label}
      {threshold !== undefined && <span class="dim detail">{threshold}</span>}
    </>
  );
}

function Value({ metric, hasDetails }: { metric: PageMetric | undefined; hasDetails: boolean }) {
  return (
    <td class="number">
      {metric?.text ?? '–'} {metric?.passed !== undefined && <Passed passed={metric.passed} />}
      {hasDetails && <span class="dim detail">{metric?.detail}</span>}
    </td>
  );
}
