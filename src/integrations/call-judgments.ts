import { toPattern, type AnalyzedRun } from '../analysis/analyze-run.ts';
import type { CallReport, RunReport } from '../analysis/report.ts';
import { findingLines } from '../report/finding-lines.ts';
import { count } from '../report/numbers.ts';
import { safe } from '../report/safe.ts';
import { checkOptions } from './check-options.ts';
import type { Judge, Judgment } from './judgment.ts';

export interface CallOptions {
  /** Names of tools whose calls do not count; `*` matches any characters. */
  except?: readonly string[] | undefined;
  /** How many such calls are allowed, over all runs. Default 0. */
  max?: number | undefined;
}

/** No call is wasted, or no more than allowed. The score is the share of calls with a verdict that are not. */
export const noWastedCalls = judgeCalls({
  rule: 'wasted-call',
  noun: 'call',
  what: 'wasted',
  candidates: (calls) => calls,
  isBad: ({ call }) => call.verdict === 'wasted',
  isKnown: ({ call }) => call.verdict !== 'unknown',
});

/** No call is issued beside one whose result it needed. The score is the share of recorded parallel calls that are not. */
export const noDependentCalls = judgeCalls({
  rule: 'dependent-parallel',
  noun: 'parallel call',
  what: 'issued beside a call whose result it needed',
  candidates: (calls) => calls.filter(({ batchSize }) => batchSize > 1),
  isBad: ({ call }) => call.dependsOn.length > 0,
  isKnown: isRecorded,
});

interface Question {
  /** The rule whose findings are the evidence. */
  rule: string;
  /** "2 of 3 calls wasted" */
  noun: string;
  what: string;
  candidates: (calls: readonly CallReport[]) => readonly CallReport[];
  isBad: (candidate: Candidate) => boolean;
  isKnown: (candidate: Candidate) => boolean;
}

interface Candidate {
  analyzed: AnalyzedRun;
  call: CallReport;
}

function judgeCalls({ rule, what, noun, candidates, isBad, isKnown }: Question): (options?: CallOptions) => Judge {
  return (options = {}) => {
    const { except = [], max = 0 } = checkCallOptions(options);
    const patterns = except.map(toPattern);
    return (runs) => {
      const all = runs.flatMap((analyzed) => analyzed.report.calls.map((call): Candidate => ({ analyzed, call })));
      const judged = runs
        .flatMap((analyzed) => candidates(analyzed.report.calls).map((call): Candidate => ({ analyzed, call })))
        .filter(({ call }) => !patterns.some((pattern) => pattern.test(call.name)));
      if (judged.length === 0) return nothingToJudge(all.length, what);
      const bad = judged.filter(isBad);
      const unknown = judged.filter((candidate) => !isBad(candidate) && !isKnown(candidate));
      const known = judged.length - unknown.length;
      const notes = unknownText(unknown);
      if (known === 0) return { pass: null, score: null, comment: `not applicable: ${notes}` };
      const allowed = max > 0 ? ` (${max} allowed)` : '';
      const head = `${bad.length} of ${count(known, noun)} ${what}${allowed}${notes === '' ? '' : `; ${notes}`}`;
      return {
        pass: bad.length <= max,
        score: (known - bad.length) / known,
        comment: [head, ...runs.flatMap((analyzed) => evidenceLines(analyzed, bad, rule, runs.length > 1))].join('\n').trimEnd(),
      };
    };
  };
}

function checkCallOptions(options: CallOptions): CallOptions {
  checkOptions('options', options, ['except', 'max']);
  const { except, max } = options;
  if (except !== undefined && !Array.isArray(except)) throw new TypeError('`except` is an array of tool names, such as ["log_*"].');
  if (max !== undefined && !(Number.isInteger(max) && max >= 0)) throw new TypeError(`\`max\` is a number of calls, not ${String(max)}.`);
  return options;
}

const nothingToJudge = (calls: number, what: string): Judgment => ({
  pass: null,
  score: null,
  comment: `not applicable: ${calls === 0 ? 'no tool was called' : `none of ${count(calls, 'call')} could be ${what}`}`,
  vacuous: true,
});

/** "3 calls without a verdict: content not recorded"; '' where every call has one. */
function unknownText(unknown: readonly Candidate[]): string {
  const reasons = unknown.map(reasonOf);
  return [...new Set(reasons)]
    .map((reason) => `${count(reasons.filter((other) => other === reason).length, 'call')} without a verdict: ${reason}`)
    .join('; ');
}

function reasonOf(candidate: Candidate): string {
  if (candidate.call.speculative === true) return 'started ahead of need on purpose';
  return isRecorded(candidate) ? 'the trace does not show what became of it' : 'content not recorded';
}

function isRecorded({ analyzed: { run, report }, call }: Candidate): boolean {
  const recorded = run.calls[report.calls.indexOf(call)];
  return run.turns[call.turn]?.captured === true && recorded?.arguments !== undefined;
}

/** The findings of a run, under its name where there are several; a call that the config keeps from being a finding by its verdict. */
function evidenceLines({ report }: AnalyzedRun, bad: readonly Candidate[], rule: string, isNamed: boolean): string[] {
  const shown = new Set<string>();
  const lines = bad.flatMap(({ analyzed, call }) => {
    if (analyzed.report !== report) return [];
    const finding = report.findings.find((each) => each.rule === rule && each.calls[0] === call.id);
    return finding === undefined ? [verdictLine(call, report)] : findingLines(finding, report, shown);
  });
  return lines.length > 0 && isNamed ? [safe(`${report.id}  ${report.source ?? ''}`.trimEnd()), ...lines] : lines;
}

function verdictLine(call: CallReport, report: RunReport): string {
  const others = call.dependsOn.map((id) => report.calls.find((other) => other.id === id)?.name ?? id);
  const waited = others.length === 0 ? '' : `, should have waited for ${others.join(' and ')}`;
  return `  ${safe(`${call.name} (turn ${call.turn + 1}): ${call.verdict}${call.wasted === null ? '' : ` (${call.wasted})`}${waited}`)}`;
}
