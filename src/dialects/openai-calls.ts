import type { Message, Usage } from '../model/message.ts';
import type { ModelCall } from '../model/observation.ts';
import { asId, asNumber, asString, isObject, objectIn, parseIfStructured, type Json } from './json.ts';
import { readOpenAiMessages } from './openai-messages.ts';
import type { Place } from './span.ts';
import { readToolDefinitions } from './tool-definitions.ts';

/** True for the body that answers a chat-completions or Responses request. */
export const isResponse = (value: Json): boolean =>
  (value['object'] === 'response' && Array.isArray(value['output'])) ||
  (Array.isArray(value['choices']) && value['choices'].some((choice) => isObject(choice) && isObject(choice['message'])));

/** One request with its answer: one model call; which conversation it belongs to is told from its history. */
export function readOpenAiCall(request: Json, answer: Json, around: Json, dialect: string, place: Place): ModelCall {
  const call: ModelCall = { kind: 'model', dialect, origin: place, provider: 'openai', ...timesOf(around, answer) };
  const input = Array.isArray(request['messages']) ? readOpenAiMessages(request['messages']) : inputOf(request['input']);
  if (input !== undefined) call.input = [...instructionsOf(request), ...input];
  const output = outputOf(answer);
  if (output !== undefined) call.output = output;
  const tools = readToolDefinitions(request['tools'] ?? request['functions'] ?? answer['tools']);
  if (tools.length > 0) call.tools = tools;
  const usage = usageOf(answer['usage']);
  if (usage !== undefined) call.usage = usage;
  const model = asString(answer['model']) ?? asString(request['model']);
  if (model !== undefined) call.model = model;
  const responseId = asString(answer['id']);
  if (responseId !== undefined) call.responseId = responseId;
  const previous = asString(request['previous_response_id']) ?? asString(answer['previous_response_id']);
  if (previous !== undefined) call.previousResponseId = previous;
  const conversationId = conversationOf(around) ?? conversationOf(request) ?? conversationOf(answer);
  if (conversationId !== undefined) call.conversationId = conversationId;
  const error = errorOf(answer['error']) ?? errorOf(around['error']);
  if (error !== undefined) call.error = error;
  return call;
}

/** Proxies log the body itself, `{status_code, body}`, or either as JSON text. */
export function bodyOf(value: unknown): Json | undefined {
  const outer = parseIfStructured(value);
  if (!isObject(outer)) return undefined;
  const body = parseIfStructured(outer['body']);
  return isObject(body) ? body : outer;
}

export const instructionsOf = (request: Json): Message[] => {
  const { instructions } = request;
  const text = asString(instructions);
  if (text !== undefined) return [{ role: 'system', parts: [{ type: 'text', text }] }];
  return readOpenAiMessages(instructions);
};

/** The input of a Responses request: text or items; undefined where it is neither. */
export function inputOf(input: unknown): Message[] | undefined {
  if (typeof input === 'string') return [{ role: 'user', parts: [{ type: 'text', text: input }] }];
  return Array.isArray(input) ? readOpenAiMessages(input) : undefined;
}

/** Items, one of them alone, or the text of the only one. */
export function itemsOf(output: unknown): Message[] | undefined {
  if (typeof output === 'string') return [{ role: 'assistant', parts: [{ type: 'text', text: output }] }];
  if (isObject(output)) return readOpenAiMessages([output]);
  return Array.isArray(output) ? readOpenAiMessages(output) : undefined;
}

/** One message a choice of a chat completion; the items of a response are one message. */
function outputOf(answer: Json): Message[] | undefined {
  if (!Array.isArray(answer['choices'])) return itemsOf(answer['output']);
  const choices = answer['choices'].filter(isObject);
  const messages = choices.map((choice, i): Message => {
    const parts = readOpenAiMessages([choice['message']]).flatMap((message) => message.parts);
    return { role: 'assistant', parts, choice: asNumber(choice['index']) ?? i };
  });
  // A model may answer with an empty text; where there is not even that, what it said was lost.
  const isKnown = messages.some(
    ({ parts }, i) => parts.length > 0 || (objectIn(choices[i] ?? {}, 'message')['content'] ?? undefined) !== undefined,
  );
  return isKnown ? messages : undefined;
}

/** In the names of either API, of the Agents SDK (`cached_input_tokens`) or of LangChain (`input_token_details`). */
export function usageOf(usage: unknown): Usage | undefined {
  if (!isObject(usage)) return undefined;
  const inputTokens = asNumber(usage['prompt_tokens'] ?? usage['input_tokens']);
  const outputTokens = asNumber(usage['completion_tokens'] ?? usage['output_tokens']);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  const details = usage['prompt_tokens_details'] ?? usage['input_tokens_details'] ?? usage['input_token_details'];
  const detailed = isObject(details) ? (details['cached_tokens'] ?? details['cache_read']) : undefined;
  const cachedInputTokens = asNumber(detailed ?? usage['cached_input_tokens']);
  return {
    ...(inputTokens !== undefined && { inputTokens }),
    ...(outputTokens !== undefined && { outputTokens }),
    ...(cachedInputTokens !== undefined && { cachedInputTokens }),
  };
}

export function conversationOf(object: Json): string | undefined {
  const { conversation } = object;
  return asId(object['conversation_id']) ?? asId(object['session_id']) ?? asId(isObject(conversation) ? conversation['id'] : conversation);
}

export function errorOf(error: unknown): string | undefined {
  if (!isObject(error)) return asString(error);
  return asString(error['message']) ?? asString(error['code']) ?? asString(error['type']) ?? 'error';
}

/** The log's own times, else the answer's, which are whole seconds; never one of each. */
export function timesOf(around: Json, answer: Json): Period {
  const logged = periodOf(around['started_at'] ?? around['start_time'] ?? around['timestamp'], around['ended_at'] ?? around['end_time']);
  return logged.start === undefined ? periodOf(answer['created_at'] ?? answer['created'], answer['completed_at']) : logged;
}

export interface Period {
  start?: number;
  end?: number;
}

/** From two times of any form; an end before the start, or without one, says nothing. */
export function periodOf(from: unknown, to: unknown): Period {
  const [start, end] = [timeOf(from), timeOf(to)];
  return { ...(start !== undefined && { start }), ...(start !== undefined && end !== undefined && end >= start && { end }) };
}

/** Beyond this, a number of seconds would be a date after the year 5000: it is milliseconds. */
const MOST_SECONDS = 1e11;

/** A date and time with nothing about the zone: those who store it so mean UTC. */
const WITHOUT_ZONE = /^\s*(?<day>\d{4}-\d\d-\d\d)[ T](?<time>\d\d:\d\d:\d\d(?:\.\d+)?)\s*$/u;

/** Seconds or milliseconds since the epoch, or a date as text, in milliseconds. */
function timeOf(value: unknown): number | undefined {
  const number = asNumber(value);
  if (number !== undefined) return number <= 0 ? undefined : number < MOST_SECONDS ? number * 1000 : number;
  const parsed = typeof value === 'string' ? Date.parse(value.replace(WITHOUT_ZONE, '$<day>T$<time>Z')) : Number.NaN;
  return Number.isNaN(parsed) ? undefined : parsed;
}
