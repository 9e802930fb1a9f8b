import type { Layout, Span } from './layout.ts';

/** A pause is cut short from this share of the busy time on, and from so many milliseconds on. */
const LONG = 0.4;
const LEAST_MS = 2000;
/** What is left of it, as a share of the busy time. */
const SHOWN = 0.08;

/** The layout with long pauses cut short, such as those in which the user thinks, so that what happened can be seen. */
export function withShortPauses(layout: Layout): Layout {
  if (!layout.isTimed) return layout;
  const idle = idleSpans(layout.rows.map(({ from, to, waits: [wait] }) => ({ from: wait?.from ?? from, to })));
  const busy = layout.end - idle.reduce((sum, { from, to }) => sum + to - from, 0);
  const pauses = idle.filter(({ from, to }) => to - from >= Math.max(LEAST_MS, LONG * busy));
  const left = SHOWN * busy;
  const place = (time: number): number =>
    pauses.reduce((at, { from, to }) => at - Math.max(0, Math.min(time, to) - from) * (1 - left / (to - from)), time);
  return { ...layout, place, pauses, end: place(layout.end) };
}

/** The spans between 0 and the last end in which nothing runs. */
function idleSpans(spans: readonly Span[]): Span[] {
  let reached = 0;
  return spans
    .toSorted((a, b) => a.from - b.from)
    .flatMap(({ from, to }) => {
      const gap = from > reached ? [{ from: reached, to: from }] : [];
      reached = Math.max(reached, to);
      return gap;
    });
}

/** The time at a place of the axis: the inverse of `place`. */
export function timeAt({ place, pauses }: Layout, at: number): number {
  return pauses.reduce((time, { from, to }) => (at >= place(to) ? time + (to - from) - (place(to) - place(from)) : time), at);
}
