import { asList, asString, isJson, type Json } from '../content/message.ts';

/**
 * An input item of `@openai/agents` as the Responses API has it: ids are `callId` there, and results are
 * `function_call_result` with a part as their output.
 */
export function responseItemOf(item: unknown): unknown {
  if (!isJson(item)) return item;
  const callId = asString(item['callId']);
  const identified: Json = callId === undefined ? item : { ...item, call_id: callId };
  const type = asString(item['type']);
  if (type?.endsWith('_result') !== true) return identified;
  return { ...identified, type: type.replace(/_result$/u, '_output'), output: outputOf(item['output']) };
}

function outputOf(output: unknown): unknown {
  if (Array.isArray(output)) return asList(output).map(outputOf);
  return isJson(output) && typeof output['text'] === 'string' ? output['text'] : output;
}
