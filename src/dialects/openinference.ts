import type { Message, Usage } from '../model/message.ts';
import type { ModelCall, Observation, Origin, ToolExecution } from '../model/observation.ts';
import type { SpanDialect } from './dialect.ts';
import { asNumber, asString, isObject, parseIfJson, parseIfStructured, type Json } from './json.ts';
import { instructionsOf, readOpenAiCall } from './openai-calls.ts';
import { hasLost, readFlattened, withText, type Flattened } from './openinference-messages.ts';
import { answerIn, requestIn, resultIn, shown } from './openinference-values.ts';
import { originOf, type Attributes, type Span } from './span.ts';

/** OpenInference: https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md */
const KIND = 'openinference.span.kind';
const INPUT = 'input.value';
const INPUT_TYPE = 'input.mime_type';
const OUTPUT = 'output.value';
const OUTPUT_TYPE = 'output.mime_type';
const MODEL = 'llm.model_name';
const RESPONSE_MODEL = 'llm.response.model_name';
const PROVIDERS = ['llm.provider', 'llm.system'];
const PARAMETERS = 'llm.invocation_parameters';
const INPUT_TOKENS = 'llm.token_count.prompt';
const OUTPUT_TOKENS = 'llm.token_count.completion';
const CACHED_TOKENS = ['llm.token_count.prompt_details.cache_read', 'llm.token_count.prompt_details.cache_input'];
const SESSION = 'session.id';
const AGENT_NAME = 'agent.name';
const TOOL_NAME = 'tool.name';
const TOOL_CALL_IDS = ['tool_call.id', 'tool.id'];
/** Where the kind is missing, these tell a model call. */
const MODEL_MARKS = [MODEL, 'llm.input_messages.0.message.role', 'llm.output_messages.0.message.role'];
/** Spans that keep what another convention wrote are read as that: it is what this one was made of. */
const ORIGINAL = 'gen_ai.operation.name';

export const openInference: SpanDialect = {
  id: 'openinference',

  detect: ({ attributes }) => attributes[ORIGINAL] === undefined && kindOf(attributes) !== undefined,

  read(span): Observation | undefined {
    const kind = kindOf(span.attributes);
    if (kind === 'LLM') return readModelCall(span);
    if (kind === 'TOOL') return readTool(span);
    // What an agent's span holds are sums over the calls below it.
    return kind === 'AGENT'
      ? { ...common(span), kind: 'scope', name: asString(span.attributes[AGENT_NAME]) ?? span.name, agent: true }
      : undefined;
  },
};

const kindOf = (attributes: Attributes): string | undefined =>
  asString(attributes[KIND])?.toUpperCase() ?? (MODEL_MARKS.some((key) => attributes[key] !== undefined) ? 'LLM' : undefined);

function readModelCall(span: Span): ModelCall {
  const { attributes } = span;
  const parameters = parseIfStructured(attributes[PARAMETERS]);
  const body = requestIn(attributes[INPUT]);
  const answer = answerIn(attributes[OUTPUT]);
  const request: Json = { ...(isObject(parameters) ? parameters : {}), messages: undefined, input: undefined, ...body };
  const flattened = readFlattened(span, asNumber(request['n']));
  request['tools'] = body?.['tools'] ?? flattened.tools ?? request['tools'];

  const call = readOpenAiCall(request, answer ?? {}, {}, openInference.id, originOf(span));
  const input = call.input === undefined ? (flattened.input ?? plainInput(span)) : withInstructions(call.input, flattened, answer);
  const output = answer === undefined ? answerBeside(span, flattened.output) : call.output;
  if (input !== undefined) call.input = input;
  if (output !== undefined) call.output = output;
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
  return Object.assign(call, common(span));
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
  return text === undefined ? undefined : [{ role: 'user', parts: [{ type: 'text', text }] }];
}

function answerBeside(span: Span, output: Message[] | undefined): Message[] | undefined {
  const text = plainText(span, OUTPUT, OUTPUT_TYPE);
  if (text === undefined) return output;
  return output === undefined ? [{ role: 'assistant', parts: [{ type: 'text', text }] }] : withText(output, text);
}

/** Not on a span that lost attributes: the messages may have been among them. */
function plainText(span: Span, key: string, typeKey: string): string | undefined {
  const value = asString(shown(span.attributes[key]));
  const isText = span.attributes[typeKey] === 'text/plain' || span.attributes[typeKey] === undefined;
  return isText && !hasLost(span) && typeof parseIfStructured(value) === 'string' ? value : undefined;
}

function readTool(span: Span): ToolExecution {
  const { attributes } = span;
  const { content, callId = first(attributes, TOOL_CALL_IDS), failed } = resultIn(attributes[OUTPUT]);
  const args = argumentsOf(attributes);
  const error = errorOf(span) ?? (failed === true ? (asString(content) ?? 'error') : undefined);
  return {
    ...common(span),
    kind: 'tool',
    name: asString(attributes[TOOL_NAME]) ?? span.name,
    ...(callId !== undefined && { callId }),
    ...(args !== undefined && { arguments: args }),
    ...(content !== undefined && { result: content }),
    ...(error !== undefined && { error }),
  };
}

/** Plain text may be the only argument by itself; the call knows better. */
function argumentsOf(attributes: Attributes): unknown {
  const value = shown(attributes[INPUT]);
  return attributes[INPUT_TYPE] === 'application/json' ? parseIfJson(value) : parseIfStructured(value);
}

function common(span: Span): { dialect: string; origin: Origin; start?: number; end?: number; conversationId?: string } {
  const conversationId = asString(span.attributes[SESSION]);
  return {
    dialect: openInference.id,
    origin: originOf(span),
    ...(span.start !== undefined && { start: span.start }),
    ...(span.end !== undefined && { end: span.end }),
    ...(conversationId !== undefined && { conversationId }),
  };
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

/** Some writers put the stack behind the message. */
const STACK = /\s*\n\s+at /u;

function errorOf({ status, events }: Span): string | undefined {
  if (status.code !== 2) return undefined;
  const exception = events.find(({ name }) => name === 'exception')?.attributes['exception.message'];
  const message = asString(exception) ?? asString(status.message) ?? 'error';
  return message.split(STACK)[0];
}

const first = (attributes: Attributes, keys: readonly string[]): string | undefined =>
  keys.map((key) => asString(attributes[key])).find((value) => value !== undefined);
