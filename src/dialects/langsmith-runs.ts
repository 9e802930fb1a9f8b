import type { Message, Part } from '../model/message.ts';
import type { ModelCall, Observation, Origin, ToolExecution } from '../model/observation.ts';
import type { DocumentDialect } from './dialect.ts';
import { asArray, asId, asString, isObject, parseIfStructured, type Json } from './json.ts';
import { chatMessageOf } from './langchain-messages.ts';
import { periodOf, readOpenAiCall, type Period } from './openai-calls.ts';
import { readResult } from './openai-content.ts';
import { isWireItem } from './openai-items.ts';
import type { Place } from './span.ts';

/**
 * Runs of LangSmith (https://docs.langchain.com/langsmith/run-data-format), one by one as they are exported or as a tree
 * (`child_runs`): model calls of `wrapOpenAI`, of LangChain, or of a `traceable` of type `llm`; tools; chains.
 */
export const langSmithRuns: DocumentDialect = {
  id: 'langsmith',

  detect: (value) => {
    const { run_type, trace_id, dotted_order, id } = value as Json;
    return typeof run_type === 'string' && [trace_id, dotted_order, id].some((each) => typeof each === 'string');
  },

  read: (value, place) => {
    const seen = new Set<unknown>();
    const histories = new Map<unknown, ModelCall[]>();
    const observations: Observation[] = [];
    const runs: [run: Json, parent: string | undefined][] = [[value as Json, undefined]];
    for (let next = runs.shift(); next !== undefined; next = runs.shift()) {
      const [run, parent] = next;
      if (seen.has(run)) continue;
      seen.add(run);
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

function readRun(run: Json, origin: Origin): Observation {
  if (run['run_type'] === 'llm') return readModelCall(run, origin);
  const common = { dialect: langSmithRuns.id, origin, name: asString(run['name']) ?? 'unknown', ...timesOf(run) };
  return run['run_type'] === 'tool' ? readTool(run, common) : { kind: 'scope', agent: false, ...common };
}

function originOf(run: Json, parent: string | undefined, place: Place): Origin {
  const spanId = asString(run['id']);
  const traceId = asString(run['trace_id']) ?? asString(run['dotted_order'])?.split('.')[0]?.split('Z').at(-1);
  const parentSpanId = asString(run['parent_run_id']) ?? parent;
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

/** Messages or items of the request, wherever the traced function takes them. */
function requestOf(inputs: Json): Json {
  const history = historyIn(inputs);
  if (history === undefined) return {};
  return { messages: history.map(chatMessageOf) };
}

/** The list that a model call was given: the very one, which tells that two calls were given the same. */
const historyOf = (run: Json): unknown[] | undefined => historyIn(objectIn(run, 'inputs'));

function historyIn(inputs: Json): unknown[] | undefined {
  const [first] = asArray(inputs['messages']);
  // LangChain's models take several conversations at once; there is one.
  if (Array.isArray(first)) return first;
  const candidates = [inputs['messages'], inputs['input'], ...asArray(inputs['args'])];
  return candidates.find((list): list is unknown[] => Array.isArray(list) && list.some((item) => isWireItem(chatMessageOf(item))));
}

/** The answer as the API gives it, `usage_metadata` being what LangSmith makes of its usage. */
function answerOf(outputs: Json, metadata: Json): Json {
  const generations = asArray(asArray(outputs['generations'])[0]).filter(isObject);
  const [generation] = generations;
  if (generation !== undefined) {
    const kwargs = objectIn(objectIn(generation, 'message'), 'kwargs');
    const choices = generations.map(({ message, text }) => ({ message: chatMessageOf(message) ?? { role: 'assistant', content: text } }));
    const usage = kwargs['usage_metadata'] ?? objectIn(kwargs, 'response_metadata')['usage'] ?? metadata['usage_metadata'];
    return { choices, usage, model: objectIn(kwargs, 'response_metadata')['model_name'] };
  }
  const usage = outputs['usage'] ?? outputs['usage_metadata'] ?? metadata['usage_metadata'];
  if (Array.isArray(outputs['choices']) || Array.isArray(outputs['output'])) return { ...outputs, usage };
  const said = [outputs['outputs'], outputs['message'], outputs['output'], asArray(outputs['messages']).at(-1), outputs];
  const message = said
    .map((each) => (typeof each === 'string' ? { role: 'assistant', content: each } : chatMessageOf(each)))
    .find(isWireItem);
  return { usage, ...(message !== undefined && { choices: [{ message }] }) };
}

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

/**
 * A run keeps the list that a model call was given, not a copy: an app that goes on with it adds the answer and all that
 * follows. What a model was given ends before what it answered.
 *
 * @param calls model calls that were given the same list
 */
function cutAtAnswers(calls: readonly ModelCall[]): void {
  let from = 0;
  for (const call of calls.toSorted((a, b) => (a.start ?? 0) - (b.start ?? 0))) {
    const said = (call.output ?? []).flatMap(({ parts }) => parts);
    const at = (call.input ?? []).findIndex((message, i) => i >= from && message.role === 'assistant' && isAnswer(message, said));
    if (at < 0) continue;
    // The same words may have been said before; calls have ids.
    const isSure = calls.length > 1 || said.some(({ type }) => type === 'tool_call') || at === (call.input ?? []).length - 1;
    if (isSure) call.input = call.input?.slice(0, at) ?? [];
    from = at + 1;
  }
}

function isAnswer({ parts }: Message, said: readonly Part[]): boolean {
  const ids = new Set(idsIn(said));
  if (ids.size > 0) return idsIn(parts).some((id) => ids.has(id));
  const text = textIn(said);
  return text !== '' && text === textIn(parts);
}

const idsIn = (parts: readonly Part[]): string[] =>
  parts.flatMap((part) => (part.type === 'tool_call' && part.id !== undefined ? [part.id] : []));
const textIn = (parts: readonly Part[]): string => parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');

const objectIn = (object: Json, key: string): Json => (isObject(object[key]) ? object[key] : {});
const metadataOf = (run: Json): Json => objectIn(objectIn(run, 'extra'), 'metadata');
const providerOf = (metadata: Json): string => asString(metadata['ls_provider']) ?? 'openai';

/** What LangSmith takes for the id of a thread. */
const conversationOf = (metadata: Json): unknown => metadata['session_id'] ?? metadata['thread_id'] ?? metadata['conversation_id'];

const timesOf = (run: Json): Period => periodOf(run['start_time'], run['end_time']);
