import { TooLarge } from './backend.ts';

/** A stretch of time, in milliseconds since the epoch. */
export interface Window {
  from: number;
  to: number;
}

export interface Page<Content> {
  content: Content;
  /** As many traces as were asked for: there may be more. */
  isFull: boolean;
}

export interface Walk {
  /** Traces asked for at once, and the most that may be. */
  pageSize: number;
  largestPage: number;
  /** The shortest stretch the backend can tell from the next. */
  stepMs: number;
  /** Called for a stretch that cannot be made shorter and still holds more than comes in one answer. */
  onStuck: (window: Window) => void;
}

interface Step {
  window: Window;
  pageSize: number;
  /** Asking for more gave more than can be read at once. */
  isShrunk: boolean;
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
  const open = windows.map((window): Step => ({ window, pageSize, isShrunk: false }));
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    const page = await pull(step.window, step.pageSize).catch(unlessTooLarge);
    if (page === undefined && step.pageSize > 1) {
      open.push({ ...step, pageSize: Math.ceil(step.pageSize / 4), isShrunk: true });
      continue;
    }
    if (page !== undefined) yield page.content;
    if (page?.isFull === false) continue;
    const halves = halvesOf(step.window, stepMs);
    if (halves !== undefined) for (const window of halves) open.push({ ...step, window });
    else if (step.pageSize < largestPage && !step.isShrunk) open.push({ ...step, pageSize: Math.min(largestPage, step.pageSize * 10) });
    else onStuck(step.window);
  }
}

function unlessTooLarge(error: unknown): undefined {
  if (!(error instanceof TooLarge)) throw error;
}

function halvesOf({ from, to }: Window, stepMs: number): [Window, Window] | undefined {
  const middle = Math.floor((from + to) / 2 / stepMs) * stepMs;
  return middle <= from || middle >= to
    ? undefined
    : [
        { from, to: middle },
        { from: middle, to },
      ];
}
