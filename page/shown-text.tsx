import type { Shown } from '../src/report/page-data.ts';

/** Text from a trace: always a text node, its marks and cuts shown. */
export function ShownText({ shown }: { shown: Shown }) {
  if (typeof shown === 'string') return <bdi>{shown}</bdi>;
  return (
    <bdi>
      {shown.map((piece, i) => {
        if (typeof piece === 'string') return piece;
        if ('mark' in piece) return <mark key={i}>{piece.mark}</mark>;
        return (
          <span key={i} class="left">
            {` … ${piece.left.toLocaleString('en-US')} more ${piece.left === 1 ? 'character' : 'characters'} … `}
          </span>
        );
      })}
    </bdi>
  );
}
