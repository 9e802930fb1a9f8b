import type { AnalyzedRun } from '../analysis/analyze-run.ts';
import type { Run, ToolCall, Turn } from '../model/run.ts';
import type { Effect } from '../provenance/effect.ts';

/** What a replay has to know of a call. */
export interface CallSketch {
  id: string;
  tool: string;
  effect: Effect;
  /** Undefined where the trace has no times. */
  ms: number | undefined;
  verdict: 'used' | 'wasted' | 'unknown';
  /** Put aside, and the same work issued again later in the run. */
  superseded: boolean;
  /** Tools of the siblings it should have waited for. */
  dependsOn: string[];
  /** What it guessed, in the finding's words. */
  because: string | undefined;
  rateLimited: boolean;
}

export interface TurnSketch {
  /** Undefined where the trace has no times. */
  modelMs: number | undefined;
  inputTokens: number;
  outputTokens: number;
  calls: CallSketch[];
}

/** A run, small enough to keep: a policy is found in all of them and then tried on each. */
export interface RunSketch {
  id: string;
  ms: number | undefined;
  turns: TurnSketch[];
}

export function sketchOf({ run, report }: AnalyzedRun): RunSketch {
  const byId = new Map(run.calls.map((call, i) => [call.id, { call, report: report.calls[i] }]));
  const about = (rule: string, id: string): string | undefined =>
    report.findings.find((finding) => finding.rule === rule && finding.calls[0] === id)?.message;
  const limited = new Set(report.findings.filter(({ rule }) => rule === 'rate-limited').flatMap(({ calls }) => calls));
  const callOf = (call: ToolCall): CallSketch => {
    const said = byId.get(call.id)?.report;
    return {
      id: call.id,
      tool: call.name,
      effect: said?.effect ?? 'unknown',
      ms: lengthOf(call),
      verdict: said?.verdict ?? 'unknown',
      superseded: said?.wasted === 'superseded',
      dependsOn: [...new Set((said?.dependsOn ?? []).flatMap((id) => byId.get(id)?.call.name ?? []))],
      because: about('dependent-parallel', call.id),
      rateLimited: limited.has(call.id),
    };
  };
  return {
    id: run.id,
    ms: lengthOf(run),
    turns: run.turns.filter(({ kept }) => kept).map((turn) => turnOf(turn, callOf)),
  };
}

const turnOf = (turn: Turn, callOf: (call: ToolCall) => CallSketch): TurnSketch => ({
  modelMs: modelMs(turn),
  inputTokens: turn.usage?.inputTokens ?? 0,
  outputTokens: turn.usage?.outputTokens ?? 0,
  calls: turn.calls.filter(({ origin }) => origin === 'model').map(callOf),
});

/** Some writers' model spans last as long as the tools: the model was done when the first of them began. */
function modelMs({ start, end, calls }: Turn): number | undefined {
  if (start === undefined || end === undefined) return undefined;
  const began = Math.min(...calls.flatMap((call) => (call.start === undefined ? [] : [call.start])));
  return Math.max(0, Math.min(end, began) - start);
}

function lengthOf({ start, end }: Pick<Run, 'start' | 'end'> | Pick<ToolCall, 'start' | 'end'>): number | undefined {
  return start === undefined || end === undefined || end < start ? undefined : end - start;
}
