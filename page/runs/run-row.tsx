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
  const numbers: [label: string, text: string, isBad: boolean][] = [
    ['wasted', row.wasted === 0 ? '–' : `✗ ${row.wasted}`, row.wasted > 0],
    ['dependent', row.dependent === 0 ? '–' : `↰ ${row.dependent}`, row.dependent > 0],
    ['calls', String(row.calls), false],
    ['latency', row.ms === undefined ? '–' : duration(row.ms), false],
    ['tokens', row.tokens === 0 ? '–' : row.tokens.toLocaleString('en-US'), false],
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
      {numbers.map(([label, text, isBad]) => (
        <span key={label} role="cell" class={isBad ? 'number bad' : 'number'}>
          <span class="label">{label} </span>
          {text}
        </span>
      ))}
    </div>
  );
}
