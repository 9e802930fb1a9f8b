import { quantile } from '../../statistics/quantile.ts';
import { toPattern } from '../analyze-run.ts';
import { play } from './play.ts';
import { alone, atOnce, without, withoutStragglers } from './rearrange.ts';
import { actualMs, type Schedule, type ScheduledCall } from './schedule.ts';

export const SCENARIOS = ['allSerial', 'actual', 'asBatched', 'independentAtOnce', 'flaggedAlone'] as const;
export type Scenario = (typeof SCENARIOS)[number];

export interface WhatIf {
  /** Calls of one turn that run at once; without it there is no limit. */
  cap?: number;
  /** Names of tools that get a turn of their own; `*` matches any characters. */
  alone?: readonly string[];
  /** What a call of a tool usually takes. */
  usualMs: ReadonlyMap<string, number>;
}

/** From so many calls on, the median says what a tool usually takes. */
const ENOUGH = 3;

/** The median time of each tool's calls, where there are enough. */
export function usualMsOf(schedules: readonly Schedule[]): Map<string, number> {
  const times = new Map<string, number[]>();
  for (const { turns } of schedules) {
    for (const { tool, ms } of turns.flatMap(({ calls }) => calls)) {
      const list = times.get(tool) ?? [];
      times.set(tool, list);
      list.push(ms);
    }
  }
  return new Map([...times].flatMap(([tool, list]) => (list.length < ENOUGH ? [] : [[tool, quantile(list, 0.5) ?? 0]])));
}

/** What the run took, and what it would have taken. `flaggedAlone` is undefined where no tool was named. */
export function scenariosOf(
  schedule: Schedule,
  whatIf: WhatIf,
): Record<Exclude<Scenario, 'flaggedAlone'>, number> & { flaggedAlone?: number } {
  const { cap, usualMs } = whatIf;
  const patterns = (whatIf.alone ?? []).map(toPattern);
  const isFlagged = ({ tool }: ScheduledCall): boolean => patterns.some((pattern) => pattern.test(tool));
  return {
    allSerial: play(serial(schedule)),
    actual: actualMs(schedule),
    asBatched: play(withoutStragglers(schedule, usualMs), cap),
    independentAtOnce: play(atOnce(schedule), cap),
    ...(patterns.length > 0 && {
      // In a turn of its own it would have had what it guessed.
      flaggedAlone: play(
        alone(
          without(schedule, (call) => isFlagged(call) && call.mistake === 'dependent'),
          isFlagged,
        ),
        cap,
      ),
    }),
  };
}

/** Each of the given calls in a turn of its own; where a sibling would have told what it guessed, it is not made before. */
const informedAlone = (schedule: Schedule, isAlone: (call: ScheduledCall) => boolean): Schedule =>
  alone(
    without(schedule, (call) => isAlone(call) && call.mistake === 'dependent'),
    isAlone,
  );

const serial = (schedule: Schedule): Schedule => informedAlone(schedule, () => true);

export const LOSSES = ['queueing', 'stragglers', 'dependent calls', 'wasted calls', 'missed parallelism'] as const;
export type Loss = (typeof LOSSES)[number];

/** Of one run, against its calls one after another. */
export interface Ladder {
  serialMs: number;
  gotMs: number;
  lostMs: Record<Loss, number>;
}

/**
 * From what the run took down to what was possible, one step after another, each taking away one more thing that held
 * it up. What was got and what was lost add up to what was possible because every step starts where the last one ended.
 * No cap: what is possible is a matter of the calls, not of a limit.
 */
export function ladderOf(schedule: Schedule, usualMs: ReadonlyMap<string, number>): Ladder {
  const even = withoutStragglers(schedule, usualMs);
  const informed = without(even, ({ mistake }) => mistake === 'dependent');
  const needed = without(informed, ({ mistake }) => mistake !== undefined);
  const steps = [schedule, even, informed, needed].map((one) => play(one));
  // Where only one of two overlapping calls can move, moving it may make the run longer: its batches were best as they were.
  const best = Math.min(play(needed), play(atOnce(needed)));
  const serialMs = play(serial(schedule));
  const heights = [actualMs(schedule), ...steps, best];
  return {
    serialMs,
    gotMs: serialMs - heights[0]!,
    lostMs: Object.fromEntries(LOSSES.map((loss, i) => [loss, heights[i]! - heights[i + 1]!])) as Record<Loss, number>,
  };
}
