import type { Message, Usage } from '../model/message.ts';
import type { ModelCall, Observation, Origin } from '../model/observation.ts';
import type { SpanDialect } from './dialect.ts';
import { contentOfEvents } from './gen-ai-events.ts';
import { asChoices, readGenAiMessages, readInstructions } from './gen-ai-messages.ts';
import { asNumber, asString, parseArguments, parseIfJson } from './json.ts';
import { readToolDefinitions } from './openai-messages.ts';
import { originOf, type Attributes, type LogRecord, type Span } from './span.ts';

/**
 * OTel GenAI semantic conventions, current and v1.36-and-before. Names:
 * https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/client-inference.md
 */
const OPERATION = 'gen_ai.operation.name';
const PROVIDERS = ['gen_ai.provider.name', 'gen_ai.system'];
const CONVERSATION_ID = 'gen_ai.conversation.id';
const AGENT_NAME = 'gen_ai.agent.name';
const SPECULATIVE = 'fanlight.speculative';

const MODEL_OPERATIONS = new Set(['chat', 'text_completion', 'generate_content', 'responses', 'completion']);
const AGENT_OPERATIONS = new Set(['invoke_agent', 'create_agent', 'invoke_workflow']);

export const genAi: SpanDialect = {
  id: 'gen-ai',

  detect: ({ attributes }) =>
    attributes[OPERATION] !== undefined || (first(attributes, PROVIDERS) !== undefined && attributes['gen_ai.request.model'] !== undefined),

  read(span, logs): Observation | undefined {
    const operation = asString(span.attributes[OPERATION]);
    if (operation === 'execute_tool') return readTool(span);
    if (operation !== undefined && AGENT_OPERATIONS.has(operation)) return readAgent(span);
    const isModel = operation === undefined || MODEL_OPERATIONS.has(operation);
    return isModel ? readModelCall(span, logs) : undefined;
  },
};

function readModelCall(span: Span, logs: readonly LogRecord[]): ModelCall {
  const { attributes } = span;
  const events = contentOfEvents(span, logs);
  const rawOutput = attributes['gen_ai.output.messages'];
  const written = readGenAiMessages(rawOutput);
  const output = written === undefined ? events.output : asChoices(written, rawOutput);
  const input = readGenAiMessages(attributes['gen_ai.input.messages']) ?? events.input;
  const instructions = attributes['gen_ai.system_instructions'];
  const call: ModelCall = { ...common(span), kind: 'model' };
  if (input !== undefined)
    call.input = [...(instructions === undefined ? [] : readInstructions(instructions)), ...input.map(withoutChoice)];
  if (output !== undefined) call.output = output.map((message): Message => ({ ...message, role: 'assistant' }));

  const model = asString(attributes['gen_ai.response.model']) ?? asString(attributes['gen_ai.request.model']);
  if (model !== undefined) call.model = model;
  const provider = asString(first(attributes, PROVIDERS));
  if (provider !== undefined) call.provider = provider;
  const agentName = asString(attributes[AGENT_NAME]);
  if (agentName !== undefined) call.agentName = agentName;
  const responseId = asString(attributes['gen_ai.response.id']);
  if (responseId !== undefined) call.responseId = responseId;
  const previous = asString(
    first(attributes, [
      'gen_ai.request.previous_response.id',
      'gen_ai.openai.request.previous_response_id',
      'openai.request.previous_response_id',
    ]),
  );
  if (previous !== undefined) call.previousResponseId = previous;
  const tools = readToolDefinitions(parseIfJson(attributes['gen_ai.tool.definitions']));
  if (tools.length > 0) call.tools = tools;
  if (parseIfJson(attributes['gen_ai.conversation.compacted']) === true) call.compacted = true;
  const usage = usageOf(attributes);
  if (usage !== undefined) call.usage = usage;
  const error = errorOf(span);
  if (error !== undefined) call.error = error;
  return call;
}

const withoutChoice = ({ role, parts }: Message): Message => ({ role, parts });

function readTool(span: Span): Observation {
  const { attributes } = span;
  const callId = asString(attributes['gen_ai.tool.call.id']);
  const args = attributes['gen_ai.tool.call.arguments'];
  const result = attributes['gen_ai.tool.call.result'];
  const error = errorOf(span);
  return {
    ...common(span),
    kind: 'tool',
    name: asString(attributes['gen_ai.tool.name']) ?? span.name.replace(/^execute_tool\s+/u, ''),
    ...(callId !== undefined && { callId }),
    ...(args !== undefined && { arguments: parseArguments(args) }),
    ...(result !== undefined && { result }),
    ...(error !== undefined && { error }),
    ...(attributes[SPECULATIVE] === true && { speculative: true }),
  };
}

/** An agent's span only bounds what belongs together: its messages and tokens are sums over its turns. */
function readAgent(span: Span): Observation {
  return { ...common(span), kind: 'scope', name: asString(span.attributes[AGENT_NAME]) ?? span.name, agent: true };
}

interface Common {
  dialect: string;
  origin: Origin;
  start?: number;
  end?: number;
  conversationId?: string;
}

function common(span: Span): Common {
  const conversationId = asString(span.attributes[CONVERSATION_ID]);
  return {
    dialect: genAi.id,
    origin: originOf(span),
    ...(span.start !== undefined && { start: span.start }),
    ...(span.end !== undefined && { end: span.end }),
    ...(conversationId !== undefined && { conversationId }),
  };
}

function errorOf(span: Span): string | undefined {
  const type = asString(span.attributes['error.type']);
  if (span.status.code !== 2 && type === undefined) return undefined;
  const exception = span.events.find((event) => event.name === 'exception')?.attributes['exception.message'];
  return asString(exception) ?? asString(span.status.message) ?? type ?? 'error';
}

function usageOf(attributes: Attributes): Usage | undefined {
  const inputTokens = asNumber(first(attributes, ['gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens']));
  const outputTokens = asNumber(first(attributes, ['gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens']));
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return { ...(inputTokens !== undefined && { inputTokens }), ...(outputTokens !== undefined && { outputTokens }) };
}

function first(attributes: Attributes, keys: readonly string[]): unknown {
  for (const key of keys) if (attributes[key] !== undefined) return attributes[key];
  return undefined;
}
