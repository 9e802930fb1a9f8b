import type { Message } from '../model/message.ts';
import type { ModelCall } from '../model/observation.ts';
import { askForTools, FINISH_REASONS } from './finish-reasons.ts';
import { contentOfEvents } from './gen-ai-events.ts';
import { readIndexed } from './gen-ai-indexed.ts';
import { readInputMessages, readInstructions, readOutputMessages, type ChoiceHints } from './gen-ai-messages.ts';
import { asNumber, asString, isTrue, parseIfJson } from './json.ts';
import { errorOf, factsOf, first, usageOf, type UsageKeys } from './span-facts.ts';
import type { LogRecord, Span } from './span.ts';
import { readToolDefinitions } from './tool-definitions.ts';

/** Names: see `gen-ai.ts`. */
export const PROVIDERS = ['gen_ai.provider.name', 'gen_ai.system'];
export const REQUEST_MODEL = 'gen_ai.request.model';
const RESPONSE_MODEL = 'gen_ai.response.model';
const RESPONSE_ID = 'gen_ai.response.id';
const PREVIOUS_RESPONSE_IDS = [
  'gen_ai.request.previous_response.id',
  'gen_ai.request.previous_response_id',
  'gen_ai.openai.request.previous_response_id',
  'openai.request.previous_response_id',
];
const COMPACTED = 'gen_ai.conversation.compacted';
export const AGENT_NAME = 'gen_ai.agent.name';
const INPUT = 'gen_ai.input.messages';
const OUTPUT = 'gen_ai.output.messages';
const INSTRUCTIONS = 'gen_ai.system_instructions';
const CHOICE_COUNT = 'gen_ai.request.choice.count';
const TOKENS: UsageKeys = {
  input: ['gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens'],
  output: ['gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens'],
  cached: ['gen_ai.usage.cache_read.input_tokens', 'gen_ai.usage.cache_read_input_tokens'],
};
const TOOL_DEFINITIONS = 'gen_ai.tool.definitions';

/** A model call in the words of the conventions; also for dialects that write some of these attributes beside their own. */
export function readModelCall(span: Span, logs: readonly LogRecord[], dialect: string): ModelCall {
  const { attributes } = span;
  const call: ModelCall = { ...factsOf(span, dialect), kind: 'model' };
  const { input, output, tools } = readContent(span, logs);
  if (input !== undefined) call.input = input;
  if (output !== undefined) call.output = output;
  if (askForTools(attributes[FINISH_REASONS])) call.askedForTools = true;
  const definitions = readToolDefinitions(attributes[TOOL_DEFINITIONS] ?? tools);
  if (definitions.length > 0) call.tools = definitions;

  const model = asString(attributes[RESPONSE_MODEL]) ?? asString(attributes[REQUEST_MODEL]);
  if (model !== undefined) call.model = model;
  const provider = asString(first(attributes, PROVIDERS));
  if (provider !== undefined) call.provider = provider;
  const agentName = asString(attributes[AGENT_NAME]);
  if (agentName !== undefined) call.agentName = agentName;
  const responseId = asString(attributes[RESPONSE_ID]);
  if (responseId !== undefined) call.responseId = responseId;
  const previous = asString(first(attributes, PREVIOUS_RESPONSE_IDS));
  if (previous !== undefined) call.previousResponseId = previous;
  if (isTrue(attributes[COMPACTED])) call.compacted = true;
  const usage = usageOf(attributes, TOKENS);
  if (usage !== undefined) call.usage = usage;
  const error = errorOf(span, logs);
  if (error !== undefined) call.error = error;
  return call;
}

/** The span's own attributes first, then events and records, then the flattened attributes of old. */
function readContent(span: Span, logs: readonly LogRecord[]): { input?: Message[]; output?: Message[]; tools?: unknown } {
  const { attributes } = span;
  const reasons = parseIfJson(attributes[FINISH_REASONS]);
  const hints: ChoiceHints = {
    requested: asNumber(attributes[CHOICE_COUNT]),
    finished: Array.isArray(reasons) ? reasons.length : undefined,
  };
  const written = { input: readInputMessages(attributes[INPUT], span.traceId), output: readOutputMessages(attributes[OUTPUT], hints) };
  const isWhole = written.input !== undefined && written.output !== undefined;
  const events = isWhole ? {} : contentOfEvents(span, logs, hints);
  const indexed = isWhole ? {} : readIndexed(attributes);
  const input = written.input ?? events.input ?? indexed.input;
  const output = written.output ?? events.output ?? indexed.output;
  // Instructions may be told twice, on the span and in the input: OpenAI's clients send them either way.
  const instructions = input?.[0]?.role === 'system' ? [] : readInstructions(attributes[INSTRUCTIONS]);
  return {
    ...(input !== undefined && { input: [...instructions, ...input] }),
    ...(output !== undefined && { output }),
    tools: indexed.tools,
  };
}
