import type { PageMetric } from '../../src/report/page-data.ts';
import { Passed } from '../tags.tsx';

interface Column {
  name: string;
  note?: string;
  href?: string;
  metrics: PageMetric[];
  gate?: 'passed' | 'failed';
}

/** Variants as columns, metrics as rows, each with its threshold and whether it was met. */
export function MetricsTable({ label, columns, hasDetails = false }: { label: string; columns: Column[]; hasDetails?: boolean }) {
  const rows = new Map(columns.flatMap(({ metrics }) => metrics.map((metric) => [metric.id, metric] as const)));
  return (
    <div class="scroll" role="region" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">metric</th>
            <th scope="col">threshold</th>
            {columns.map(({ name, note, href, gate }) => (
              <th key={name} scope="col" class="number">
                <bdi>{href === undefined ? name : <a href={href}>{name}</a>}</bdi>
                {note !== undefined && <span class="dim"> {note}</span>}
                {gate !== undefined && <Passed passed={gate === 'passed'} words={['gate passed', 'gate failed']} />}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...rows.values()].map(({ id, label, threshold }) => (
            <tr key={id}>
              <th scope="row">{label}</th>
              <td class="dim">{threshold ?? '–'}</td>
              {columns.map(({ name, metrics }) => {
                const metric = metrics.find((each) => each.id === id);
                return (
                  <td key={name} class="number">
                    {metric?.text ?? '–'} {metric?.passed !== undefined && <Passed passed={metric.passed} />}
                    {hasDetails && <span class="dim detail">{metric?.detail}</span>}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
