import { asArray, asString, isObject, objectIn, type Json } from './json.ts';
import { chatMessageOf } from './langchain-messages.ts';
import { isWireItem } from './openai-items.ts';

/** Messages or items of the request, wherever the traced function takes them. */
export function requestOf(inputs: Json): Json {
  const history = historyIn(inputs);
  if (history === undefined) return {};
  return { messages: history.map(chatMessageOf) };
}

/** The list of messages or items that a traced function was given. */
export function historyIn(inputs: Json): unknown[] | undefined {
  const [first] = asArray(inputs['messages']);
  // LangChain's models take several conversations at once; there is one.
  if (Array.isArray(first)) return first;
  const candidates = [inputs['messages'], inputs['input'], ...asArray(inputs['args'])];
  return candidates.find((list): list is unknown[] => Array.isArray(list) && list.some((item) => isWireItem(chatMessageOf(item))));
}

/** The answer as the API gives it, `usage_metadata` being what LangSmith makes of its usage. */
export function answerOf(outputs: Json, metadata: Json): Json {
  const generations = asArray(asArray(outputs['generations'])[0]).filter(isObject);
  const [generation] = generations;
  if (generation !== undefined) {
    const kwargs = objectIn(objectIn(generation, 'message'), 'kwargs');
    const choices = generations.map(({ message, text }) => ({
      message: chatMessageOf(message) ?? { role: 'assistant', content: asString(text) },
    }));
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
