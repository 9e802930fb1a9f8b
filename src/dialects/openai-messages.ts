import type { Message, Part, Role } from '../model/message.ts';
import { asArray, asId, asString, isObject, parseArguments, parseIfJson, type Json } from './json.ts';
import { expandMultiToolUse } from './multi-tool-use.ts';
import { isPending, isProgram, readResult, readText } from './openai-content.ts';
import { readFreeInput, readResponseItem } from './openai-items.ts';

/**
 * OpenAI's two wire forms, chat-completions messages and Responses items, as messages.
 * https://platform.openai.com/docs/api-reference/chat and …/responses. Malformed elements are skipped.
 */
export function readOpenAiMessages(items: unknown): Message[] {
  const messages: Message[] = [];
  let lastWasItem = false;
  for (const item of asArray(items)) {
    const message = isObject(item) ? readItem(item) : undefined;
    if (message === undefined) continue;
    // Only Responses items carry a type. Those of one answer (reasoning, text, calls) are one message.
    const isItem = typeof (item as Json)['type'] === 'string';
    const previous = messages.at(-1);
    const isSameAnswer = (isItem || lastWasItem) && message.role === 'assistant' && previous?.role === 'assistant';
    if (isSameAnswer) previous.parts.push(...message.parts);
    else messages.push(message);
    lastWasItem = isItem;
  }
  return expandMultiToolUse(messages);
}

function readItem(item: Json): Message | undefined {
  const role = roleOf(item['role']);
  if (role !== undefined) return readMessage(item, role);
  const parts = readResponseItem(item);
  if (parts === undefined) return undefined;
  return { role: parts[0]?.type === 'tool_result' ? 'tool' : 'assistant', parts };
}

function roleOf(role: unknown): Role | undefined {
  if (role === 'system' || role === 'developer') return 'system';
  if (role === 'function' || role === 'tool') return 'tool';
  return role === 'user' || role === 'assistant' ? role : undefined;
}

function readMessage(message: Json, role: Role): Message {
  if (role === 'tool') return { role, parts: [readToolMessage(message)] };
  const parts = readSaid(message);
  if (role === 'assistant') parts.push(...readToolCalls(message));
  return { role, parts };
}

function readToolMessage(message: Json): Part {
  const id = asId(message['tool_call_id']) ?? asId(message['call_id']);
  const name = asString(message['name']);
  return {
    type: 'tool_result',
    ...(id !== undefined && { id }),
    ...(name !== undefined && { name }),
    // No content at all is content that was not recorded; null is an answer.
    content: readResult(message['content']),
    ...(message['is_error'] === true && { error: true }),
    ...(isPending(message) && { pending: true }),
  };
}

function readSaid(message: Json): Part[] {
  // `reasoning_content` and `reasoning` are spellings of servers that speak this API; some send both.
  const reasoning = new Set([asString(message['reasoning_content']), asString(message['reasoning'])]);
  const parts = [...reasoning].flatMap((text): Part[] => (text === undefined ? [] : [{ type: 'reasoning', text }]));
  const text = asString(readText(message['content'])) ?? asString(message['refusal']) ?? asString(readText(message['audio']));
  if (text !== undefined) parts.push({ type: 'text', text });
  return parts;
}

function readToolCalls(message: Json): Part[] {
  const calls = asArray(parseIfJson(message['tool_calls'])).flatMap((call) => (isObject(call) ? readToolCall(call) : []));
  // The form before `tool_calls`: one call a message, no id.
  const legacy = message['function_call'];
  return isObject(legacy) && calls.length === 0 ? readToolCall({ function: legacy }) : calls;
}

function readToolCall(call: Json): Part[] {
  const isCustom = isObject(call['custom']);
  const body = [call['function'], call['custom']].find(isObject) ?? call;
  const id = asId(call['call_id']) ?? asId(call['id']);
  const name = asString(body['name']);
  if (name === undefined && id === undefined) return [];
  return [
    {
      type: 'tool_call',
      ...(id !== undefined && { id }),
      name: name ?? 'unknown',
      arguments: isCustom ? readFreeInput(body['input']) : parseArguments(body['arguments']),
      ...(isProgram(call) && { program: true }),
    },
  ];
}
