import type { ModelCall, Observation, Origin, ToolExecution } from '../model/observation.ts';
import type { DocumentDialect } from './dialect.ts';
import { asArray, asId, asString, isObject, objectIn, parseIfStructured, type Json } from './json.ts';
import { chatMessageOf } from './langchain-messages.ts';
import { answerOf, historyIn, requestOf } from './langsmith-content.ts';
import { periodOf, readOpenAiCall, type Period } from './openai-calls.ts';
import { readResult } from './openai-content.ts';
import { cutAtAnswers } from './shared-histories.ts';
import type { Place } from './span.ts';

/**
 * Runs of LangSmith (https://docs.langchain.com/langsmith/run-data-format), one by one as they are exported or as a tree
 * (`child_runs`): model calls of `wrapOpenAI`, of LangChain, or of a `traceable` of type `llm`; tools; chains.
 */
export const langSmithRuns: DocumentDialect = {
  id: 'langsmith',

  detect: (value) => runsIn(value as Json).some(isRun),

  read: (value, place) => {
    const seen = new Set<unknown>();
    const histories = new Map<unknown, ModelCall[]>();
    const observations: Observation[] = [];
    const runs: [run: Json, parent: string | undefined][] = runsIn(value as Json)
      .filter(isRun)
      .map((run) => [run, undefined]);
    for (let next = runs.shift(); next !== undefined; next = runs.shift()) {
      const [told, parent] = next;
      if (seen.has(told)) continue;
      seen.add(told);
      const run = decoded(told);
      const observation = readRun(run, originOf(run, parent, place));
      observations.push(observation);
      if (observation.kind === 'model') {
        const history = historyOf(run) ?? observation;
        histories.set(history, [...(histories.get(history) ?? []), observation]);
      }
      for (const child of asArray(run['child_runs'])) if (isObject(child)) runs.push([child, asString(run['id'])]);
    }
    for (const calls of histories.values()) cutAtAnswers(calls);
    return observations;
  },
};

/** The runs of a page of the API, or of a body that the SDKs send to it; or the document as the only one. */
function runsIn(value: Json): Json[] {
  const runs = [value['runs'], value['post'], value['patch']].flatMap(asArray).filter(isObject);
  return runs.length > 0 && value['run_type'] === undefined ? runs : [value];
}

const isRun = ({ run_type, trace_id, dotted_order, id }: Json): boolean =>
  typeof run_type === 'string' && [trace_id, dotted_order, id].some((each) => typeof each === 'string');

const NESTED = ['inputs', 'outputs', 'extra', 'child_runs'];

/** In tables what is nested is JSON text. */
function decoded(run: Json): Json {
  const cells = NESTED.filter((key) => typeof run[key] === 'string').map((key) => [key, parseIfStructured(run[key])] as const);
  return cells.length === 0 ? run : { ...run, ...Object.fromEntries(cells) };
}

function readRun(run: Json, origin: Origin): Observation {
  if (run['run_type'] === 'llm') return readModelCall(run, origin);
  const common = { dialect: langSmithRuns.id, origin, name: asString(run['name']) ?? 'unknown', ...timesOf(run) };
  return run['run_type'] === 'tool' ? readTool(run, common) : { kind: 'scope', agent: false, ...common };
}

function originOf(run: Json, parent: string | undefined, place: Place): Origin {
  // `<time>Z<id>`, from the root down to the run itself.
  const path = (asString(run['dotted_order']) ?? '').split('.').map((step) => asString(step.split('Z').at(-1)));
  const traceId = asString(run['trace_id']) ?? path[0];
  const spanId = asString(run['id']) ?? path.at(-1);
  const parentSpanId = asString(run['parent_run_id']) ?? parent ?? path.at(-2);
  return {
    ...place,
    ...(traceId !== undefined && { traceId }),
    ...(spanId !== undefined && { spanId }),
    ...(parentSpanId !== undefined && { parentSpanId }),
  };
}

function readModelCall(run: Json, origin: Origin): ModelCall {
  const [inputs, outputs, metadata] = [objectIn(run, 'inputs'), objectIn(run, 'outputs'), metadataOf(run)];
  const extra = objectIn(run, 'extra');
  const tools = [inputs, objectIn(extra, 'invocation_params'), objectIn(extra, 'options')].map((each) => each['tools']).find(Array.isArray);
  const request = { model: metadata['ls_model_name'], ...inputs, ...requestOf(inputs), tools };
  const around = { ...run, conversation_id: conversationOf(metadata), session_id: undefined };
  return { ...readOpenAiCall(request, answerOf(outputs, metadata), around, langSmithRuns.id, origin), provider: providerOf(metadata) };
}

/** The list that a model call was given: the very one, which tells that two calls were given the same. */
const historyOf = (run: Json): unknown[] | undefined => historyIn(objectIn(run, 'inputs'));

function readTool(run: Json, common: Pick<ToolExecution, 'dialect' | 'origin' | 'name' | 'start' | 'end'>): ToolExecution {
  const outputs = run['outputs'];
  const wrapped = isObject(outputs) ? (outputs['output'] ?? outputs['outputs']) : undefined;
  const message = chatMessageOf(wrapped);
  const callId = [objectIn(run, 'extra')['tool_call_id'], metadataOf(run)['tool_call_id'], message?.['tool_call_id']]
    .map(asId)
    .find(Boolean);
  const error = asString(run['error']);
  const result = message?.['role'] === 'tool' ? readResult(message['content']) : (wrapped ?? outputs);
  const args = isObject(run['inputs']) ? argumentsOf(run['inputs']) : undefined;
  return {
    kind: 'tool',
    ...common,
    ...(callId !== undefined && { callId }),
    ...(args !== undefined && { arguments: args }),
    ...(error === undefined ? result !== undefined && { result } : { error }),
  };
}

/** A function's inputs are the arguments only if it takes them as one object; otherwise what the model sent is not told. */
function argumentsOf(inputs: Json): unknown {
  if (Array.isArray(inputs['args'])) return undefined;
  const keys = Object.keys(inputs);
  if (keys.length !== 1 || keys[0] !== 'input' || typeof inputs['input'] !== 'string') return inputs;
  const parsed = parseIfStructured(inputs['input']);
  return isObject(parsed) ? parsed : undefined;
}

const metadataOf = (run: Json): Json => objectIn(objectIn(run, 'extra'), 'metadata');
const providerOf = (metadata: Json): string => asString(metadata['ls_provider']) ?? 'openai';

/** What LangSmith takes for the id of a thread. */
const conversationOf = (metadata: Json): unknown => metadata['session_id'] ?? metadata['thread_id'] ?? metadata['conversation_id'];

const timesOf = (run: Json): Period => periodOf(run['start_time'], run['end_time']);
