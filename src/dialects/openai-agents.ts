import type { Usage } from '../model/message.ts';
import type { ModelCall, Observation, Origin, Scope, ToolExecution } from '../model/observation.ts';
import type { DocumentDialect } from './dialect.ts';
import { asArray, asId, asString, isObject, parseArguments, type Json } from './json.ts';
import { errorOf, isResponse, periodOf, readOpenAiCall, usageOf } from './openai-calls.ts';
import { wireItemOf } from './openai-agents-items.ts';
import type { Place } from './span.ts';

/**
 * Traces of the OpenAI Agents SDK as its exporters write them, `{object: 'trace'}` and `{object: 'trace.span'}`, one a
 * line or as the body it sends, `{data: [...]}`:
 * https://github.com/openai/openai-agents-js/blob/main/packages/agents-core/src/tracing/spans.ts.
 * Spans of responses hold an id alone, unless what a processor sees while they live was written (`_input`, `_response`).
 */
export const openAiAgents: DocumentDialect = {
  id: 'openai-agents',

  detect: (value) => recordsIn(value as Json).some(isRecord),

  read: (value, place) =>
    recordsIn(value as Json)
      .filter(isRecord)
      .map((record) => readRecord(record, place)),
};

const recordsIn = (value: Json): Json[] => (value['object'] === undefined ? asArray(value['data']).filter(isObject) : [value]);

function isRecord(record: Json): boolean {
  if (asString(record['id']) === undefined) return false;
  return record['object'] === 'trace.span' ? isObject(record['span_data']) : record['object'] === 'trace' && 'workflow_name' in record;
}

function readRecord(record: Json, place: Place): Observation {
  if (record['object'] === 'trace') return readTrace(record, place);
  const data = record['span_data'] as Json;
  const common = { dialect: openAiAgents.id, origin: originOf(record, place), ...periodOf(record['started_at'], record['ended_at']) };
  switch (data['type']) {
    case 'generation':
    case 'response':
      return readModelCall(data, record, common.origin);
    case 'function':
      return { kind: 'tool', ...common, ...readTool(data, record) };
    default:
      return { kind: 'scope', ...common, ...readScope(data) };
  }
}

/** The trace stands above its first span, and knows of which conversation it is a part. */
function readTrace(trace: Json, place: Place): Scope {
  const id = asString(trace['id']) ?? '';
  const conversationId = asId(trace['group_id']);
  return {
    kind: 'scope',
    dialect: openAiAgents.id,
    origin: { ...place, traceId: id, spanId: id },
    name: asString(trace['workflow_name']) ?? 'trace',
    agent: false,
    ...(conversationId !== undefined && { conversationId }),
  };
}

function originOf(span: Json, place: Place): Origin {
  const [traceId, spanId] = [asString(span['trace_id']), asString(span['id'])];
  const parentSpanId = asString(span['parent_id']) ?? traceId;
  return {
    ...place,
    ...(traceId !== undefined && { traceId }),
    ...(spanId !== undefined && { spanId }),
    ...(parentSpanId !== undefined && { parentSpanId }),
  };
}

function readModelCall(data: Json, span: Json, origin: Origin): ModelCall {
  const answer = answerOf(data);
  const request = { ...requestOf(data), model: data['model'], instructions: answer['instructions'] };
  const around = { started_at: span['started_at'], ended_at: span['ended_at'], error: span['error'] };
  // Only the span's own times: an answer's, in whole seconds, would put the call before others of its second.
  const told = { usage: data['usage'], ...answer, created: undefined, created_at: undefined };
  return readOpenAiCall(request, told, around, openAiAgents.id, origin);
}

function requestOf(data: Json): Json {
  const input = data['_input'] ?? data['input'];
  return Array.isArray(input) ? { messages: input.map(wireItemOf) } : { input };
}

/** The whole completion or response where it is there, else the messages of which the output is made. */
function answerOf(data: Json): Json {
  const response = data['_response'] ?? data['response'];
  if (isObject(response)) return response;
  const output = asArray(data['output']);
  const whole = output.filter(isObject).find(isResponse);
  if (whole !== undefined) return whole;
  return { ...(output.length > 0 && { output: output.map(wireItemOf) }), id: data['response_id'] };
}

function readTool(data: Json, span: Json): Pick<ToolExecution, 'name' | 'arguments' | 'result' | 'error'> {
  const [args, result, error] = [data['input'] ?? undefined, data['output'] ?? undefined, errorOf(span['error'])];
  return {
    name: asString(data['name']) ?? 'unknown',
    ...(args !== undefined && { arguments: parseArguments(args) }),
    ...(result !== undefined && { result }),
    ...(error !== undefined && { error }),
  };
}

/** `task` and `turn` are spans of a custom type in what is exported. A turn is one model call and its tools. */
function readScope(data: Json): Pick<Scope, 'name' | 'agent' | 'usage'> {
  const inner = isObject(data['data']) ? data['data'] : {};
  const type = asString(inner['sdk_span_type']) ?? asString(data['type']) ?? 'unknown';
  const usage: Usage | undefined = type === 'turn' ? usageOf(inner['usage'] ?? data['usage']) : undefined;
  return { name: asString(data['name']) ?? type, agent: type === 'agent', ...(usage !== undefined && { usage }) };
}
