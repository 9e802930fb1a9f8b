import type { ModelCall, Observation, Origin } from '../model/observation.ts';
import { asArray, asId, asNumber, asString, isObject, parseIfStructured, type Json } from './json.ts';
import { readOpenAiCall } from './openai-calls.ts';

/** What Braintrust keeps of a span, whether it came as a row or as attributes: https://www.braintrust.dev/docs/annotate/traces */
export interface Logged {
  name: string;
  /** `llm`, `tool`, `task`, `function`, `eval`, `score`, … */
  type: string | undefined;
  input: unknown;
  output: unknown;
  metadata: Json;
  metrics: Json;
  error: string | undefined;
}

export interface Where {
  dialect: string;
  origin: Origin;
  start?: number;
  end?: number;
}

export function readLogged(logged: Logged, where: Where): Observation {
  if (logged.type === 'llm') return readModelCall(logged, where);
  if (logged.type !== 'tool') return { ...where, kind: 'scope', name: logged.name, agent: false };
  const { name, input, output, metadata, error } = logged;
  const callId = asId(metadata['tool_call_id']);
  return {
    ...where,
    kind: 'tool',
    name,
    ...(callId !== undefined && { callId }),
    // Of a function that takes no object, what is logged are not the arguments that the model sent.
    ...(isObject(input) && { arguments: input }),
    ...(error === undefined ? output !== undefined && output !== null && { result: output } : { error }),
  };
}

/** Braintrust's wrappers of a client log the messages as `input`, the rest of the request as metadata, the choices or items as `output`. */
function readModelCall({ input, output, metadata, metrics, error }: Logged, where: Where): ModelCall {
  const isUnread = [input, output].some((value) => speaksOtherwise(value) || isCut(value));
  const request = { ...metadata, messages: undefined, input: isUnread ? undefined : (input ?? undefined) };
  const answer = { ...(isUnread ? {} : answerOf(output)), usage: usageOf(metrics), model: metadata['model'], id: responseIdOf(metadata) };
  const { provider: _, ...call } = readOpenAiCall(request, answer, { error }, where.dialect, where.origin);
  const provider = asString(metadata['provider']);
  return { ...call, ...where, ...(provider !== undefined && { provider }) };
}

function answerOf(output: unknown): Json {
  if (isObject(output)) {
    if (Array.isArray(output['choices']) || Array.isArray(output['output'])) return output;
    return output['role'] === undefined ? { output } : { choices: [{ message: output }] };
  }
  const isChoices = asArray(output).some((each) => isObject(each) && isObject(each['message']));
  return isChoices ? { choices: output } : { output: output ?? undefined };
}

/** Calls and results as parts of a message's content are not OpenAI's form: read as that, they would be no calls at all. */
function speaksOtherwise(value: unknown): boolean {
  return [value, ...asArray(value)].some((message) => {
    const inner = isObject(message) && isObject(message['message']) ? message['message'] : message;
    return isObject(inner) && asArray(inner['content']).some((part) => isObject(part) && /^tool[-_]/u.test(asString(part['type']) ?? ''));
  });
}

/** JSON that does not end: a backend or an SDK cut it. */
const isCut = (value: unknown): boolean =>
  typeof value === 'string' && /^\s*[[{]/u.test(value) && typeof parseIfStructured(value) === 'string';

/** In the names of OpenAI's API, which tell cached tokens apart by an object. */
function usageOf(metrics: Json): Json {
  const cached = asNumber(metrics['prompt_cached_tokens']);
  return {
    prompt_tokens: metrics['prompt_tokens'],
    completion_tokens: metrics['completion_tokens'],
    ...(cached !== undefined && { prompt_tokens_details: { cached_tokens: cached } }),
  };
}

/** Of the Responses API all but the items becomes metadata. */
const responseIdOf = (metadata: Json): unknown => (metadata['object'] === 'response' ? metadata['id'] : undefined);
