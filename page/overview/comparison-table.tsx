import type { PageEvaluation } from '../../src/report/page-data.ts';
import { useIsNarrow } from '../use-media.ts';

type Comparison = PageEvaluation['comparisons'][number];
type Row = Comparison['rows'][number];

/** What a variant changed, metric by metric. */
export function ComparisonTable({ comparison }: { comparison: Comparison }) {
  const Table = useIsNarrow() ? Stacked : SideBySide;
  return (
    <div class="scroll" role="region" aria-label={`${comparison.candidate} against ${comparison.baseline}`} tabIndex={0}>
      <Table {...comparison} />
    </div>
  );
}

function SideBySide({ baseline, candidate, rows }: Comparison) {
  return (
    <table>
      <thead>
        <tr>
          {['metric', baseline, candidate, 'difference, 95 % interval', 'verdict'].map((head, column) => (
            <th key={column} scope="col" class={column === 0 || column === 4 ? '' : 'number'}>
              <bdi>{head}</bdi>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, i) => (
          <tr key={i}>
            <th scope="row">{row.label}</th>
            <td class="number">{row.a}</td>
            <td class="number">{row.b}</td>
            <Outcome row={row} kind="number" />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Where columns have no room: the values under the metric's name, then the difference and the verdict. */
function Stacked({ rows }: Comparison) {
  return (
    <table class="stacked">
      <thead>
        <tr>
          <th scope="col">difference, 95 % interval</th>
          <th scope="col">verdict</th>
        </tr>
      </thead>
      {rows.map((row, i) => (
        <tbody key={i}>
          <tr>
            <th scope="rowgroup" colSpan={2}>
              {row.label}
              <span class="dim detail">
                {row.b} against {row.a}
              </span>
            </th>
          </tr>
          <tr>
            <Outcome row={row} />
          </tr>
        </tbody>
      ))}
    </table>
  );
}

function Outcome({ row: { difference, interval, verdict }, kind = '' }: { row: Row; kind?: string }) {
  return (
    <>
      <td class={kind}>
        {difference}
        <span class="dim detail">{interval}</span>
      </td>
      <td>{verdict}</td>
    </>
  );
}
