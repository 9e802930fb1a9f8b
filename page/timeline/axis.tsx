import { ticksOf, type Layout } from './layout.ts';
import { tickText } from './words.ts';

interface Props {
  layout: Layout;
  end: number;
  height: number;
  most: number;
}

/** The axis above the rows and its lines behind them. */
export function Axis({ layout, end, height, most }: Props) {
  const ticks = layout.isTimed ? ticksOf(end, most) : [];
  return (
    <div class="axis" aria-hidden="true">
      <div class="tick-labels">
        {layout.isTimed ? (
          ticks.map((tick) => (
            <span key={tick} class={tick > end * 0.94 ? 'last' : ''} style={{ left: `${(100 * tick) / end}%` }}>
              {tickText(tick)}
            </span>
          ))
        ) : (
          <span class="first">order only: this trace has no times</span>
        )}
      </div>
      <svg width="100%" height={height}>
        {ticks.map((tick) => (
          <line key={tick} x1={`${(100 * tick) / end}%`} x2={`${(100 * tick) / end}%`} y1="0" y2={height} />
        ))}
      </svg>
    </div>
  );
}
