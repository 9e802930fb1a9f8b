import { asArray, asId, asString, isObject, parseIfStructured, type Json } from './json.ts';
import { chatMessageOf } from './langchain-messages.ts';
import { isResponse } from './openai-calls.ts';
import { readResult } from './openai-content.ts';
import { isWireItem } from './openai-items.ts';

/**
 * What `input.value` and `output.value` hold: the body of an OpenAI request or answer, its messages alone, or what
 * LangChain serializes. Any other JSON (another provider's) is not read: its messages are flattened beside it.
 */

/** What stands where content was hidden: https://github.com/Arize-ai/openinference/blob/main/spec/configuration.md */
const REDACTED = '__REDACTED__';

/** Hidden is not recorded. */
export const shown = (value: unknown): unknown => (value === REDACTED ? undefined : (value ?? undefined));

/** The request, its messages in OpenAI's form under `messages` or `input`. */
export function requestIn(value: unknown): Json | undefined {
  const body = parseIfStructured(value);
  if (Array.isArray(body)) return withMessages({}, body);
  // Other providers take the system prompt apart from the messages.
  if (!isObject(body) || body['system'] !== undefined) return undefined;
  const { messages, input } = body;
  // LangChain's models take several conversations at once; there is one.
  if (Array.isArray(messages)) return withMessages(body, Array.isArray(messages[0]) ? messages[0] : messages);
  if (typeof input === 'string') return body['model'] === undefined ? undefined : body;
  return Array.isArray(input) ? withMessages(body, input) : undefined;
}

function withMessages(body: Json, list: readonly unknown[]): Json | undefined {
  const messages = list.map(chatMessageOf);
  return messages.some(isWireItem) && !messages.some(isForeign) ? { ...body, messages } : undefined;
}

/** Calls and results among the parts of the content, or `parts` in its stead: the form of another API. */
function isForeign(message: Json | undefined): boolean {
  if (message === undefined) return false;
  if (Array.isArray(message['parts'])) return true;
  if (Array.isArray(message['tool_calls']) || asId(message['tool_call_id']) !== undefined) return false;
  return asArray(message['content']).some(
    (part) => isObject(part) && [asString(part['type']) ?? '', ...Object.keys(part)].some((word) => /tool|function/iu.test(word)),
  );
}

/** The answer in the form of OpenAI's APIs. */
export function answerIn(value: unknown): Json | undefined {
  const body = parseIfStructured(value);
  const answer: unknown = Array.isArray(body) && body.length === 1 ? body[0] : body;
  if (!isObject(answer)) return undefined;
  if (isResponse(answer)) return answer['status'] === 'in_progress' || answer['status'] === 'queued' ? undefined : answer;
  const generations = asArray(asArray(answer['generations'])[0]).filter(isObject);
  const choices = generations.map(({ message, text }) => ({ message: chatMessageOf(message) ?? { role: 'assistant', content: text } }));
  return choices.length === 0 ? undefined : { choices };
}

/** What a tool gave: as it is, or out of the message that LangChain makes of it. */
export function resultIn(value: unknown): { content?: unknown; callId?: string; failed?: boolean } {
  const message = toolMessageIn(value);
  const content = message === undefined ? shown(value) : readResult(message['content']);
  const callId = asId(message?.['tool_call_id']);
  const failed = message?.['is_error'] === true || message?.['status'] === 'error';
  return { ...(content !== undefined && { content }), ...(callId !== undefined && { callId }), ...(failed && { failed }) };
}

function toolMessageIn(value: unknown): Json | undefined {
  if (typeof value !== 'string' || !value.includes('tool_call_id')) return undefined;
  const body = parseIfStructured(value);
  const candidates = isObject(body) ? [chatMessageOf(body['output']), chatMessageOf(body)] : [];
  return candidates.find((message) => asId(message?.['tool_call_id']) !== undefined && message?.['content'] !== undefined);
}
