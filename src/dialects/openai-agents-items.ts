import { asString, isObject, type Json } from './json.ts';

/**
 * Items as the Agents SDK for JavaScript holds them, as items of the Responses API:
 * https://github.com/openai/openai-agents-js/blob/main/packages/agents-core/src/types/protocol.ts. They differ in the
 * spelling of the call id, and in results, which are `function_call_result` with the text in an object of its own.
 */
export const wireItemOf = (item: unknown): unknown => {
  if (!isObject(item)) return item;
  const { callId, type, output, ...rest } = item;
  return {
    ...rest,
    ...(type !== undefined && { type: typeof type === 'string' ? type.replace(/_result$/u, '_output') : type }),
    ...(callId !== undefined && { call_id: callId }),
    ...(output !== undefined && { output: textOf(output) }),
  };
};

const textOf = (output: unknown): unknown => (isObject(output) && isText(output) ? output['text'] : output);

const isText = (output: Json): boolean => output['type'] === 'text' && asString(output['text']) !== undefined;
