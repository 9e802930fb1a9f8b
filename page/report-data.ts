import type { PageData, PageRow, PageRun } from '../src/report/page-data.ts';

/** What the page shows: the head is read at once, a run when it is looked at. */
export interface Report extends PageData {
  indexOf(key: string): number | undefined;
  run(index: number): PageRun;
}

/** A run with the line that the list has of it. */
export interface OpenRun {
  index: number;
  row: PageRow;
  run: PageRun;
}

export function readReport(document: Document): Report | undefined {
  const head = document.getElementById('report')?.textContent;
  if (head == null) return undefined;
  const data = JSON.parse(head) as PageData;
  const runs = document.querySelectorAll('script.run');
  const read = new Map<number, PageRun>();
  const indices = new Map(data.rows.map(({ key }, i) => [key, i]));
  return {
    ...data,
    indexOf: (key) => indices.get(key),
    run(index) {
      const run = read.get(index) ?? (JSON.parse(runs[index]?.textContent ?? '{"turns":[],"calls":[],"findings":[]}') as PageRun);
      read.set(index, run);
      return run;
    },
  };
}

export function openRun(report: Report, key: string): OpenRun | undefined {
  const index = report.indexOf(key);
  const row = index === undefined ? undefined : report.rows[index];
  return index === undefined || row === undefined ? undefined : { index, row, run: report.run(index) };
}

/** Other runs of the same task: the same example under another variant, the same trial first. */
export function counterparts(report: Report, { row }: OpenRun): PageRow[] {
  if (row.example === undefined) return [];
  return report.rows
    .filter((other) => other.example === row.example && other.variant !== row.variant)
    .toSorted((a, b) => Number(b.trial === row.trial) - Number(a.trial === row.trial));
}
