import { BackendError, TooLarge } from './backend.ts';

/** A backend that never runs out of full pages is left at last. */
const MOST_REQUESTS = 2000;
/** One trace that is too long is found again in every stretch of time that it touches. */
const MOST_TOO_LARGE = 40;

/** A stretch of time, in milliseconds since the epoch. */
export interface Window {
  from: number;
  to: number;
}

export interface Page<Content> {
  content: Content;
  /** As many traces as were asked for: there may be more. */
  isFull: boolean;
  /** Where to halve the window, if not in the middle: traces come in bursts. */
  middle?: number | undefined;
}

export interface Walk {
  /** Traces asked for at once, and the most that may be. */
  pageSize: number;
  largestPage: number;
  /** The shortest stretch the backend can tell from the next. */
  stepMs: number;
  /** Called once, for the first stretch that cannot be made shorter and still holds more than comes in one answer. */
  onStuck: (window: Window) => void;
}

interface Step {
  window: Window;
  pageSize: number;
  /** The largest page of this window that came, and the smallest that was too long. */
  came: number;
  tooLong: number;
}

/**
 * Pages where there is no cursor and no promised order: a window whose page comes back full is asked for again in
 * halves, the newer first. What lies in both, or came with the full page, comes twice; nothing is left out.
 *
 * @param windows in the order of time
 */
export async function* walkWindows<Content>(
  windows: readonly Window[],
  { pageSize, largestPage, stepMs, onStuck }: Walk,
  pull: (window: Window, pageSize: number) => Promise<Page<Content>>,
): AsyncGenerator<Content> {
  const stepOf = (window: Window, size: number): Step => ({ window, pageSize: size, came: 0, tooLong: largestPage + 1 });
  const open = windows.map((window) => stepOf(window, pageSize));
  let requests = 0;
  let tooLarge = 0;
  let isTold = false;
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    requests += 1;
    if (requests > MOST_REQUESTS) throw new BackendError(`gives one full page after the other: left after ${MOST_REQUESTS} requests`);
    const page = await pull(step.window, step.pageSize).catch(unlessTooLarge);
    if (page !== undefined) yield page.content;
    if (page?.isFull === false) continue;
    const seen = page === undefined ? { ...step, tooLong: step.pageSize } : { ...step, came: step.pageSize };
    if (page === undefined && step.pageSize === 1) tooLarge += 1;
    const halves = page === undefined && tooLarge > MOST_TOO_LARGE ? undefined : halvesOf(step.window, page?.middle, stepMs);
    const isShortened = page === undefined && step.pageSize > 1;
    const other = otherSize(seen);
    if (halves !== undefined && !isShortened) open.push(...halves.map((half) => stepOf(half, Math.min(pageSize, 2 * step.pageSize))));
    else if (other !== undefined) open.push({ ...seen, pageSize: other });
    else {
      if (!isTold) onStuck(step.window);
      isTold = true;
    }
  }
}

/** Between the page that came and the one that was too long; undefined where there is none. */
function otherSize({ came, tooLong }: Step): number | undefined {
  const size = came === 0 ? Math.floor(tooLong / 4) || 1 : Math.min(came * 4, Math.floor((came + tooLong) / 2));
  return size > came && size < tooLong ? size : undefined;
}

function unlessTooLarge(error: unknown): undefined {
  if (!(error instanceof TooLarge)) throw error;
}

function halvesOf({ from, to }: Window, middle: number | undefined, stepMs: number): [Window, Window] | undefined {
  if (to - from < 2 * stepMs) return undefined;
  const wanted = Math.floor((middle ?? (from + to) / 2) / stepMs) * stepMs;
  const at = Math.min(Math.max(wanted, from + stepMs), to - stepMs);
  return [
    { from, to: at },
    { from: at, to },
  ];
}
