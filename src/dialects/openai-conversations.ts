import type { Message } from '../model/message.ts';
import type { ModelCall, Observation } from '../model/observation.ts';
import type { DocumentDialect } from './dialect.ts';
import { asNumber, asString, isObject, type Json } from './json.ts';
import { readOpenAiMessages, readToolDefinitions } from './openai-messages.ts';
import type { Place } from './span.ts';

/**
 * Conversation logs in OpenAI's own forms, an object a line: `{messages}` (chat completions), `{input, output}`
 * (Responses), or `{request, response}` pairs as a proxy writes them; optional `id`, `model`, `tools`.
 */
export const openAiConversations: DocumentDialect = {
  id: 'openai-conversations',

  detect: (value) => {
    const object = value as Json;
    return (
      isListOfObjects(object['messages']) ||
      'messages' in object ||
      isListOfObjects(object['input']) ||
      isListOfObjects(object['output']) ||
      (isObject(object['request']) && (isListOfObjects(object['request']['messages']) || 'input' in object['request']))
    );
  },

  read: (value, place) => {
    const object = value as Json;
    if (isObject(object['request'])) return [readPair(object['request'], object['response'], object, place)];
    if (typeof object['previous_response_id'] === 'string' || object['object'] === 'response')
      return [readPair(object, object, object, place)];
    const messages = messagesOf(object);
    if (messages.length === 0) throw new Error('the conversation holds no message with a role this reader knows');
    const id = idOf(object);
    const model = asString(object['model']);
    return [
      {
        kind: 'transcript',
        dialect: openAiConversations.id,
        origin: place,
        messages,
        tools: readToolDefinitions(object['tools']),
        ...(id !== undefined && { id }),
        ...(model !== undefined && { model }),
      },
    ];
  },
};

const isListOfObjects = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((item) => isObject(item) && ('role' in item || 'type' in item));

function messagesOf(object: Json): Message[] {
  if ('messages' in object) {
    if (!Array.isArray(object['messages'])) throw new Error('`messages` is not an array');
    return readOpenAiMessages(object['messages']);
  }
  return [...instructionsOf(object), ...inputOf(object['input']), ...readOpenAiMessages(object['output'])];
}

function idOf(object: Json): string | undefined {
  for (const key of ['id', 'conversation_id', 'session_id']) {
    const id = object[key];
    if (typeof id === 'number') return String(id);
    if (asString(id) !== undefined) return id as string;
  }
  return undefined;
}

const instructionsOf = (request: Json): Message[] => {
  const text = asString(request['instructions']);
  return text === undefined ? [] : [{ role: 'system', parts: [{ type: 'text', text }] }];
};

const inputOf = (input: unknown): Message[] =>
  typeof input === 'string' ? [{ role: 'user', parts: [{ type: 'text', text: input }] }] : readOpenAiMessages(input);

/** One request with its response: one model call; the conversation is told from its history. */
function readPair(request: Json, response: unknown, around: Json, place: Place): Observation {
  const answer = isObject(response) ? response : {};
  const choices = Array.isArray(answer['choices']) ? answer['choices'].filter(isObject) : [];
  const output =
    choices.length > 0
      ? choices.flatMap((choice, i) =>
          readOpenAiMessages([choice['message']]).map((message): Message => ({ ...message, choice: asNumber(choice['index']) ?? i })),
        )
      : readOpenAiMessages(answer['output']);
  const usage = isObject(answer['usage']) ? answer['usage'] : {};
  const inputTokens = asNumber(usage['prompt_tokens'] ?? usage['input_tokens']);
  const outputTokens = asNumber(usage['completion_tokens'] ?? usage['output_tokens']);
  const call: ModelCall = {
    kind: 'model',
    dialect: openAiConversations.id,
    origin: place,
    input: 'messages' in request ? readOpenAiMessages(request['messages']) : [...instructionsOf(request), ...inputOf(request['input'])],
    output,
    tools: readToolDefinitions(request['tools']),
    provider: 'openai',
    usage: { ...(inputTokens !== undefined && { inputTokens }), ...(outputTokens !== undefined && { outputTokens }) },
  };
  const model = asString(answer['model']) ?? asString(request['model']);
  if (model !== undefined) call.model = model;
  const responseId = asString(answer['id']);
  if (responseId !== undefined) call.responseId = responseId;
  const previous = asString(request['previous_response_id']);
  if (previous !== undefined) call.previousResponseId = previous;
  const conversation = asString(around['conversation_id']) ?? asString(around['session_id']);
  if (conversation !== undefined) call.conversationId = conversation;
  const created = asNumber(answer['created'] ?? answer['created_at']);
  if (created !== undefined) call.start = created * 1000;
  return call;
}
