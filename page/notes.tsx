import type { PageRow } from '../src/report/page-data.ts';
import type { Report } from './report-data.ts';

/** What must be said wherever these runs are shown, unless it is said of the whole report already. */
export function Notes({ report, rows }: { report: Report; rows: PageRow[] }) {
  const notes = new Set(rows.map(({ note }) => note).filter((note) => note !== report.evaluation?.note));
  return [...notes].map((note) => note !== undefined && <p class="banner">Note: {note}</p>);
}
