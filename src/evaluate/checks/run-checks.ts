import { query, type JsonValue } from 'jsonpath-rfc9535';
import type { AnalyzedRun } from '../../analysis/analyze-run.ts';
import { canonicalJson } from '../../model/canonical.ts';
import type { ToolCall } from '../../model/run.ts';
import type { Example } from '../dataset.ts';
import type { CheckResult } from '../result.ts';
import type { Check } from './schema.ts';

/** What a check looks at. */
export interface Checked {
  example: Example;
  answer: string;
  /** The agent's run first, then those of agents it called; none where it left no trace. */
  runs: readonly AnalyzedRun[];
}

/** A check of the suite's own: true or false, or a verdict with its reason. */
export type CheckFunction = (
  checked: Checked,
) => boolean | { passed: boolean; reason: string } | Promise<boolean | { passed: boolean; reason: string }>;

/** Runs an example's checks. One that throws is an error of its own, never a pass. */
export async function runChecks(checked: Checked, functions: Readonly<Record<string, CheckFunction>> = {}): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of checked.example.checks ?? []) {
    const by = check.type === 'called' || check.type === 'sourced' ? 'state' : 'code';
    try {
      const { passed, reason } = await resultOf(check, checked, functions);
      results.push({ by, name: check.name ?? nameOf(check), passed, reason });
    } catch (error) {
      results.push({
        by,
        name: check.name ?? nameOf(check),
        passed: null,
        reason: `the check failed: ${(error as Error)?.message ?? String(error)}`,
      });
    }
  }
  return results;
}

function nameOf(check: Check): string {
  switch (check.type) {
    case 'called':
    case 'sourced':
      return `${check.type} ${check.tool}`;
    case 'function':
      return check.function;
    case 'json':
      return `json ${check.path}`;
    case 'matches':
      return `matches /${check.pattern}/`;
    default:
      return `${check.type} ${JSON.stringify(check.text)}`;
  }
}

type Verdict = { passed: boolean; reason: string };

async function resultOf(check: Check, checked: Checked, functions: Readonly<Record<string, CheckFunction>>): Promise<Verdict> {
  if (check.type === 'called') return called(check, callsOf(checked));
  if (check.type === 'sourced') return sourced(check, callsOf(checked));
  if (check.type !== 'function') return ofAnswer(check, checked.answer);
  const own = Object.hasOwn(functions, check.function) ? functions[check.function] : undefined;
  if (own === undefined) throw new Error(`the suite has no check ${JSON.stringify(check.function)}`);
  const result = await own(checked);
  return typeof result === 'boolean' ? { passed: result, reason: result ? 'passed' : 'did not pass' } : result;
}

const normal = (text: string, ignoreCase = false): string => {
  const trimmed = text.normalize('NFC').replaceAll(/\s+/gu, ' ').trim();
  return ignoreCase ? trimmed.toLocaleLowerCase('en') : trimmed;
};

function ofAnswer(check: Exclude<Check, { type: 'called' | 'sourced' | 'function' }>, answer: string): Verdict {
  const said = `the answer is ${JSON.stringify(answer)}`;
  if (check.type === 'matches') return { passed: new RegExp(check.pattern, check.flags).test(answer), reason: said };
  if (check.type === 'json') {
    const found = query(JSON.parse(answer) as JsonValue, check.path);
    return { passed: found.some((value) => isEqual(value, check.equals)), reason: `${check.path} is ${JSON.stringify(found)}` };
  }
  const [text, wanted] = [normal(answer, check.ignoreCase), normal(check.text, check.ignoreCase)];
  if (check.type === 'exact') return { passed: text === wanted, reason: said };
  return { passed: text.includes(wanted) === (check.type === 'contains'), reason: said };
}

function callsOf({ runs }: Checked): readonly { call: ToolCall; outcome: string }[] {
  if (runs.length === 0) throw new Error('the run left no trace');
  return runs.flatMap(({ run, report }) =>
    run.calls.map((call, i) => ({ call, outcome: wasDeferred(call) ? 'deferred' : (report.calls[i]?.outcome ?? 'missing') })),
  );
}

/** `fanlight/runtime` gave it back for the model to issue again: nothing ran. */
const wasDeferred = ({ spanId, result }: ToolCall): boolean =>
  spanId === undefined && valuesAt(result?.content, '$.deferred').some((value) => value === true);

function called(check: Check & { type: 'called' }, calls: ReturnType<typeof callsOf>): Verdict {
  const wanted = Object.entries(check.arguments ?? {});
  const matching = calls.filter(
    ({ call, outcome }) =>
      call.name === check.tool &&
      (check.outcome === undefined || outcome === check.outcome) &&
      wanted.every(([path, value]) => valuesAt(call.arguments, path).some((found) => isEqual(found, value))),
  );
  const { min, max } = bounds(check.times);
  const passed = matching.length >= min && matching.length <= max;
  return { passed, reason: `${matching.length} such calls of ${check.tool}, ${wantedTimes(min, max)}` };
}

function bounds(times: (Check & { type: 'called' })['times']): { min: number; max: number } {
  if (times === undefined) return { min: 1, max: Infinity };
  return typeof times === 'number' ? { min: times, max: times } : { min: times.min ?? 0, max: times.max ?? Infinity };
}

function wantedTimes(min: number, max: number): string {
  if (min === max) return `${min} wanted`;
  return max === Infinity ? `at least ${min} wanted` : `${min} to ${max} wanted`;
}

/** Of every call that went through: a value that failed has done nothing. */
function sourced(check: Check & { type: 'sourced' }, calls: ReturnType<typeof callsOf>): Verdict {
  for (const { call, outcome } of calls) {
    if (call.name !== check.tool || outcome !== 'ok') continue;
    const offered = calls
      .filter((other) => other.call.name === check.from.tool && other.call.turn < call.turn)
      .flatMap((other) => valuesAt(other.call.result?.content, check.from.result));
    for (const value of valuesAt(call.arguments, check.argument)) {
      if (offered.some((other) => isEqual(other, value))) continue;
      const had = offered.length === 0 ? 'it had given nothing yet' : `it had given ${JSON.stringify(offered)}`;
      return {
        passed: false,
        reason: `${check.tool} was called with ${JSON.stringify(value)}, which ${check.from.tool} never gave: ${had}`,
      };
    }
  }
  return { passed: true, reason: `what ${check.tool} was called with came from ${check.from.tool}` };
}

function valuesAt(value: unknown, path: string): unknown[] {
  const json = typeof value === 'string' ? parsed(value) : value;
  return json === undefined ? [] : query(json as JsonValue, path);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** `5` and `"5"` are the same to a model. */
function isEqual(a: unknown, b: unknown): boolean {
  if (typeof a === 'object' || typeof b === 'object') return canonicalJson(a) === canonicalJson(b);
  return String(a) === String(b);
}
