import type { Figures, PolicyReport, ToolAdvice } from '../../policy/index.ts';
import type { Block, Cell } from '../evaluation/blocks.ts';
import { count, percent } from '../numbers.ts';

/** What a policy changes, on what evidence, and what it would have brought. */
export function policyBlocks({ tools, agent, replay }: PolicyReport): Block[] {
  const changed = tools.filter(({ change }) => change !== undefined);
  return [
    { kind: 'title', text: changed.length === 0 ? 'Nothing to change about any tool' : `${count(changed.length, 'tool')} to change` },
    ...changed.flatMap((advice) => toolBlocks(advice, replay.before)),
    { kind: 'heading', text: 'The whole agent' },
    {
      kind: 'list',
      items: [
        `parallel tool calls: ${agent.parallelToolCalls}; ${agent.why}`,
        ...(agent.maxToolConcurrency === undefined
          ? []
          : [`at most ${agent.maxToolConcurrency.value} calls at once: ${agent.maxToolConcurrency.why}`]),
      ],
    },
    { kind: 'heading', text: 'Replayed over the given traces' },
    replayTable(replay),
    {
      kind: 'text',
      text: 'A replay takes it that the model heeds the policy; what it then really does, fanlight eval tells.',
      tone: 'dim',
    },
    { kind: 'heading', text: 'Every tool' },
    {
      kind: 'table',
      header: ['', 'effect', 'calls', 'parallel', 'safe', 'dependent', 'wasted', 'change'],
      rows: tools.map(({ evidence, change }) => [
        evidence.tool,
        evidence.effect,
        evidence.calls.toLocaleString('en-US'),
        evidence.parallelCalls.toLocaleString('en-US'),
        evidence.safe.toLocaleString('en-US'),
        evidence.dependent.calls.toLocaleString('en-US'),
        evidence.wastedParallel.toLocaleString('en-US'),
        change === undefined ? '–' : changeText(change),
      ]),
    },
  ];
}

const changeText = (change: NonNullable<ToolAdvice['change']>): string => (change === 'alone' ? 'run alone' : 'wait');

function toolBlocks({ evidence, change, why, fedBy = [], alone }: ToolAdvice, before: Figures): Block[] {
  const on = Object.keys(evidence.dependent.on).toSorted().join(', ');
  return [
    { kind: 'heading', text: change === 'alone' ? `${evidence.tool}: runs alone` : `${evidence.tool}: waits for ${on}` },
    {
      kind: 'list',
      items: [
        why,
        ...fedBy.map(({ argument, tool, field, calls, of }) => `${argument} came from ${field} of ${tool} in ${calls} of ${of} calls`),
        ...(alone === undefined ? [] : [effectText(before, alone)]),
        ...evidence.dependent.examples.slice(0, 3).map(({ run, call, because }) => `${because} (run ${run}, call ${call})`),
      ],
    },
  ];
}

function effectText(before: Figures, after: Figures): string {
  const [from, to] = [before.latencyMs.p50, after.latencyMs.p50];
  const paid = from === null || to === null ? '' : `, p50 ${to < from ? '−' : '+'}${Math.abs(Math.round(to - from))} ms`;
  return `this alone, replayed: wasted parallel calls ${percent(before.wastedParallelRate)} → ${percent(after.wastedParallelRate)}${paid}`;
}

function replayTable({ before, after, parallelOff }: PolicyReport['replay']): Block {
  const row = (label: string, of: (figures: Figures) => string): Cell[] => [label, ...[before, after, parallelOff].map(of)];
  const ms = (value: number | null): string => (value === null ? '–' : `${Math.round(value).toLocaleString('en-US')} ms`);
  return {
    kind: 'table',
    header: ['', 'as it was', 'with the policy', 'parallel off'],
    rows: [
      row('wasted parallel calls', ({ wastedParallelRate }) => percent(wastedParallelRate)),
      row('wasted calls', ({ wastedRate }) => percent(wastedRate)),
      row('dependent calls', ({ dependentCalls }) => dependentCalls.toLocaleString('en-US')),
      row('latency p50', ({ latencyMs }) => ms(latencyMs.p50)),
      row('latency p95', ({ latencyMs }) => ms(latencyMs.p95)),
      row('turns per run', ({ turnsPerRun }) => turnsPerRun.toFixed(2)),
      row('tokens per run', ({ tokensPerRun }) => Math.round(tokensPerRun).toLocaleString('en-US')),
    ],
  };
}
