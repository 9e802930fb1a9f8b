import type { ModelCall, Origin } from '../model/observation.ts';
import { isObject, objectOf, type Json } from './json.ts';
import { readOpenAiCall } from './openai-calls.ts';
import type { Attributes } from './span.ts';

/** Of Logfire's clients before version 4: the body of the request, and the message and usage of the answer. */
const REQUEST = 'request_data';
const RESPONSE = 'response_data';

/** What the two attributes tell of the call, as far as they tell anything. */
export function readLogged(attributes: Attributes, origin: Origin): Partial<ModelCall> {
  const [request, response] = [objectOf(attributes[REQUEST]), objectOf(attributes[RESPONSE])];
  const { message, usage } = response;
  const { input, output, tools, usage: used } = readOpenAiCall(request, { usage, ...choicesOf(message) }, {}, 'logfire', origin);
  return {
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
    ...(tools !== undefined && { tools }),
    ...(used !== undefined && { usage: used }),
  };
}

const choicesOf = (message: unknown): Json => (isObject(message) ? { choices: [{ message }] } : {});
