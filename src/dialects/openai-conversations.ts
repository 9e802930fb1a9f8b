import type { Message } from '../model/message.ts';
import type { Observation } from '../model/observation.ts';
import type { DocumentDialect } from './dialect.ts';
import { asId, parseIfStructured, type Json } from './json.ts';
import { bodyOf, inputOf, instructionsOf, isResponse, itemsOf, readOpenAiCall } from './openai-calls.ts';
import { isWireItem } from './openai-items.ts';
import { readOpenAiMessages } from './openai-messages.ts';
import type { Place } from './span.ts';
import { transcriptOf } from './transcript.ts';

/**
 * Conversation logs in OpenAI's own forms, an object a line: `{messages}` (chat completions, fine-tuning data),
 * `{input, output}` (Responses), or one call each as a proxy writes them, `{request, response}`; optional `id`,
 * `model`, `tools`.
 */
export const openAiConversations: DocumentDialect = {
  id: 'openai-conversations',

  detect: (value) => {
    const object = withLists(value as Json);
    const { messages, input, output } = object;
    // Messages of the wrong type are taken too, so that the reader can say what is wrong with them.
    if (messages !== undefined) return !Array.isArray(messages) || messages.length === 0 || messages.some(isWireItem);
    if (hasWireItems(input) || hasWireItems(output) || isResponse(object)) return true;
    const request = bodyOf(object['request']);
    return request !== undefined && isRequest(request);
  },

  read: (value, place) => {
    const object = withLists(value as Json);
    const request = bodyOf(object['request']);
    const response = bodyOf(object['response']);
    const readCall = (asked: Json, answered: Json): Observation[] => {
      // An embeddings request has an `input` too; its answer is a list of vectors.
      if (answered['object'] === 'list') return [];
      return [readOpenAiCall(asked, answered, object, openAiConversations.id, place)];
    };
    if (request !== undefined) return readCall(request, response ?? {});
    if (response !== undefined && isResponse(response)) return readCall(object, response);
    // Request and answer in one object, or an answer alone.
    if (typeof object['previous_response_id'] === 'string' || isResponse(object)) return readCall(object, object);
    return [readTranscript(object, place)];
  },
};

/** Tables hold lists as JSON text. */
const withLists = (object: Json): Json => {
  const lists = ['messages', 'input', 'output', 'tools'].filter((key) => typeof object[key] === 'string');
  const decoded = lists.map((key) => [key, parseIfStructured(object[key])] as const).filter(([, list]) => Array.isArray(list));
  return decoded.length === 0 ? object : { ...object, ...Object.fromEntries(decoded) };
};

const hasWireItems = (value: unknown): boolean => Array.isArray(value) && value.some(isWireItem);

const isRequest = ({ messages, input }: Json): boolean => hasWireItems(messages) || hasWireItems(input) || typeof input === 'string';

function readTranscript(object: Json, place: Place): Observation {
  const id = [object['id'], object['conversation_id'], object['session_id']].map(asId).find((candidate) => candidate !== undefined);
  const tools = object['tools'] ?? object['functions'];
  return transcriptOf(object, { dialect: openAiConversations.id, messages: messagesOf(object), tools, id }, place);
}

function messagesOf(object: Json): Message[] {
  const { messages, input, output } = object;
  if (messages !== undefined) {
    if (!Array.isArray(messages)) throw new Error(`\`messages\` is not an array but ${nameOf(messages)}`);
    return readOpenAiMessages(messages);
  }
  return [...instructionsOf(object), ...(inputOf(input) ?? []), ...(itemsOf(output) ?? [])];
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
