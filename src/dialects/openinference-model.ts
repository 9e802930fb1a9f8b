import type { Message, Usage } from '../model/message.ts';
import type { ModelCall } from '../model/observation.ts';
import { askForTools } from './finish-reasons.ts';
import { asNumber, asString, isObject, parseIfStructured, type Json } from './json.ts';
import { instructionsOf, readOpenAiCall } from './openai-calls.ts';
import { hasInputs, hasLost, hasOutputs, readFlattened, withText, type Flattened } from './openinference-messages.ts';
import { AGENT_NAME, common, errorOf, first, ID, INPUT, INPUT_TYPE, MODEL, OUTPUT, OUTPUT_TYPE } from './openinference-span.ts';
import { answerIn, requestIn, shown } from './openinference-values.ts';
import { originOf, type Attributes, type Span } from './span.ts';

const RESPONSE_MODEL = 'llm.response.model_name';
const PROVIDERS = ['llm.provider', 'llm.system'];
const FINISH_REASON = 'llm.finish_reason';
const PARAMETERS = 'llm.invocation_parameters';
const INPUT_TOKENS = 'llm.token_count.prompt';
const OUTPUT_TOKENS = 'llm.token_count.completion';
const CACHED_TOKENS = ['llm.token_count.prompt_details.cache_read', 'llm.token_count.prompt_details.cache_input'];

/** The JSON of the request and of the answer first: it is whole where flattened messages were dropped. */
export function readModelCall(span: Span): ModelCall | undefined {
  const { attributes } = span;
  const parameters = parseIfStructured(attributes[PARAMETERS]);
  const body = requestIn(attributes[INPUT]);
  const answer = answerIn(attributes[OUTPUT]);
  const request: Json = { ...(isObject(parameters) ? parameters : {}), messages: undefined, input: undefined, ...body };
  const flattened = readFlattened(span, asNumber(request['n']));
  request['tools'] = body?.['tools'] ?? flattened.tools ?? request['tools'];

  const call = readOpenAiCall(request, answer ?? {}, {}, ID, originOf(span));
  const input = call.input === undefined ? (flattened.input ?? plainInput(span)) : withInstructions(call.input, flattened, answer);
  const output = answer === undefined ? answerBeside(span, flattened.output) : call.output;
  if (input !== undefined) call.input = input;
  if (output !== undefined) call.output = output;
  if (askForTools(attributes[FINISH_REASON]) && !hasLost(span)) call.askedForTools = true;
  const model = asString(attributes[RESPONSE_MODEL]) ?? call.model ?? asString(attributes[MODEL]);
  if (model !== undefined) call.model = model;
  const provider = first(attributes, PROVIDERS);
  if (provider !== undefined) call.provider = provider;
  const agentName = asString(attributes[AGENT_NAME]);
  if (agentName !== undefined) call.agentName = agentName;
  const usage = usageOf(attributes) ?? call.usage;
  if (usage !== undefined) call.usage = usage;
  const error = errorOf(span);
  if (error !== undefined) call.error = error;
  // Converters call every span they do not know a model call.
  const isTold = [input, output, model, usage, error].some((each) => each !== undefined);
  return isTold ? Object.assign(call, common(span)) : undefined;
}

/** A list of messages by itself lacks the instructions: they are flattened beside it, or echoed by the answer. */
function withInstructions(input: Message[], flattened: Flattened, answer: Json | undefined): Message[] {
  if (input[0]?.role === 'system') return input;
  const [opening] = flattened.input ?? [];
  return [...(opening?.role === 'system' ? [opening] : instructionsOf(answer ?? {})), ...input];
}

/** A prompt that is no JSON is what the user said; JSON that is in no form known here is unknown. */
function plainInput(span: Span): Message[] | undefined {
  const text = plainText(span, INPUT, INPUT_TYPE);
  return text === undefined || hasInputs(span) ? undefined : [{ role: 'user', parts: [{ type: 'text', text }] }];
}

function answerBeside(span: Span, output: Message[] | undefined): Message[] | undefined {
  const text = plainText(span, OUTPUT, OUTPUT_TYPE);
  const { [OUTPUT]: value, [OUTPUT_TYPE]: type } = span.attributes;
  // Text that was cut off is missing beside the calls.
  if (value === null && type === 'text/plain') return undefined;
  if (text === undefined || (output === undefined && hasOutputs(span))) return output;
  return output === undefined ? [{ role: 'assistant', parts: [{ type: 'text', text }] }] : withText(output, text);
}

/** Not on a span that lost attributes: the messages may have been among them. */
function plainText(span: Span, key: string, typeKey: string): string | undefined {
  const value = asString(shown(span.attributes[key]));
  const isText = span.attributes[typeKey] === 'text/plain' || span.attributes[typeKey] === undefined;
  return isText && !hasLost(span) && typeof parseIfStructured(value) === 'string' ? value : undefined;
}

function usageOf(attributes: Attributes): Usage | undefined {
  const [inputTokens, outputTokens] = [asNumber(attributes[INPUT_TOKENS]), asNumber(attributes[OUTPUT_TOKENS])];
  const cachedInputTokens = CACHED_TOKENS.map((key) => asNumber(attributes[key])).find((count) => count !== undefined);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return {
    ...(inputTokens !== undefined && { inputTokens }),
    ...(outputTokens !== undefined && { outputTokens }),
    ...(cachedInputTokens !== undefined && { cachedInputTokens }),
  };
}
