import { useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks';
import { usePrefersStillness } from '../use-media.ts';

export interface Player {
  at: number;
  isPlaying: boolean;
  speed: number;
  play(): void;
  pause(): void;
  seek(at: number): void;
  setSpeed(speed: number): void;
}

/** A step of a run without times, in milliseconds of the watcher. */
const STEP_MS = 800;
/** With reduced motion nothing slides: from event to event, so many milliseconds apart. */
const EVENT_MS = 900;

/** A clock from 0 to `end`. It stands at the end first, so that everything can be seen before it plays. */
export function usePlayer(end: number, events: readonly number[], isTimed: boolean): Player {
  const [at, setAt] = useState(end);
  const [isPlaying, setPlaying] = useState(false);
  const [speed, setSpeed] = useState(1);
  const isStill = usePrefersStillness();
  const stops = useMemo(() => [...new Set([...events, end])].toSorted((a, b) => a - b), [events, end]);

  // With the drawing, not after it: a clock that is stopped must not go on for a frame.
  useLayoutEffect(() => {
    if (!isPlaying) return undefined;
    if (isStill) {
      const timer = setInterval(() => setAt((now) => stops.find((stop) => stop > now) ?? end), EVENT_MS / speed);
      return () => clearInterval(timer);
    }
    let last = performance.now();
    const tick = (now: number): void => {
      const passed = ((now - last) * speed) / (isTimed ? 1 : STEP_MS);
      last = now;
      setAt((before) => Math.min(end, before + Math.max(0, passed)));
      frame = requestAnimationFrame(tick);
    };
    let frame = requestAnimationFrame(tick);
    return () => cancelAnimationFrame(frame);
  }, [isPlaying, isStill, speed, end, stops, isTimed]);

  useEffect(() => {
    if (at >= end) setPlaying(false);
  }, [at, end]);

  return {
    at,
    isPlaying,
    speed,
    play() {
      if (at >= end) setAt(0);
      setPlaying(true);
    },
    pause: () => setPlaying(false),
    seek: setAt,
    setSpeed,
  };
}
