import type { PageRun } from '../../src/report/page-data.ts';
import type { Layout } from '../timeline/layout.ts';

/** How far a run has come at a time: calls that have ended, and which of them were wasted. */
export function progressAt(run: PageRun, layout: Layout, at: number): { calls: number; wasted: number; isOver: boolean } {
  const ended = layout.rows.flatMap((row) => {
    const call = row.call === undefined ? undefined : run.calls[row.call];
    return call === undefined || row.to > at ? [] : [call];
  });
  return { calls: ended.length, wasted: ended.filter(({ verdict }) => verdict === 'wasted').length, isOver: at >= layout.end };
}
