import type { Layout, Row, Span } from './layout.ts';
import { barWords } from './words.ts';

/** In per cent of the axis; nothing is too short to be seen. */
const LEAST = 0.5;
const HEIGHT = 14;

interface Props {
  row: Row;
  layout: Layout;
  end: number;
  kind: 'model' | 'used' | 'wasted' | 'unknown';
}

/** When a model call or a tool call ran, and before it what it waited for. */
export function Bar({ row, layout: { isTimed, place }, end, kind }: Props) {
  const percent = ({ from, to }: Span): { x: string; width: string } => {
    const width = Math.max(LEAST, (100 * (place(to) - place(from))) / end);
    return { x: `${Math.min((100 * place(from)) / end, 100 - width)}%`, width: `${width}%` };
  };
  return (
    <svg class="bar" width="100%" height={HEIGHT} role="img" aria-label={barWords(row, isTimed)}>
      {row.waits.map((wait) => (
        <rect key={wait.why} class={`wait ${wait.why}`} {...percent(wait)} y="2" height={HEIGHT - 4} />
      ))}
      <rect class={isTimed && !row.isTimed ? `${kind} assumed` : kind} {...percent(row)} y="0.5" height={HEIGHT - 1} rx="3" />
    </svg>
  );
}
