import { intervalsOf, type Interval } from '../../statistics/bootstrap.ts';
import { quantile, quantileOf } from '../../statistics/quantile.ts';
import { criticalPath, type Part, type Stretch } from './path.ts';
import { LOSSES, ladderOf, SCENARIOS, scenariosOf, usualMsOf, type Ladder, type Loss, type Scenario, type WhatIf } from './scenarios.ts';
import { actualMs, batchMs, type Schedule, type ScheduledCall, type Untimed } from './schedule.ts';
import type { Speculation } from './speculation.ts';
import type { LatencyTally } from './tally.ts';

export interface Figure {
  ms: number;
  /** 95 %, by resampling runs; null for a handful of runs. */
  interval: Interval | null;
}

export interface ScenarioReport {
  scenario: Scenario;
  p50: Figure;
  p95: Figure;
  /** By how much all runs together were shorter than with every call in a turn of its own. */
  saved: number;
}

export interface ToolReport {
  tool: string;
  calls: number;
  p50Ms: number;
  p95Ms: number;
  /** Parallel batches in which it came back last. */
  floors: number;
  /** Time the runs waited for it. */
  pathMs: number;
  /** Time the runs waited until it got a slot. */
  queueMs: number;
  /** Calls that a rate limit refused. */
  refused: number;
}

/** The latency of a set of runs: what it was, where it went, and what it would have been. */
export interface LatencyReport {
  schemaVersion: 1;
  runs: number;
  leftOut: { reason: Untimed; runs: number }[];
  cap: number | null;
  alone: readonly string[];
  scenarios: ScenarioReport[];
  /** Shares of the time that every call in a turn of its own would take; `got` and what was lost add up to `possible`. */
  balance: { serialMs: number; got: number; possible: number; lost: { to: Loss; ms: number; share: number }[] };
  /** Of the time the runs took. */
  where: { part: Part; ms: number; share: number }[];
  tools: ToolReport[];
  speculation: ({ tool: string } & Speculation)[];
  /** The slowest run, along its critical path. */
  slowest: { run: string; ms: number; path: Stretch[] } | null;
}

export function latencyReportOf(tally: LatencyTally, options: Omit<WhatIf, 'usualMs'> = {}): LatencyReport {
  const { schedules } = tally;
  const whatIf: WhatIf = { ...options, usualMs: usualMsOf(schedules) };
  const slowest = schedules.reduce<Schedule | undefined>((a, b) => (a === undefined || actualMs(b) > actualMs(a) ? b : a), undefined);
  const paths = schedules.map(criticalPath);
  return {
    schemaVersion: 1,
    runs: schedules.length,
    leftOut: [...tally.leftOut].map(([reason, runs]) => ({ reason, runs })),
    cap: options.cap ?? null,
    alone: options.alone ?? [],
    scenarios: scenarioReports(schedules, whatIf),
    balance: balanceOf(schedules.map((schedule) => ladderOf(schedule, whatIf.usualMs))),
    where: whereOf(paths.flat()),
    tools: toolReports(schedules, paths),
    speculation: [...tally.speculation].map(([tool, sums]) => ({ tool, ...sums })).toSorted((a, b) => b.calls - a.calls),
    slowest: slowest === undefined ? null : { run: slowest.run, ms: actualMs(slowest), path: criticalPath(slowest) },
  };
}

/** Resampled values in all, at most; large sets need fewer resamples. */
const RESAMPLED = 20_000_000;

function scenarioReports(schedules: readonly Schedule[], whatIf: WhatIf): ScenarioReport[] {
  const outcomes = schedules.map((schedule) => scenariosOf(schedule, whatIf));
  const resamples = Math.max(200, Math.min(2000, Math.floor(RESAMPLED / Math.max(1, schedules.length))));
  const once = schedules.map(() => 1);
  const serialMs = sum(outcomes, ({ allSerial }) => allSerial);
  return SCENARIOS.flatMap((scenario): ScenarioReport[] => {
    const values = outcomes.flatMap((outcome, cluster) => {
      const value = outcome[scenario];
      return value === undefined ? [] : [{ cluster, value, weight: 1 }];
    });
    if (values.length === 0) return [];
    const statistics = [quantileOf(values, 0.5), quantileOf(values, 0.95)] as const;
    const intervals = intervalsOf(statistics, schedules.length, { resamples });
    const figure = (i: 0 | 1): Figure => ({
      ms: statistics[i](once) ?? 0,
      interval: schedules.length < TOO_FEW ? null : (intervals[i] ?? null),
    });
    const saved = serialMs === 0 ? 0 : 1 - sum(values, ({ value }) => value) / serialMs;
    return [{ scenario, p50: figure(0), p95: figure(1), saved }];
  });
}

/** Runs below which resampling says nothing. */
const TOO_FEW = 5;

function balanceOf(ladders: readonly Ladder[]): LatencyReport['balance'] {
  const serialMs = sum(ladders, (ladder) => ladder.serialMs);
  const share = (ms: number): number => (serialMs === 0 ? 0 : ms / serialMs);
  const lost = LOSSES.map((to) => {
    const ms = sum(ladders, ({ lostMs }) => lostMs[to]);
    return { to, ms, share: share(ms) };
  });
  const gotMs = sum(ladders, (ladder) => ladder.gotMs);
  return { serialMs, got: share(gotMs), possible: share(gotMs + sum(lost, ({ ms }) => ms)), lost };
}

const PARTS: readonly Part[] = ['model', 'tools', 'queue', 'barrier', 'idle'];

function whereOf(path: readonly Stretch[]): LatencyReport['where'] {
  const total = sum(path, ({ ms }) => ms);
  return PARTS.map((part) => {
    const ms = sum(path, (stretch) => (stretch.part === part ? stretch.ms : 0));
    return { part, ms, share: total === 0 ? 0 : ms / total };
  });
}

function toolReports(schedules: readonly Schedule[], paths: readonly (readonly Stretch[])[]): ToolReport[] {
  const tools = new Map<string, ScheduledCall[]>();
  const floors = new Map<string, number>();
  for (const { calls } of schedules.flatMap(({ turns }) => turns)) {
    for (const call of calls)
      tools
        .set(call.tool, tools.get(call.tool) ?? [])
        .get(call.tool)
        ?.push(call);
    const last = calls.find(({ startMs, ms }) => startMs + ms === batchMs(calls));
    if (calls.length > 1 && last !== undefined) floors.set(last.tool, (floors.get(last.tool) ?? 0) + 1);
  }
  const waited = new Map<string, number>();
  for (const { part, tool, ms } of paths.flat()) waited.set(`${part} ${tool}`, (waited.get(`${part} ${tool}`) ?? 0) + ms);
  return [...tools]
    .map(([tool, calls]) => {
      const times = calls.map(({ ms }) => ms);
      return {
        tool,
        calls: calls.length,
        p50Ms: quantile(times, 0.5) ?? 0,
        p95Ms: quantile(times, 0.95) ?? 0,
        floors: floors.get(tool) ?? 0,
        pathMs: waited.get(`tools ${tool}`) ?? 0,
        queueMs: waited.get(`queue ${tool}`) ?? 0,
        refused: sum(calls, ({ refused }) => Number(refused)),
      };
    })
    .toSorted((a, b) => b.pathMs - a.pathMs);
}

const sum = <T>(list: readonly T[], of: (one: T) => number): number => list.reduce((total, one) => total + of(one), 0);
