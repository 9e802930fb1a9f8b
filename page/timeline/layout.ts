import type { PageCall, PageRun } from '../../src/report/page-data.ts';

/** A run as rows on one axis: milliseconds, or steps where the trace has no times. */
export interface Layout {
  rows: Row[];
  /** Where the axis ends. */
  end: number;
  isTimed: boolean;
  /** Where on the axis a time lies: there itself, unless long pauses are cut short. */
  place: (time: number) => number;
  /** Pauses that are cut short. */
  pauses: Span[];
}

export interface Span {
  from: number;
  to: number;
}

export interface Row extends Span {
  kind: 'model' | 'call';
  turn: number;
  /** Index of the call; absent for the model's row. */
  call?: number;
  /** How many calls the turn issued. */
  batch: number;
  /** False where its own times are not recorded and its place is between its neighbours. */
  isTimed: boolean;
  waits: (Span & { why: 'barrier' | 'slot' })[];
}

export function layoutOf(run: PageRun, asSteps = false): Layout {
  const isTimed = !asSteps && [...run.turns, ...run.calls].some(({ at }) => at !== undefined);
  const rows = isTimed ? timedRows(run) : stepRows(run);
  const end = rows.reduce((last, { to }) => Math.max(last, to), isTimed ? 1 : 2);
  return { rows, isTimed, end, place: (time) => time, pauses: [] };
}

const callsOf = (run: PageRun, turn: number): [PageCall, number][] =>
  run.calls.flatMap((call, i): [PageCall, number][] => (call.turn === turn ? [[call, i]] : []));

/** The model takes one step, its batch the next. */
function stepRows(run: PageRun): Row[] {
  return run.turns.flatMap((_, turn) => {
    const calls = callsOf(run, turn);
    const row = { turn, batch: calls.length, isTimed: false, waits: [] };
    return [
      { kind: 'model' as const, ...row, from: 2 * turn, to: 2 * turn + 1 },
      ...calls.map(([, call]) => ({ kind: 'call' as const, ...row, call, from: 2 * turn + 1, to: 2 * turn + 2 })),
    ];
  });
}

function timedRows(run: PageRun): Row[] {
  let reached = 0;
  return run.turns.flatMap(({ at }, turn) => {
    const calls = callsOf(run, turn);
    const issued = Math.min(...calls.flatMap(([call]) => (call.at === undefined ? [] : [askedAt(call, call.at)])));
    const [from, to] = at ?? [reached, Number.isFinite(issued) ? Math.max(issued, reached) : reached];
    const next = run.turns.slice(turn + 1).find((later) => later.at !== undefined)?.at?.[0];
    const until = Math.max(to, next ?? to, ...calls.map(([call]) => call.at?.[1] ?? 0));
    reached = until;
    return [
      { kind: 'model' as const, turn, batch: calls.length, from, to, isTimed: at !== undefined, waits: [] },
      ...calls.map(([call, index]) => callRow(call, index, calls.length, { from: to, to: until })),
    ];
  });
}

const waitedFor = ({ waits: [barrier, slot] = [0, 0] }: PageCall): number => barrier + slot;
const askedAt = (call: PageCall, [start]: [number, number]): number => Math.max(0, start - waitedFor(call));

function callRow(call: PageCall, index: number, batch: number, between: Span): Row {
  const row = { kind: 'call' as const, turn: call.turn, call: index, batch };
  if (call.at === undefined) return { ...row, ...between, isTimed: false, waits: [] };
  const [from, to] = call.at;
  const [barrier = 0, slot = 0] = call.waits ?? [];
  const waits = [
    { why: 'barrier' as const, from: from - slot - barrier, to: from - slot },
    { why: 'slot' as const, from: from - slot, to: from },
  ];
  return { ...row, from, to, isTimed: true, waits: waits.filter(({ from: began, to: ended }) => ended > began) };
}

/** Round places for the marks of an axis, at most `most` of them. */
export function ticksOf(end: number, most: number): number[] {
  const rough = end / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((size) => size >= rough) ?? rough;
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => i * step);
}
