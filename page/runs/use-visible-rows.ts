import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Rows drawn beyond both edges, so that fast scrolling and the tab key find something there. */
const BEYOND = 12;

/** Which rows of equal height are on the screen, as the window scrolls. */
export function useVisibleRows(rows: number, height: number): { list: RefObject<HTMLDivElement | null>; first: number; last: number } {
  const list = useRef<HTMLDivElement>(null);
  const [[first, last], setRange] = useState([0, 40]);
  useLayoutEffect(() => {
    const measure = (): void => {
      const top = -(list.current?.getBoundingClientRect().top ?? 0);
      const from = Math.max(0, Math.min(rows, Math.floor(top / height)) - BEYOND);
      const to = Math.min(rows, Math.max(0, Math.ceil((top + innerHeight) / height)) + BEYOND);
      setRange((before) => (before[0] === from && before[1] === to ? before : [from, to]));
    };
    measure();
    addEventListener('scroll', measure, { passive: true });
    addEventListener('resize', measure);
    return () => {
      removeEventListener('scroll', measure);
      removeEventListener('resize', measure);
    };
  }, [rows, height]);
  return { list, first: first ?? 0, last: last ?? 0 };
}
