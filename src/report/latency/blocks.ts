import type { Part } from '../../analysis/latency/path.ts';
import type { Figure, LatencyReport, ToolReport } from '../../analysis/latency/report.ts';
import type { Scenario } from '../../analysis/latency/scenarios.ts';
import type { ReportProblem } from '../../analysis/report.ts';
import type { Block, Cell } from '../evaluation/blocks.ts';
import { problemBlocks } from '../evaluation/blocks.ts';
import { count, duration, percent } from '../numbers.ts';
import { tenthsOf, toTenths } from './percentages.ts';

const SCENARIO_WORDS: Record<Scenario, string> = {
  allSerial: 'one call a turn',
  actual: 'as it was',
  asBatched: 'same batches, no stragglers, no queue',
  independentAtOnce: 'everything independent at once',
  flaggedAlone: 'named tools alone',
};

const PART_WORDS: Record<Part, string> = {
  model: 'model',
  tools: 'tools',
  queue: 'waiting for a slot',
  barrier: 'held back for siblings',
  idle: 'neither model nor tools',
};

export function latencyBlocks(report: LatencyReport, problems: readonly ReportProblem[]): Block[] {
  const { runs, leftOut, cap, alone } = report;
  const notes = [
    ...(cap === null ? [] : [`at most ${count(cap, 'call')} at once`]),
    ...(alone.length === 0 ? [] : [`alone: ${alone.join(', ')}`]),
  ];
  return [
    { kind: 'title', text: `Latency of ${count(runs, 'run')}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}` },
    ...leftOut.map(({ reason, runs: left }): Block => ({ kind: 'text', text: `${count(left, 'run')} left out: ${reason}.`, tone: 'note' })),
    { kind: 'text', text: balanceText(report.balance) },
    { kind: 'heading', text: 'What it was, and would have been' },
    scenarioTable(report),
    { kind: 'text', text: 'With 95 % intervals. A further turn is taken to last as long as the mean turn of its run.', tone: 'dim' },
    { kind: 'heading', text: 'What the runs waited for' },
    {
      kind: 'table',
      header: ['', 'time', 'share'],
      rows: report.where.filter(({ ms }) => ms > 0).map(({ part, ms, share }) => [PART_WORDS[part], duration(ms), percent(share)]),
    },
    ...toolBlocks(report),
    ...speculationBlocks(report),
    ...slowestBlocks(report),
    ...problemBlocks(problems),
  ];
}

/** "You got 18.2 % of a possible 41.0 %; the rest went to missed parallelism 14.8 %, stragglers 8.0 %." */
export function balanceText({ got, possible, lost }: LatencyReport['balance']): string {
  const [gotTenths, possibleTenths] = [toTenths(got), toTenths(possible)];
  const lostTenths = tenthsOf(
    lost.map(({ share }) => share),
    possibleTenths - gotTenths,
  );
  const shown = (tenths: number): string => `${(tenths / 10).toFixed(1)} %`;
  const rest = lost
    .map(({ to }, i) => ({ to, tenths: lostTenths[i] ?? 0 }))
    .filter(({ tenths }) => tenths !== 0)
    .toSorted((a, b) => b.tenths - a.tenths)
    .map(({ to, tenths }) => `${to} ${shown(tenths)}`);
  const head =
    gotTenths >= 0
      ? `You got ${shown(gotTenths)} of a possible ${shown(possibleTenths)}`
      : `You lost ${shown(-gotTenths)} where ${shown(possibleTenths)} were possible`;
  return `${head}, measured against one call a turn${rest.length === 0 ? '' : `; the rest went to ${rest.join(', ')}`}.`;
}

function scenarioTable({ scenarios }: LatencyReport): Block {
  const interval = ({ interval: ends }: Figure): Cell => ({
    text: ends === null ? '' : `${duration(ends[0])} – ${duration(ends[1])}`,
    tone: 'dim',
  });
  return {
    kind: 'table',
    header: ['', 'p50', '', 'p95', '', 'saved'],
    rows: scenarios.map(({ scenario, p50, p95, saved }) => [
      SCENARIO_WORDS[scenario],
      duration(p50.ms),
      interval(p50),
      duration(p95.ms),
      interval(p95),
      percent(saved),
    ]),
  };
}

const MOST_TOOLS = 12;

function toolBlocks({ tools }: LatencyReport): Block[] {
  if (tools.length === 0) return [];
  const more = [
    { name: 'for a slot', isShown: tools.some(({ queueMs }) => queueMs >= 1), of: (tool: ToolReport) => duration(tool.queueMs) },
    { name: 'refused', isShown: tools.some(({ refused }) => refused > 0), of: (tool: ToolReport) => tool.refused.toLocaleString('en-US') },
  ].filter(({ isShown }) => isShown);
  return [
    { kind: 'heading', text: 'Tools, by the time the runs waited for them' },
    {
      kind: 'table',
      header: ['', 'waited for', 'calls', 'p50', 'p95', 'came last in', ...more.map(({ name }) => name)],
      rows: tools
        .slice(0, MOST_TOOLS)
        .map((tool) => [
          tool.tool,
          duration(tool.pathMs),
          tool.calls.toLocaleString('en-US'),
          duration(tool.p50Ms),
          duration(tool.p95Ms),
          count(tool.floors, 'parallel batch', 'parallel batches'),
          ...more.map(({ of }) => of(tool)),
        ]),
    },
    ...(tools.length > MOST_TOOLS
      ? [{ kind: 'text' as const, text: `and ${count(tools.length - MOST_TOOLS, 'more tool')}`, tone: 'dim' as const }]
      : []),
  ];
}

function speculationBlocks({ speculation }: LatencyReport): Block[] {
  if (speculation.length === 0) return [];
  return [
    { kind: 'heading', text: 'Calls issued ahead of need, on purpose' },
    {
      kind: 'table',
      header: ['', 'calls', 'won', 'lost', 'time saved', 'held up its batch', 'tokens lost'],
      rows: speculation.map(({ tool, calls, won, lost, savedMs, heldUpMs, lostTokens }) => [
        tool,
        ...[calls, won, lost].map((n) => n.toLocaleString('en-US')),
        duration(savedMs),
        duration(heldUpMs),
        `about ${lostTokens.toLocaleString('en-US')}`,
      ]),
    },
  ];
}

function slowestBlocks({ slowest }: LatencyReport): Block[] {
  if (slowest === null) return [];
  return [
    { kind: 'heading', text: `The slowest run, along its critical path: ${slowest.run}, ${duration(slowest.ms)}` },
    {
      kind: 'table',
      header: ['', 'waited for', 'time'],
      rows: slowest.path
        .filter(({ ms }) => ms >= 1)
        .map(({ turn, part, ms, tool }) => [
          `turn ${turn + 1}`,
          part === 'tools' && tool !== undefined ? tool : tool === undefined ? PART_WORDS[part] : `${tool}: ${PART_WORDS[part]}`,
          duration(ms),
        ]),
    },
  ];
}
