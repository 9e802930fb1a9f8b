import { duration } from '../../src/report/numbers.ts';
import type { PageRow } from '../../src/report/page-data.ts';
import { runHref } from '../route.ts';

export function RunRow({ row, place, height }: { row: PageRow; place: number; height: number }) {
  const { asked, id, variant, trial, note, errors, correct } = row;
  const notes = [
    variant,
    trial === undefined ? undefined : `trial ${trial}`,
    note,
    correct === undefined ? undefined : correct ? '✓ correct' : '✗ wrong',
  ];
  // Of calls none of which has a verdict, none is known to be fine.
  const none = row.unknown === row.calls ? '–' : '0';
  const numbers: [label: string, text: string, kind?: 'bad' | 'dim'][] = [
    ['wasted', ...(row.wasted === 0 ? ([none, 'dim'] as const) : ([`✗ ${row.wasted}`, 'bad'] as const))],
    ['dependent', ...(row.dependent === 0 ? ([none, 'dim'] as const) : ([`↰ ${row.dependent}`, 'bad'] as const))],
    ['calls', String(row.calls)],
    ['latency', row.ms === undefined ? '–' : duration(row.ms)],
    ['tokens', row.tokens === 0 ? '–' : row.tokens.toLocaleString('en-US')],
  ];
  return (
    <div class="run-row" role="row" aria-rowindex={place + 2} style={{ top: `${place * height}px`, height: `${height}px` }}>
      <span role="cell" class="task">
        <a href={runHref(row.key)}>
          <bdi>{asked === '' ? id : asked}</bdi>
        </a>
        <span class="dim">
          <bdi>{[...notes, errors === 0 ? undefined : `! ${errors} failed`, id].filter(Boolean).join(' · ')}</bdi>
        </span>
      </span>
      {numbers.map(([label, text, kind = '']) => (
        <span key={label} role="cell" class={`number ${kind}`}>
          <span class="label">{label} </span>
          {text}
        </span>
      ))}
    </div>
  );
}
