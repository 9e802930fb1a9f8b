import type { Finding } from '../../../analyzers/finding.ts';
import type { AnalyzedRun } from '../../analysis/analyze-run.ts';
import type { CallReport } from '../../analysis/report.ts';
import type { ContextItem, ToolCall, Turn, Waits } from '../../model/run.ts';
import type { PageCall, PageFinding, PageRun, PageSaid, PageTurn, Shown } from '../page-data.ts';
import { costText } from '../numbers.ts';
import { evidenceText, sortFindings } from '../words.ts';
import { Marks } from './marks.ts';
import { printedJson, type Printed } from './printed-json.ts';
import { scriptJson } from './script-json.ts';
import { SENTENCE, short } from './short-text.ts';
import { fairLimit, shownText, type Range } from './shown-text.ts';

/** Bytes that what was said, and what was sent and answered, may take in the page for one run. */
const SAID = 3_500;
const SENT = 6_500;
/** The least that each text keeps of them. */
const LEAST = 160;
/** Milliseconds; what is shorter is no wait but how long starting a call takes. */
const LEAST_WAIT = 10;

/** All that the page shows of one run. */
export function pageRun({ run, report, uses }: AnalyzedRun): PageRun {
  const index = new Map(run.calls.map((call, i) => [call.id, i]));
  const indices = (ids: readonly string[]): number[] => ids.flatMap((id) => index.get(id) ?? []);
  const began = beganAt(run.turns, run.calls);
  const at = ({ start, end }: { start?: number; end?: number }): { at?: [number, number] } =>
    start === undefined || end === undefined ? {} : { at: [round(start - began), round(Math.max(end, start) - began)] };

  const marks = new Marks(report.findings);
  const printed = new Map(
    run.calls.map((call) => [call, { arguments: printedJson(call.arguments), result: printedJson(call.result?.content) }]),
  );
  const showSent = shower(
    [...printed.values()].flatMap((both) => [both.arguments.text, both.result.text]),
    SENT,
  );
  const heard = [...run.turns.flatMap(({ context }) => context), ...run.trailing].filter(isSaid);
  const showSaid = shower([...run.turns.map(({ text }) => text.join('\n')), ...heard.map(({ text }) => text)], SAID);

  const calls = run.calls.map((call, i): PageCall => {
    const verdict = report.calls[i] as CallReport;
    const texts = printed.get(call) as Record<'arguments' | 'result', Printed>;
    const shown = (part: 'arguments' | 'result'): Shown => showSent(texts[part].text, marks.of(call.id, part, texts[part]));
    const usedBy = uses
      .filter(({ of }) => of === call)
      .map((use) => ({ turn: use.turn.index, ...(use.call !== undefined && { call: index.get(use.call.id) ?? 0 }) }));
    return {
      id: short(call.id),
      name: short(call.name),
      turn: call.turn,
      ...at(call),
      ...(call.waits !== undefined && waitsOf(call.waits)),
      ...(call.arguments !== undefined && { arguments: shown('arguments') }),
      ...(call.result?.content !== undefined && { result: shown('result') }),
      ...(verdict.outcome === 'error' && { failed: true }),
      ...(verdict.effect !== 'unknown' && { effect: verdict.effect }),
      ...(verdict.verdict !== 'used' && { verdict: verdict.verdict }),
      ...(verdict.wasted !== null && { wasted: verdict.wasted }),
      confidence: Math.round(verdict.confidence * 100) / 100,
      ...(call.speculative && { speculative: true }),
      ...(verdict.dependsOn.length > 0 && { dependsOn: indices(verdict.dependsOn) }),
      ...(usedBy.length > 0 && { usedBy }),
    };
  });

  const said = (items: readonly ContextItem[]): PageSaid[] =>
    items.filter(isSaid).map(({ kind, text }) => ({ by: kind as PageSaid['by'], text: showSaid(text) }));
  return {
    turns: run.turns.map((turn): PageTurn => ({
      ...at(turn),
      ...turnDetail(turn),
      ...textOf(turn, showSaid),
      ...some('heard', said(turn.context)),
    })),
    calls,
    findings: costsToldOnce(sortFindings(report.findings).map((finding) => pageFinding(finding, indices, report))),
    ...some('trailing', said(run.trailing)),
    ...(Number.isFinite(began) && { began }),
  };
}

const round = (ms: number): number => Math.round(ms * 10) / 10;
function waitsOf({ barrierMs, slotMs }: Waits): Pick<PageCall, 'waits'> {
  const [barrier, slot] = [barrierMs, slotMs].map((ms) => (ms < LEAST_WAIT ? 0 : round(ms))) as [number, number];
  return barrier + slot === 0 ? {} : { waits: [barrier, slot] };
}

const isSaid = ({ kind }: ContextItem): boolean => kind !== 'system';
const some = <K extends string, T>(key: K, items: T[]): Partial<Record<K, T[]>> =>
  items.length === 0 ? {} : ({ [key]: items } as Record<K, T[]>);

function beganAt(turns: readonly Turn[], calls: readonly ToolCall[]): number {
  const starts = [...turns, ...calls].flatMap(({ start }) => (start === undefined ? [] : [start]));
  return starts.reduce((a, b) => Math.min(a, b), Infinity);
}

type Show = (text: string, marks?: readonly Range[]) => Shown;

/** Cuts texts so that all of them together stay within a budget, as they are written into the page. */
function shower(texts: readonly string[], budget: number): Show {
  const bytes = (text: string): number => Buffer.byteLength(scriptJson(text));
  const limit = fairLimit(texts.map(bytes), budget, LEAST);
  return (text, marks = []) => shownText(text, marks, Math.floor((limit * text.length) / Math.max(1, bytes(text))));
}

function turnDetail({ model, usage, error, kept }: Turn): Partial<PageTurn> {
  return {
    ...(model !== undefined && { model: short(model) }),
    ...(usage !== undefined && { tokens: [usage.inputTokens ?? 0, usage.outputTokens ?? 0] }),
    ...(error !== undefined && { error: short(error, SENTENCE) }),
    ...(!kept && { dropped: true }),
  };
}

const textOf = ({ text }: Turn, show: Show): Partial<PageTurn> => (text.length === 0 ? {} : { text: show(text.join('\n')) });

/** What a call costs stands under the first of its findings: under each it would read as if it came twice. */
function costsToldOnce(findings: readonly PageFinding[]): PageFinding[] {
  const told = new Map<string, string>();
  return findings.map((finding) => {
    const { rule, cost, calls } = finding;
    if (cost === undefined || calls[0] === undefined) return finding;
    const key = `${calls[0]} ${cost}`;
    const under = told.get(key);
    if (under !== undefined) return { ...finding, cost: `counted above, under ${under}: it is the same call` };
    told.set(key, rule);
    return finding;
  });
}

function pageFinding(finding: Finding, indices: (ids: readonly string[]) => number[], report: AnalyzedRun['report']): PageFinding {
  const cost = costText(finding.cost);
  return {
    rule: finding.rule,
    severity: finding.severity,
    message: short(finding.message, SENTENCE),
    calls: indices(finding.calls),
    confidence: Math.round(finding.confidence * 100) / 100,
    evidence: finding.evidence.map((evidence) => short(evidenceText(evidence, report), SENTENCE)),
    ...(cost !== '' && { cost }),
    ...(finding.fix !== undefined && { fix: short(finding.fix, SENTENCE) }),
  };
}
