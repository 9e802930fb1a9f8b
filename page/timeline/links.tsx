import type { PageRun } from '../../src/report/page-data.ts';
import type { Layout } from './layout.ts';

interface Props {
  layout: Layout;
  run: PageRun;
  end: number;
  height: number;
  /** The height at which the bar of a row lies. */
  middle: (row: number) => number;
}

/** Arrows from each dependent call to the sibling it should have waited for. */
export function Links({ layout, run, end, height, middle }: Props) {
  const rowOf = new Map(layout.rows.map((row, i) => [row.call, i]));
  const links = layout.rows.flatMap((row, i) =>
    (row.call === undefined ? [] : (run.calls[row.call]?.dependsOn ?? [])).flatMap((on) => {
      const to = rowOf.get(on);
      return to === undefined ? [] : [{ from: i, to }];
    }),
  );
  if (links.length === 0) return null;
  const x = (value: number): string => `${(100 * layout.place(value)) / end}%`;
  return (
    <svg class="links" width="100%" height={height} aria-hidden="true">
      {links.map(({ from, to }) => {
        const [dependent, sibling] = [layout.rows[from], layout.rows[to]];
        if (dependent === undefined || sibling === undefined) return null;
        const isBelow = middle(from) > middle(to);
        const edge = middle(from) + (isBelow ? -11 : 11);
        const tip = middle(to) + (isBelow ? 8 : -8);
        return (
          <g key={`${from} ${to}`}>
            <circle cx={x(dependent.from)} cy={edge} r="2.5" />
            <line x1={x(dependent.from)} x2={x(sibling.to)} y1={edge} y2={edge} />
            <line x1={x(sibling.to)} x2={x(sibling.to)} y1={edge} y2={tip} marker-end="url(#arrow)" />
          </g>
        );
      })}
    </svg>
  );
}
