import { asArray, asString, isObject, parseIfJson, parseIfStructured, type Json } from './json.ts';
import { breaksOff, endOfJson } from './json-end.ts';
import { chatMessageOf } from './langchain-messages.ts';
import { isResponse } from './openai-calls.ts';
import { isWireItem } from './openai-items.ts';

/**
 * What a generation was given and what it answered, as Langfuse keeps it: whatever the integration handed over. Those
 * for OpenAI hand over the request's messages or items and the answer's message, item or text; those for LangChain its
 * messages: https://github.com/langfuse/langfuse-js/blob/main/packages/openai/src/parseOpenAI.ts,
 * https://github.com/langfuse/langfuse-js/blob/main/packages/langchain/src/CallbackHandler.ts.
 */

/** JSON objects and lists are decoded, any other text is text; what was cut, is empty or null, is not known. */
export function contentOf(value: unknown): unknown {
  if (typeof value !== 'string') return value ?? undefined;
  return value === '' || value === 'null' || (/^\s*[[{]/u.test(value) && breaksOff(value)) ? undefined : parseIfStructured(value);
}

/** The request: its messages and tools; neither where the input is in no form known here. */
export function requestIn(told: unknown, metadata: Json): Json {
  const { instructions, tools, previous_response_id } = metadata;
  const around = { instructions: contentOf(instructions), tools, previous_response_id };
  const input = contentOf(told);
  if (typeof input === 'string') return { ...around, input };
  const list = [isObject(input) ? input['messages'] : undefined, input].find(Array.isArray) ?? [input];
  const messages = wireMessages(list);
  if (messages === undefined) return around;
  return { ...around, messages, tools: (isObject(input) ? (input['tools'] ?? input['functions']) : undefined) ?? tools };
}

/** The answer; nothing where the output is in no form known here, or was garbled on the way. */
export function answerIn(told: unknown): Json {
  const output = contentOf(told);
  if (typeof output === 'string') return { output };
  if (isObject(output) && isResponse(output)) return output;
  const message = isObject(output) && !isWireItem(output) && isMessageWithoutRole(output) ? { role: 'assistant', ...output } : output;
  const items = wireMessages(Array.isArray(message) ? message : [message]);
  if (items !== undefined) return items.some(isGarbled) ? {} : answerOf(items);
  return holdsNoMessage(output) ? { output: typeof told === 'string' ? told : JSON.stringify(output) } : {};
}

/** Of several messages, which a chain may give, the last is the answer. Items are one answer together. */
function answerOf(items: readonly Json[]): Json {
  const isChat = items.every((item) => item['type'] === undefined);
  return isChat ? { choices: [{ message: items.at(-1) }] } : { output: items };
}

const isMessageWithoutRole = (output: Json): boolean =>
  output['role'] === undefined && ['content', 'tool_calls', 'function_call', 'additional_kwargs'].some((key) => output[key] !== undefined);

/**
 * The chat stream of the integration for OpenAI joins calls made at once into one: the name of the last, no id, and
 * the arguments of all, one behind the other. Which calls were made, only the next request tells.
 */
function isGarbled(message: Json): boolean {
  return asArray(message['tool_calls']).some((call) => {
    const body = isObject(call) && isObject(call['function']) ? call['function'] : {};
    const args = asString(body['arguments'])?.trim() ?? '';
    return args.startsWith('{') && args.slice(endOfJson(args)).trimStart().startsWith('{');
  });
}

/** Messages and items as the API has them; undefined where none of the list is one. */
function wireMessages(list: readonly unknown[]): Json[] | undefined {
  const called = new Set<unknown>();
  // LangChain's models take several conversations at once; there is one.
  const messages = (Array.isArray(list[0]) ? asArray(list[0]) : list).flatMap((item) => {
    const message = wireMessageOf(item, called);
    return isWireItem(message) ? [message as Json] : [];
  });
  return messages.length === 0 || messages.some(isOfAnotherForm) ? undefined : messages;
}

/** Calls and results among the parts of a message's content, as other providers have them: they would be overlooked. */
const isOfAnotherForm = (message: Json): boolean =>
  Array.isArray(message['parts']) ||
  (asArray(message['tool_calls']).length === 0 &&
    asArray(message['content']).some((part) => isObject(part) && /tool|function/iu.test(asString(part['type']) ?? '')));

/** Messages in the form of the GenAI conventions: Langfuse keeps spans of other writers as they came. */
export function conventionalIn(told: unknown): unknown[] | undefined {
  const list = contentOf(told);
  return Array.isArray(list) && list.some((message) => isObject(message) && Array.isArray(message['parts'])) ? list : undefined;
}

function wireMessageOf(item: unknown, called: Set<unknown>): Json | undefined {
  const message = chatMessageOf(item);
  if (message === undefined) return undefined;
  const calls = callsOf(message);
  for (const call of calls) called.add(call.function['name']);
  // The integration for LangChain gives the result of a tool its name as the role.
  if (called.has(message['role']) && !isWireItem(message)) return { ...message, role: 'tool', name: message['role'] };
  return { ...message, role: ROLES.get(message['role']) ?? message['role'], ...(calls.length > 0 && { tool_calls: calls }) };
}

const ROLES: ReadonlyMap<unknown, string> = new Map([
  ['human', 'user'],
  ['ai', 'assistant'],
]);

/** Calls of OpenAI's messages, and of LangChain's, which hold `args` beside the name. */
function callsOf(message: Json): { id: unknown; function: Json }[] {
  const kwargs = message['additional_kwargs'];
  const own = asArray(parseIfJson(message['tool_calls']));
  const calls = own.length > 0 ? own : asArray(isObject(kwargs) ? kwargs['tool_calls'] : undefined);
  return calls.filter(isObject).map((call) => ({
    ...call,
    id: call['id'],
    function: isObject(call['function']) ? call['function'] : { name: call['name'], arguments: call['arguments'] ?? call['args'] },
  }));
}

/** Where a message would have these and is in another form, its calls would be overlooked. */
const MESSAGE_KEYS =
  /^(?:role|type|kind|content|contents|parts|text|messages?|choices|candidates|generations|outputs?|(?:tool|function)_?(?:calls?|uses?)|lc|kwargs)$/iu;

/** True for JSON that is the answer itself: what the model was asked for, parsed. */
function holdsNoMessage(output: unknown): boolean {
  const objects = (Array.isArray(output) ? output : [output]).filter(isObject);
  return objects.length > 0 && objects.every((object) => !Object.keys(object).some((key) => MESSAGE_KEYS.test(key)));
}
