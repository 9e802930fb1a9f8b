import type { ModelCall, Observation, Scope, ToolExecution } from '../model/observation.ts';
import type { SpanDialect } from './dialect.ts';
import { askForTools } from './finish-reasons.ts';
import { readModelCall } from './gen-ai-call.ts';
import { readTool } from './gen-ai-tool.ts';
import { asId, asString, parseArguments } from './json.ts';
import { factsOf, usageOf, type UsageKeys } from './span-facts.ts';
import type { LogRecord, Span } from './span.ts';
import { readToolDefinitions } from './tool-definitions.ts';
import { readVercelAnswer, readVercelMessages } from './vercel-ai-messages.ts';

/**
 * Vercel's AI SDK, `experimental_telemetry` up to version 6 and `LegacyOpenTelemetry` of version 7. Names:
 * https://ai-sdk.dev/docs/ai-sdk-core/telemetry (Collected Data). What it also writes as `gen_ai.*`, or what a
 * processor turned into that on the way out, is read from there.
 */
const OPERATION = 'ai.operationId';
const FUNCTION_ID = 'ai.telemetry.functionId';
const PROVIDER = 'ai.model.provider';
const MODEL = 'ai.model.id';
const MESSAGES = 'ai.prompt.messages';
const TOOLS = 'ai.prompt.tools';
const RESPONSE_ID = 'ai.response.id';
const RESPONSE_MODEL = 'ai.response.model';
const TOKENS: UsageKeys = {
  input: ['ai.usage.inputTokens', 'ai.usage.promptTokens', 'gen_ai.usage.input_tokens'],
  output: ['ai.usage.outputTokens', 'ai.usage.completionTokens', 'gen_ai.usage.output_tokens'],
  cached: ['ai.usage.cachedInputTokens', 'ai.usage.inputTokenDetails.cacheReadTokens', 'gen_ai.usage.cache_read.input_tokens'],
};
const TOOL_NAME = 'ai.toolCall.name';
const TOOL_CALL_ID = 'ai.toolCall.id';
const TOOL_ARGUMENTS = 'ai.toolCall.args';
const TOOL_RESULT = 'ai.toolCall.result';

const FINISH_REASON = 'ai.response.finishReason';

const TOOL = 'ai.toolCall';
/** The request itself; the operation above it (`ai.generateText`) holds the sums of a whole loop. */
const REQUEST = /\.do(?:Generate|Stream)$/u;
/** A request to another kind of model: `ai.embed.doEmbed`. */
const OTHER_REQUEST = /\.do[A-Z]\w*$/u;

export const vercelAi: SpanDialect = {
  id: 'vercel-ai',
  content: {
    json: ['ai.prompt.messages', 'ai.response.toolCalls'],
    text: ['ai.response.text', 'ai.response.object', 'ai.toolCall.args', 'ai.toolCall.result'],
  },

  detect: ({ attributes }) => asString(attributes[OPERATION])?.startsWith('ai.') === true,

  read(span, logs): Observation | undefined {
    const operation = asString(span.attributes[OPERATION]) ?? '';
    if (operation === TOOL) return readExecution(span, logs);
    if (REQUEST.test(operation)) return readRequest(span, logs);
    return OTHER_REQUEST.test(operation) ? undefined : readLoop(span, operation);
  },
};

function readRequest(span: Span, logs: readonly LogRecord[]): ModelCall {
  const { attributes } = span;
  const call = readModelCall(span, logs, vercelAi.id);
  const input = readVercelMessages(attributes[MESSAGES]);
  if (input !== undefined) call.input = input;
  const output = readVercelAnswer(attributes);
  if (output !== undefined) call.output = output;
  if (askForTools(attributes[FINISH_REASON])) call.askedForTools = true;
  const tools = readToolDefinitions(attributes[TOOLS]);
  if (tools.length > 0) call.tools = tools;
  const model = asString(attributes[RESPONSE_MODEL]) ?? call.model ?? asString(attributes[MODEL]);
  if (model !== undefined) call.model = model;
  // `openai.chat`: the provider and which of its APIs.
  const provider = (asString(attributes[PROVIDER]) ?? call.provider)?.split('.')[0];
  if (provider !== undefined) call.provider = provider;
  const agentName = call.agentName ?? asString(attributes[FUNCTION_ID]);
  if (agentName !== undefined) call.agentName = agentName;
  const responseId = asString(attributes[RESPONSE_ID]);
  if (responseId !== undefined) call.responseId = responseId;
  const usage = usageOf(attributes, TOKENS);
  if (usage !== undefined) call.usage = usage;
  return call;
}

function readExecution(span: Span, logs: readonly LogRecord[]): ToolExecution {
  const { attributes } = span;
  const execution = readTool(span, logs, vercelAi.id);
  execution.name = asString(attributes[TOOL_NAME]) ?? execution.name;
  const callId = asId(attributes[TOOL_CALL_ID]);
  if (callId !== undefined) execution.callId = callId;
  if (attributes[TOOL_ARGUMENTS] !== undefined) execution.arguments = parseArguments(attributes[TOOL_ARGUMENTS]);
  if (attributes[TOOL_RESULT] !== undefined) execution.result = attributes[TOOL_RESULT];
  return execution;
}

/** The loop around requests and tools bounds what belongs together. */
const readLoop = (span: Span, operation: string): Scope => ({
  ...factsOf(span, vercelAi.id),
  kind: 'scope',
  name: asString(span.attributes[FUNCTION_ID]) ?? operation,
  agent: true,
});
