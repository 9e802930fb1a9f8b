import type { Message, Usage } from '../model/message.ts';
import type { ModelCall, Transcript } from '../model/observation.ts';
import { hasBlocks, readBlockMessages, readBlocks } from './anthropic-blocks.ts';
import type { DocumentDialect } from './dialect.ts';
import { asArray, asNumber, asString, isObject, type Json } from './json.ts';
import { bodyOf, conversationOf, errorOf, timesOf } from './openai-calls.ts';
import type { Place } from './span.ts';
import { readToolDefinitions } from './tool-definitions.ts';
import { transcriptOf } from './transcript.ts';

/**
 * Logs in the form of Anthropic's Messages API (https://docs.claude.com/en/api/messages), an object a line: a whole
 * conversation, `{system, messages, tools, model}`, or one call each, `{request, response}`.
 */
export const anthropicMessages: DocumentDialect = {
  id: 'anthropic-messages',

  detect: (value) => {
    const object = value as Json;
    const [request, response] = [bodyOf(object['request']), bodyOf(object['response'])];
    if (isAnswer(response ?? {}) || isAnswer(object)) return true;
    return isConversation(request ?? object);
  },

  read: (value, place) => {
    const object = value as Json;
    const [request, response] = [bodyOf(object['request']), bodyOf(object['response'])];
    if (request !== undefined) return [readCall(request, response ?? {}, object, place)];
    if (response !== undefined) return [readCall(object, response, object, place)];
    if (isAnswer(object)) return [readCall({}, object, {}, place)];
    return [readTranscript(object, place)];
  },
};

const isAnswer = (body: Json): boolean => body['type'] === 'message' && body['role'] === 'assistant' && Array.isArray(body['content']);

/** Told by blocks that no other API has; without any, by what stands beside the messages. */
function isConversation({ messages, system, tools }: Json): boolean {
  if (!Array.isArray(messages) || messages.some(isOpenAiMessage)) return false;
  if (messages.some(hasBlocks)) return true;
  const isTalk = messages.some((message) => isObject(message) && (message['role'] === 'user' || message['role'] === 'assistant'));
  return isTalk && (system !== undefined || asArray(tools).some((tool) => isObject(tool) && isObject(tool['input_schema'])));
}

const isOpenAiMessage = (message: unknown): boolean =>
  isObject(message) && (message['role'] === 'tool' || message['role'] === 'function' || Array.isArray(message['tool_calls']));

function readTranscript(object: Json, place: Place): Transcript {
  const id = asString(object['id']) ?? conversationOf(object);
  return transcriptOf(object, { dialect: anthropicMessages.id, messages: inputOf(object) ?? [], tools: object['tools'], id }, place);
}

function readCall(request: Json, answer: Json, around: Json, place: Place): ModelCall {
  const input = inputOf(request);
  const output: Message[] | undefined = isAnswer(answer) ? [{ role: 'assistant', parts: readBlocks(answer['content']) }] : undefined;
  const tools = readToolDefinitions(request['tools']);
  const usage = usageOf(answer['usage']);
  const model = asString(answer['model']) ?? asString(request['model']);
  const responseId = asString(answer['id']);
  const conversationId = conversationOf(around) ?? conversationOf(request);
  const error = errorOf(answer['error']) ?? errorOf(around['error']);
  return {
    kind: 'model',
    dialect: anthropicMessages.id,
    origin: place,
    provider: 'anthropic',
    ...timesOf(around, {}),
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
    ...(tools.length > 0 && { tools }),
    ...(usage !== undefined && { usage }),
    ...(model !== undefined && { model }),
    ...(responseId !== undefined && { responseId }),
    ...(conversationId !== undefined && { conversationId }),
    ...(error !== undefined && { error }),
  };
}

/** What the model was given, the system prompt first; undefined where it was not recorded. */
function inputOf({ system, messages }: Json): Message[] | undefined {
  if (!Array.isArray(messages)) return undefined;
  const parts = readBlocks(system);
  return [...(parts.length > 0 ? [{ role: 'system' as const, parts }] : []), ...readBlockMessages(messages)];
}

/** `input_tokens` leaves out what was read from the cache and what was written into it; here it is all of the input. */
function usageOf(usage: unknown): Usage | undefined {
  if (!isObject(usage)) return undefined;
  const [fresh, read, written, outputTokens] = [
    'input_tokens',
    'cache_read_input_tokens',
    'cache_creation_input_tokens',
    'output_tokens',
  ].map((key) => asNumber(usage[key]));
  if (fresh === undefined && outputTokens === undefined) return undefined;
  return {
    ...(fresh !== undefined && { inputTokens: fresh + (read ?? 0) + (written ?? 0) }),
    ...(outputTokens !== undefined && { outputTokens }),
    ...(read !== undefined && { cachedInputTokens: read }),
  };
}
