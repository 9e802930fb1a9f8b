import { analyzeRun, type AnalyzedRun } from '../analysis/analyze-run.ts';
import { analyzeSpans } from '../analysis/analyze-spans.ts';
import type { Config } from '../config/schema.ts';
import { isObject, parseIfStructured, type Json } from '../dialects/json.ts';
import { chatMessageOf } from '../dialects/langchain-messages.ts';
import { langSmithRuns } from '../dialects/langsmith-runs.ts';
import { isWireItem } from '../dialects/openai-items.ts';
import { rebuildRuns } from '../model/rebuild/index.ts';
import type { Run } from '../model/run.ts';
import { safe } from '../report/safe.ts';
import { fromSdk, type SdkSpan } from '../sources/from-sdk.ts';
import type { Problem } from '../sources/problem.ts';
import { readTraces, readValues } from '../sources/read-traces.ts';

/**
 * What an evaluation has in hand: a run, rebuilt or analyzed; a history (chat messages, Responses items, messages of
 * LangChain); an object with `messages`, such as the result of `runAgent`; spans of the OpenTelemetry SDK; OTLP JSON; a run of LangSmith;
 * or an array of these. A text is JSON of one of them, or a path to trace files.
 */
export type Subject = string | object;

export interface SubjectOptions {
  /** As in `fanlight.config.js`: effects of tools, prices, … */
  config?: Config | undefined;
}

/** Subjects that can only be read asynchronously: promises, and paths. */
export type AsyncSubject = PromiseLike<unknown> | string | readonly string[];

/** A subject that holds no run, or is none: the message says what was met and what can be given. */
export class SubjectError extends TypeError {
  override name = 'SubjectError';
}

/**
 * The analyzed runs of a subject, at once where it is in memory.
 *
 * @throws SubjectError where there is none
 */
export function analyzedRuns(subject: unknown, options: SubjectOptions = {}): AnalyzedRun[] | Promise<AnalyzedRun[]> {
  if (isPromise(subject)) return Promise.resolve(subject).then((value) => analyzedRuns(value, options));
  const paths = pathsIn(subject);
  return paths === undefined ? analyzedInMemory(subject, options) : analyzedFiles(paths, options);
}

const isPromise = (value: unknown): value is PromiseLike<unknown> => typeof (value as PromiseLike<unknown> | null)?.then === 'function';

function pathsIn(subject: unknown): string[] | undefined {
  const texts = Array.isArray(subject) ? subject : [subject];
  return texts.length > 0 && texts.every(isPath) ? texts : undefined;
}

/** Neither JSON nor prose, nor standard input, which an evaluation would wait for. */
const isPath = (text: unknown): boolean =>
  typeof text === 'string' && text !== '-' && !/[\n\r]/u.test(text) && typeof parseIfStructured(text) === 'string';

async function analyzedFiles(paths: readonly string[], { config = {} }: SubjectOptions): Promise<AnalyzedRun[]> {
  const problems: Problem[] = [];
  const analyzed: AnalyzedRun[] = [];
  const maxLineBytes = config.reading?.maxLineBytes;
  const reading = { onProblem: (problem: Problem) => problems.push(problem), ...(maxLineBytes !== undefined && { maxLineBytes }) };
  for await (const run of readTraces(paths, reading)) analyzed.push(analyzeRun(run, { config }));
  return some(analyzed, problems, paths.join(', '));
}

/** The same, of what is in memory: a text is JSON and never a path. */
export function analyzedInMemory(subject: unknown, { config = {} }: SubjectOptions): AnalyzedRun[] {
  const found = sort(subject);
  if (found.strange.length > 0) throw noRunIn(nameOf(found.strange[0]));
  const problems: Problem[] = [];
  const observations = found.langSmith.flatMap((run) => langSmithRuns.read(run, { source: 'process' }));
  const read = readValues(found.documents, (problem) => problems.push(problem));
  const runs = [...found.runs, ...found.agentResults.flatMap(runsOfResult), ...rebuildRuns(observations), ...read];
  const ofSpans = analyzeSpans(found.spans.map(fromSdk), { config });
  return some([...found.analyzed, ...runs.map((run) => analyzeRun(run, { config })), ...ofSpans], problems, nameOf(subject));
}

interface Sorted {
  analyzed: AnalyzedRun[];
  runs: Run[];
  spans: SdkSpan[];
  langSmith: object[];
  agentResults: AgentResult[];
  documents: unknown[];
  strange: unknown[];
}

/** More than anyone nests runs. */
const MOST_LEVELS = 8;

/** What of which kind a subject holds; spans and documents of several are read together, since a run may lie in many. */
function sort(subject: unknown, found: Sorted = nothing(), isText = false, levels = MOST_LEVELS): Sorted {
  const value = parseIfStructured(subject);
  const isJson = isText || typeof subject === 'string';
  if (Array.isArray(value) && levels > 0) {
    const messages = value.map((item) => chatMessageOf(item));
    if (messages.some(isWireItem)) found.documents.push({ messages });
    else for (const item of value) sort(item, found, isJson, levels - 1);
  } else if (!isObject(value)) found.strange.push(value);
  // A text may be a model's: it does not say what the analysis of it is.
  else if (isJson) found.documents.push(value);
  else if (isRun(value['run']) && isObject(value['report'])) found.analyzed.push(value as unknown as AnalyzedRun);
  else if (isRun(value)) found.runs.push(value);
  else if (typeof value['spanContext'] === 'function') found.spans.push(value as unknown as SdkSpan);
  else if (langSmithRuns.detect(value)) found.langSmith.push(value);
  else if (isAgentResult(value)) found.agentResults.push(value);
  else if (Array.isArray(value['messages']))
    found.documents.push({ ...value, messages: value['messages'].map((item) => chatMessageOf(item)) });
  else found.documents.push(value);
  return found;
}

const isRun = (value: unknown): value is Run & Json =>
  isObject(value) && typeof value['dialect'] === 'string' && ['turns', 'calls', 'trailing'].every((key) => Array.isArray(value[key]));

const nothing = (): Sorted => ({ analyzed: [], runs: [], spans: [], langSmith: [], agentResults: [], documents: [], strange: [] });

/** What `runAgent` gives back, as far as it is read. */
interface AgentResult extends Json {
  messages: unknown[];
  usage: { input: number; output: number };
}

const isAgentResult = (value: Json): value is AgentResult =>
  Array.isArray(value['messages']) && isObject(value['usage']) && typeof value['usage']['input'] === 'number';

/** The tokens of an agent's result are those of all its turns; the last one has them. */
function runsOfResult({ messages, usage }: AgentResult): Run[] {
  const runs = readValues([{ messages }], () => {});
  const last = runs[0]?.turns.at(-1);
  if (last !== undefined) last.usage = { inputTokens: usage.input, outputTokens: usage.output };
  return runs;
}

function some(analyzed: AnalyzedRun[], problems: readonly Problem[], where: string): AnalyzedRun[] {
  if (analyzed.length > 0) return analyzed;
  const reasons = problems.map(({ source, line, reason }) => `${source}${line === undefined ? '' : `:${line}`}: ${reason}`);
  throw noRunIn(where, reasons);
}

/** What was met may come from a model. */
const noRunIn = (where: string, reasons: readonly string[] = []): SubjectError =>
  new SubjectError([`fanlight finds no run in ${where}. ${EXPECTED}`, ...reasons].map(safe).join('\n'));

const EXPECTED =
  'Give an array of chat messages or Responses items, the result of runAgent, a run, finished spans of the OpenTelemetry SDK, OTLP JSON, or a path to trace files.';

function nameOf(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${value.length}`;
  if (value === null || value === undefined) return String(value);
  if (typeof value !== 'object')
    return `${typeof value === 'string' ? 'the text' : `the ${typeof value}`} ${JSON.stringify(String(value).slice(0, 80))}`;
  if (langSmithRuns.detect(value))
    return 'a run of LangSmith with no traced model call below it (`wrapOpenAI`, or a `traceable` of type llm)';
  return `an object with ${Object.keys(value).slice(0, 6).join(', ') || 'nothing in it'}`;
}
