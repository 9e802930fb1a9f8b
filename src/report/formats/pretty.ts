import { styleText } from 'node:util';
import type { AnalyzedRun } from '../../analysis/analyze-run.ts';
import type { CallReport, RunReport, Summary } from '../../analysis/report.ts';
import type { Ending, Format, Output } from '../format.ts';
import { findingLines, type Paint } from '../finding-lines.ts';
import { count, duration, dollars } from '../numbers.ts';
import { excerpt } from '../../../analyzers/places.ts';
import { problemsBySource, problemText, shownProblems } from '../problems.ts';
import { judgedCalls, judgedParallelCalls, rateText } from '../rates.ts';
import { safe } from '../safe.ts';
import { sortFindings } from '../words.ts';

/** For people at a terminal: each run that has findings, as a tree of batches, then what it adds up to. */
export function pretty(): Format {
  return {
    id: 'pretty',
    start: () => {},
    run: (analyzed, output) => {
      if (analyzed.report.findings.length > 0) output.write(`${runText(analyzed, painter(output))}\n`);
    },
    end: (ending, output) => output.write(endText(ending, painter(output))),
  };
}

export const painter =
  ({ colour }: Pick<Output, 'colour'>): Paint =>
  (style, text) =>
    colour ? styleText(style, text, { validateStream: false } as never) : text;

function runText({ run, report }: AnalyzedRun, paint: Paint): string {
  const length = run.start !== undefined && run.end !== undefined ? `, ${duration(run.end - run.start)}` : '';
  const head = `${paint('bold', safe(report.id))}  ${paint('dim', `${count(report.turns, 'turn')}, ${count(report.calls.length, 'tool call')}${length}  ${safe(run.source)}`)}`;
  const asked = run.turns.flatMap((turn) => turn.context).find((item) => item.kind === 'user')?.text;
  const flagged = new Set(report.findings.flatMap((finding) => finding.calls));
  const turns = [...new Set(report.calls.filter((call) => flagged.has(call.id)).map((call) => call.turn))];
  const left = new Set(report.calls.map((call) => call.turn)).size - turns.length;
  // Two rules may rest on the same evidence; it is shown once.
  const shown = new Set<string>();
  return [
    head,
    ...(asked === undefined ? [] : [`  ${paint('italic', safe(`“${excerpt(asked, 100)}”`))}`]),
    ...turns.toSorted((a, b) => a - b).flatMap((turn) => batchLines(turn, report, paint)),
    ...(left > 0 ? [paint('dim', `  (${count(left, 'turn')} with nothing to say)`)] : []),
    '',
    ...sortFindings(report.findings).flatMap((finding) => findingLines(finding, report, shown, paint)),
  ].join('\n');
}

function batchLines(turn: number, report: RunReport, paint: Paint): string[] {
  const calls = report.calls.filter((call) => call.turn === turn);
  const width = Math.min(40, Math.max(...calls.map((call) => safe(call.name).length)));
  const title = calls.length > 1 ? `turn ${turn + 1}, ${calls.length} calls at once` : `turn ${turn + 1}`;
  return [
    paint('dim', `  ${title}`),
    ...calls.map((call, i) => {
      const branch = paint('dim', i === calls.length - 1 ? '  └─' : '  ├─');
      const time = call.durationMs === undefined ? '' : ` ${duration(call.durationMs).padStart(7)}`;
      return `${branch} ${mark(call, paint)} ${safe(call.name).padEnd(width)}${time}  ${verdictText(call, report, paint)}`;
    }),
  ];
}

const mark = (call: CallReport, paint: Paint): string =>
  call.verdict === 'wasted' ? paint('red', '✗') : call.verdict === 'used' ? paint('green', '✓') : paint('dim', '·');

function verdictText(call: CallReport, report: RunReport, paint: Paint): string {
  const text = call.verdict === 'wasted' ? paint('red', `wasted (${call.wasted})`) : paint('dim', call.verdict);
  if (call.dependsOn.length === 0) return text;
  const names = call.dependsOn.map((id) => safe(report.calls.find((other) => other.id === id)?.name ?? id));
  return `${text}  ${paint('yellow', `← should have waited for ${[...new Set(names)].join(' and ')}`)}`;
}

function endText({ summary, problems }: Ending, paint: Paint): string {
  const { shown, rest } = shownProblems(problems);
  const lines = [
    ...(problems.length === 0
      ? []
      : [
          paint('yellow', `${problemsBySource(problems)}:`),
          ...shown.map((problem) => `  ${safe(problemText(problem))}`),
          ...(rest === undefined ? [] : [`  ${rest}`]),
          '',
        ]),
    paint('bold', 'Summary'),
    ...summaryRows(summary).map(([name, value, note]) => `  ${name.padEnd(22)}${value}${note === '' ? '' : paint('dim', `  ${note}`)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function usdNote({ wasted, unpricedRuns }: NonNullable<Summary['usd']>): string {
  return `${dollars(wasted)} of it for wasted calls${unpricedRuns === 0 ? '' : `; ${count(unpricedRuns, 'run')} of models without a price left out`}`;
}

/** Which dialects, and how many runs of each where there are several. */
function dialectsText(dialects: NonNullable<Summary['dialects']>): string {
  const read = Object.entries(dialects);
  return read.map(([id, runs]) => (read.length === 1 ? safe(id) : `${safe(id)} ${runs}`)).join(', ') || '–';
}

/** The rows of the summary: name, value, what it is made of. */
export function summaryRows(summary: Summary): [string, string, string][] {
  const kinds = Object.entries(summary.wastedByKind).filter(([, n]) => n > 0);
  const [judged, judgedParallel] = [judgedCalls(summary), judgedParallelCalls(summary)];
  const { p50, p95 } = summary.latencyMs;
  const { usd } = summary;
  return [
    ['runs', count(summary.runs, 'run'), count(summary.turns, 'turn')],
    ...(summary.dialects === undefined ? [] : [['read as', dialectsText(summary.dialects), ''] as [string, string, string]]),
    [
      'tool calls',
      String(summary.toolCalls),
      `${count(summary.batches, 'batch', 'batches')}, ${summary.parallelBatches} of them parallel with ${count(summary.parallelCalls, 'call')}`,
    ],
    [
      'wasted calls',
      rateText(summary.wastedRate, judged),
      `${summary.wastedCalls} of ${judged}${kinds.length === 0 ? '' : `: ${kinds.map(([kind, n]) => `${n} ${kind}`).join(', ')}`}`,
    ],
    ['  in parallel batches', rateText(summary.wastedParallelRate, judgedParallel), count(summary.wastedParallelCalls, 'call')],
    // Whether a call had to wait may be known where its verdict is not.
    [
      'dependent calls',
      rateText(summary.dependentRate, judgedParallel + summary.dependentCalls),
      `${summary.dependentCalls} of ${count(summary.parallelCalls, 'parallel call')}`,
    ],
    ...(summary.unknownCalls === 0
      ? []
      : [
          [
            'unknown',
            String(summary.unknownCalls),
            `not recorded, or the trace ends first${summary.speculativeCalls > 0 ? `; ${summary.speculativeCalls} speculative on purpose` : ''}`,
          ] as [string, string, string],
        ]),
    [
      'tokens wasted',
      `about ${summary.tokens.wasted.toLocaleString('en-US')}`,
      summary.tokens.input > 0 ? `of ${(summary.tokens.input + summary.tokens.output).toLocaleString('en-US')} recorded` : '',
    ],
    ...(usd === undefined || usd.unpricedRuns === summary.runs
      ? []
      : [['cost', dollars(usd.total), usdNote(usd)] as [string, string, string]]),
    ...(p50 === null || p95 === null ? [] : [['latency', `p50 ${duration(p50)}, p95 ${duration(p95)}`, ''] as [string, string, string]]),
  ];
}
