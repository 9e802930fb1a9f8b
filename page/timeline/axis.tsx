import { ticksOf, type Layout } from './layout.ts';
import { timeAt } from './pauses.ts';
import { pauseText, tickText } from './words.ts';

interface Props {
  layout: Layout;
  end: number;
  height: number;
  most: number;
}

/** The axis above the rows and its lines behind them. */
export function Axis({ layout, end, height, most }: Props) {
  const { pauses, place } = layout;
  const middles = pauses.map(({ from, to }) => ({ at: (place(from) + place(to)) / 2, text: pauseText(to - from) }));
  // A mark that lies under the name of a pause would be unreadable.
  const ticks = (layout.isTimed ? ticksOf(end, most) : []).filter((tick) =>
    middles.every(({ at }) => Math.abs(at - tick) > (0.85 * end) / most),
  );
  const percent = (at: number): string => `${(100 * at) / end}%`;
  return (
    <div class="axis" aria-hidden="true">
      <div class="tick-labels">
        {layout.isTimed ? (
          ticks.map((tick) => (
            <span key={tick} class={tick > end * 0.94 ? 'last' : ''} style={{ left: percent(tick) }}>
              {tickText(timeAt(layout, tick))}
            </span>
          ))
        ) : (
          <span class="first">order only: this trace has no times</span>
        )}
        {middles.map(({ at, text }) => (
          <span key={at} class="pause" style={{ left: percent(at) }}>
            {text}
          </span>
        ))}
      </div>
      <svg width="100%" height={height}>
        {ticks.map((tick) => (
          <line key={tick} x1={percent(tick)} x2={percent(tick)} y1="0" y2={height} />
        ))}
        {pauses.map(({ from, to }) => (
          <rect key={from} class="pause" x={percent(place(from))} width={percent(place(to) - place(from))} y="0" height={height} />
        ))}
      </svg>
    </div>
  );
}
