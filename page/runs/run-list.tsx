import { useMemo } from 'preact/hooks';
import { count } from '../../src/report/numbers.ts';
import type { Report } from '../report-data.ts';
import { FilterBar } from './filter-bar.tsx';
import { filtered, readFilter, searchText, writeFilter, type Filter, type SortKey } from './filter.ts';
import { RunRow } from './run-row.tsx';
import { useIsNarrow } from '../use-media.ts';
import { useVisibleRows } from './use-visible-rows.ts';

const COLUMNS: [key: SortKey, head: string][] = [
  ['wasted', 'wasted'],
  ['dependent', 'dependent'],
  ['calls', 'calls'],
  ['ms', 'latency'],
  ['tokens', 'tokens'],
];
const ROW = { wide: 52, narrow: 84 };

export function RunList({ report, query }: { report: Report; query: URLSearchParams }) {
  const filter = readFilter(query);
  const texts = useMemo(() => report.rows.map((row) => searchText(row, report.tools)), [report]);
  const rows = useMemo(() => filtered(report.rows, texts, filter), [report, texts, String(query)]);
  const height = ROW[useIsNarrow() ? 'narrow' : 'wide'];
  const { list, first, last } = useVisibleRows(rows.length, height);
  const change = (part: Partial<Filter>): void => location.replace(`#/runs?${writeFilter({ ...filter, ...part })}`);
  const sortBy = (sort: SortKey): void => change({ sort, isAscending: filter.sort === sort ? !filter.isAscending : false });
  return (
    <>
      <h1 tabIndex={-1}>Runs</h1>
      <FilterBar report={report} filter={filter} onChange={change} />
      <p class="dim" role="status">
        {rows.length === report.rows.length
          ? count(rows.length, 'run')
          : `${rows.length.toLocaleString('en-US')} of ${count(report.rows.length, 'run')}`}
      </p>
      <div class="run-table" role="table" aria-label="Runs" aria-rowcount={rows.length + 1}>
        <div class="head" role="row" aria-rowindex={1}>
          <span role="columnheader">task</span>
          {COLUMNS.map(([column, head]) => (
            <span
              key={column}
              role="columnheader"
              class="number"
              aria-sort={filter.sort === column ? (filter.isAscending ? 'ascending' : 'descending') : 'none'}
            >
              <button type="button" class="link" onClick={() => sortBy(column)}>
                {head}
                {filter.sort === column ? (filter.isAscending ? ' ↑' : ' ↓') : ''}
              </button>
            </span>
          ))}
        </div>
        <div class="body" role="rowgroup" ref={list} style={{ height: `${rows.length * height}px` }}>
          {rows.slice(first, last).map((row, i) => (
            <RunRow key={row.key} row={row} place={first + i} height={height} />
          ))}
        </div>
      </div>
      {rows.length === 0 && (
        <p>
          No run fits. <a href="#/runs">Show all</a>
        </p>
      )}
    </>
  );
}
