import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { criticalPath } from '../../src/analysis/latency/path.ts';
import { playBatch } from '../../src/analysis/latency/play.ts';
import { atOnce } from '../../src/analysis/latency/rearrange.ts';
import { ladderOf, scenariosOf, usualMsOf } from '../../src/analysis/latency/scenarios.ts';
import { actualMs, scheduleOf, type Judged, type Schedule, type ScheduledCall } from '../../src/analysis/latency/schedule.ts';
import type { Run } from '../../src/model/run.ts';
import { runBatch } from '../../src/runtime/batch.ts';
import { timedRun } from '../support/timed-run.ts';

const nothing: Judged = { needs: () => [], mistake: () => undefined, isRefused: () => false };
function scheduled(run: Run, judged: Partial<Judged> = {}): Schedule {
  const schedule = scheduleOf(run, { ...nothing, ...judged });
  if (typeof schedule === 'string') throw new Error(schedule);
  return schedule;
}
const byId = (run: Run, ...ids: string[]) => run.calls.filter(({ id }) => ids.includes(id));
const usualMs = new Map<string, number>();

/** Three look-ups whose model takes no time, so that only the calls count. */
const batchOf = (a: number, b: number, c: number): Run =>
  timedRun([
    {
      at: [0, 0],
      calls: [
        { id: 'a', at: [0, a] },
        { id: 'b', at: [0, b] },
        { id: 'c', at: [0, c] },
      ],
    },
    { at: [Math.max(a, b, c), Math.max(a, b, c)] },
  ]);

describe('three calls of one turn', () => {
  test('one after another 2,400 ms, at once 820, one of them alone 1,620, one of them held up by a rate limit 3,020', () => {
    const whatIf = scenariosOf(scheduled(batchOf(820, 780, 800)), { usualMs, alone: ['c'] });
    expect(whatIf).toEqual({ allSerial: 2400, actual: 820, asBatched: 820, independentAtOnce: 820, flaggedAlone: 1620 });
    const limited = scheduled(batchOf(820, 780, 3020));
    expect(actualMs(limited)).toBe(3020);
    expect(scenariosOf(limited, { usualMs: new Map([['c', 800]]) }).asBatched).toBe(820);
  });

  test('a cap lets the third one wait for the first that is over', () => {
    expect(scenariosOf(scheduled(batchOf(820, 780, 800)), { usualMs, cap: 2 }).independentAtOnce).toBe(1580);
  });
});

describe('turns', () => {
  const run = timedRun([
    { at: [0, 100], calls: [{ id: 'a', at: [100, 300] }] },
    { at: [310, 400], calls: [{ id: 'b', at: [400, 500] }] },
    { at: [500, 620], calls: [{ id: 'c', at: [620, 700] }] },
    { at: [700, 800], text: ['Done.'] },
  ]);

  test('independent calls share the first turn; the turns they leave are saved', () => {
    expect(scenariosOf(scheduled(run), { usualMs }).independentAtOnce).toBe(100 + 200 + 10 + 100);
    const chained = scheduled(run, { needs: ({ id }) => (id === 'c' ? byId(run, 'a') : []) });
    expect(scenariosOf(chained, { usualMs }).independentAtOnce).toBe(100 + 200 + 10 + 90 + 80 + 100);
  });

  test('a serial run of parallel calls takes further turns, each like the mean turn', () => {
    const parallel = timedRun([
      {
        at: [0, 100],
        calls: [
          { id: 'a', at: [100, 300] },
          { id: 'b', at: [100, 250] },
        ],
      },
      { at: [300, 500] },
    ]);
    expect(scenariosOf(scheduled(parallel), { usualMs }).allSerial).toBe(100 + 200 + 150 + 150 + 200);
  });

  test('the time of the user is not counted, and no call moves before the message that it answers', () => {
    const two = timedRun([
      { at: [0, 100], calls: [{ id: 'a', at: [100, 200] }] },
      { at: [200, 300], text: ['Which one?'] },
      { at: [60_000, 60_100], userTurn: 1, calls: [{ id: 'b', at: [60_100, 60_300] }] },
      { at: [60_300, 60_400], userTurn: 1 },
    ]);
    expect(actualMs(scheduled(two))).toBe(700);
    expect(scenariosOf(scheduled(two), { usualMs }).independentAtOnce).toBe(700);
  });

  test('what the next turn did not wait for holds nothing up', () => {
    const early = timedRun([
      {
        at: [0, 100],
        calls: [
          { id: 'a', at: [100, 200] },
          { id: 'late', at: [100, 900] },
        ],
      },
      { at: [200, 300] },
    ]);
    expect(scenariosOf(scheduled(early), { usualMs })).toMatchObject({ actual: 300, allSerial: 300 });
  });

  test('a call that was a mistake is no part of what was possible; what needed it needs what it needed', () => {
    const guessed = timedRun([
      {
        at: [0, 100],
        calls: [
          { id: 'look', at: [100, 200] },
          { id: 'guess', at: [100, 500] },
        ],
      },
      { at: [500, 600], calls: [{ id: 'again', at: [600, 700] }] },
      { at: [700, 800] },
    ]);
    const schedule = scheduled(guessed, {
      needs: ({ id }) => (id === 'again' ? byId(guessed, 'look', 'guess') : []),
      mistake: ({ id }) => (id === 'guess' ? 'dependent' : undefined),
    });
    expect(ladderOf(schedule, usualMs).lostMs).toMatchObject({ 'dependent calls': 300, 'missed parallelism': 0 });
    // One after another, nothing had to be guessed.
    expect(scenariosOf(schedule, { usualMs, alone: ['guess'] })).toMatchObject({ actual: 800, allSerial: 500, flaggedAlone: 500 });
    expect(ladderOf(schedule, usualMs)).toMatchObject({ serialMs: 500, gotMs: -300 });
  });

  test('without times there is no schedule, and the reason is told', () => {
    expect(scheduleOf(timedRun([{ calls: [{ id: 'a' }] }]), nothing)).toBe('no times of model calls');
    expect(scheduleOf(timedRun([{ at: [0, 1], calls: [{ id: 'a' }] }]), nothing)).toBe('no times of tool calls');
  });
});

describe('the critical path', () => {
  test('a slot, a barrier, and time in which nothing was at work', () => {
    const run = timedRun([
      {
        at: [0, 100],
        calls: [
          { id: 'a', at: [100, 300] },
          { id: 'b', at: [300, 400], waits: { slotMs: 200, barrierMs: 0 } },
        ],
      },
      {
        at: [450, 500],
        calls: [
          { id: 'c', at: [500, 700] },
          { id: 'd', at: [700, 900], waits: { slotMs: 0, barrierMs: 200 } },
        ],
      },
      { at: [900, 1000] },
    ]);
    expect(criticalPath(scheduled(run))).toEqual([
      { turn: 0, part: 'model', ms: 100 },
      { turn: 0, part: 'queue', ms: 200, tool: 'b' },
      { turn: 0, part: 'tools', ms: 100, tool: 'b' },
      { turn: 0, part: 'idle', ms: 50 },
      { turn: 1, part: 'model', ms: 50 },
      { turn: 1, part: 'barrier', ms: 200, tool: 'd' },
      { turn: 1, part: 'tools', ms: 200, tool: 'd' },
      { turn: 2, part: 'model', ms: 100 },
    ]);
    // Free slots bring `b` to the batch's beginning; `d` stays behind `c`.
    expect(scenariosOf(scheduled(run), { usualMs }).asBatched).toBe(100 + 200 + 50 + 50 + 400 + 100);
  });

  test('siblings that an app runs one after another wait in a queue, though nothing says so', () => {
    const run = timedRun([
      {
        at: [0, 10],
        calls: [
          { id: 'a', at: [10, 110] },
          { id: 'b', at: [110, 160] },
        ],
      },
      { at: [160, 170] },
    ]);
    expect(criticalPath(scheduled(run))).toContainEqual({ turn: 0, part: 'queue', ms: 100, tool: 'b' });
  });

  test('a model span that lasts until its tools are over is no model time', () => {
    const run = timedRun([{ at: [0, 500], calls: [{ id: 'a', at: [100, 500] }] }, { at: [500, 600] }]);
    expect(criticalPath(scheduled(run)).map(({ part, ms }) => [part, ms])).toEqual([
      ['model', 100],
      ['tools', 400],
      ['model', 100],
    ]);
  });
});

const anyCall = (id: number): fc.Arbitrary<ScheduledCall> =>
  fc.record(
    {
      id: fc.constant(id),
      tool: fc.constantFrom('x', 'y', 'z'),
      startMs: fc.nat({ max: 100 }),
      ms: fc.nat({ max: 400 }),
      slotMs: fc.nat({ max: 50 }),
      barrierMs: fc.nat({ max: 50 }),
      needs: fc.array(fc.nat({ max: Math.max(0, id - 1) }), { maxLength: id === 0 ? 0 : 2 }),
      after: fc.constant<number[]>([]),
      refused: fc.constant(false),
      mistake: fc.constantFrom('dependent', 'wasted'),
    },
    { requiredKeys: ['id', 'tool', 'startMs', 'ms', 'slotMs', 'barrierMs', 'needs', 'after', 'refused'] },
  );
const anySchedule: fc.Arbitrary<Schedule> = fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 6 }).chain((sizes) => {
  let id = 0;
  const turns = sizes.map((size) =>
    fc.record({
      task: fc.constant(0),
      modelMs: fc.nat({ max: 300 }),
      idleMs: fc.nat({ max: 50 }),
      calls: fc.tuple(...Array.from({ length: size }, () => anyCall(id++))),
    }),
  );
  return fc.tuple(...turns).map((made) => ({
    run: 'r',
    // A call needs calls of earlier turns only.
    turns: made.map((turn) => ({
      ...turn,
      calls: turn.calls.map((call) => ({ ...call, needs: call.needs.filter((need) => need < (turn.calls[0]?.id ?? 0)) })),
    })),
  }));
});

describe('whatever the schedule', () => {
  test('the critical path adds up to what the run took', () => {
    fc.assert(
      fc.property(anySchedule, (schedule) => {
        const path = criticalPath(schedule);
        expect(path.reduce((sum, { ms }) => sum + ms, 0)).toBeCloseTo(actualMs(schedule), 6);
        for (const { ms } of path) expect(ms).toBeGreaterThan(0);
      }),
    );
  });

  test('what was got and what was lost add up to what was possible, and nothing that is lost is negative', () => {
    fc.assert(
      fc.property(anySchedule, (schedule) => {
        const { serialMs, gotMs, lostMs } = ladderOf(schedule, usualMsOf([schedule]));
        const lost = Object.values(lostMs);
        for (const ms of lost) expect(ms).toBeGreaterThanOrEqual(-1e-6);
        expect(serialMs - gotMs).toBeCloseTo(actualMs(schedule), 6);
        expect(gotMs + lost.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(serialMs + 1e-6);
      }),
    );
  });

  test('no call comes before what it needs, and none is lost, when everything moves to the front', () => {
    fc.assert(
      fc.property(anySchedule, (schedule) => {
        const placed = new Map(
          atOnce(schedule).turns.flatMap(({ calls }, turn) => calls.map((call) => [call.id, { call, turn }] as const)),
        );
        expect(placed.size).toBe(schedule.turns.flatMap(({ calls }) => calls).length);
        for (const { call, turn } of placed.values()) for (const need of call.needs) expect(placed.get(need)?.turn).toBeLessThan(turn);
      }),
    );
  });
});

test('a batch is played as the runtime runs it', async () => {
  const calls = [120, 40, 60, 90, 30].map((ms, id): ScheduledCall => ({
    id,
    tool: 't',
    startMs: 0,
    ms,
    slotMs: 0,
    barrierMs: 0,
    needs: [],
    refused: false,
    after: id === 3 ? [1] : id === 4 ? [0, 2] : [],
  }));
  for (const cap of [1, 2, 3, 8]) {
    const began = performance.now();
    await runBatch(
      calls.map(({ ms, after }) => ({ runsAlone: false, after, run: () => new Promise((resolve) => setTimeout(resolve, ms)) })),
      cap,
    );
    const took = performance.now() - began;
    // Timers come late, never early; not by as much as another order would make.
    expect(took - playBatch(calls, cap)).toBeGreaterThan(-5);
    expect(took - playBatch(calls, cap)).toBeLessThan(28);
  }
});
