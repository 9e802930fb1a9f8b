import type { Message } from '../model/message.ts';
import type { ModelCall, Observation, ToolExecution } from '../model/observation.ts';
import type { SpanDialect } from './dialect.ts';
import { contentOfEvents } from './gen-ai-events.ts';
import { readIndexed } from './gen-ai-indexed.ts';
import { readInputMessages, readInstructions, readOutputMessages, type ChoiceHints } from './gen-ai-messages.ts';
import { asNumber, asString, parseArguments, parseIfJson } from './json.ts';
import { errorOf, factsOf, first, usageOf, type SpanFacts, type UsageKeys } from './span-facts.ts';
import type { Attributes, LogRecord, Span } from './span.ts';
import { readToolDefinitions } from './tool-definitions.ts';

/**
 * OTel GenAI semantic conventions, current and v1.36-and-before. Names:
 * https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/client-inference.md and, of
 * old, https://github.com/open-telemetry/semantic-conventions/blob/v1.36.0/docs/gen-ai/gen-ai-spans.md
 */
const OPERATION = 'gen_ai.operation.name';
/** OpenLLMetry's name for the operation, before there was one. */
const REQUEST_TYPE = 'llm.request.type';
const PROVIDERS = ['gen_ai.provider.name', 'gen_ai.system'];
const REQUEST_MODEL = 'gen_ai.request.model';
const RESPONSE_MODEL = 'gen_ai.response.model';
const RESPONSE_ID = 'gen_ai.response.id';
const PREVIOUS_RESPONSE_IDS = [
  'gen_ai.request.previous_response.id',
  'gen_ai.request.previous_response_id',
  'gen_ai.openai.request.previous_response_id',
  'openai.request.previous_response_id',
];
const CONVERSATION_ID = 'gen_ai.conversation.id';
const COMPACTED = 'gen_ai.conversation.compacted';
const AGENT_NAME = 'gen_ai.agent.name';
const INPUT = 'gen_ai.input.messages';
const OUTPUT = 'gen_ai.output.messages';
const INSTRUCTIONS = 'gen_ai.system_instructions';
const CHOICE_COUNT = 'gen_ai.request.choice.count';
const FINISH_REASONS = 'gen_ai.response.finish_reasons';
const TOKENS: UsageKeys = {
  input: ['gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens'],
  output: ['gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens'],
  cached: ['gen_ai.usage.cache_read.input_tokens', 'gen_ai.usage.cache_read_input_tokens'],
};
const TOOL_DEFINITIONS = 'gen_ai.tool.definitions';
const TOOL_NAME = 'gen_ai.tool.name';
const TOOL_CALL_ID = 'gen_ai.tool.call.id';
const TOOL_ARGUMENTS = 'gen_ai.tool.call.arguments';
const TOOL_RESULT = 'gen_ai.tool.call.result';
/** Set by whoever starts a tool ahead of need. */
const SPECULATIVE = 'fanlight.speculative';
/** Set by `fanlight/runtime`. */
const WAIT_SLOT = 'fanlight.wait.slot_ms';
const WAIT_BARRIER = 'fanlight.wait.barrier_ms';

const MODEL_OPERATIONS = new Set(['chat', 'text_completion', 'generate_content', 'responses', 'completion']);
const AGENT_OPERATIONS = new Set(['invoke_agent', 'create_agent', 'invoke_workflow']);
/** Operations of one's own that wrap model calls: what messages they hold are sums over their turns. */
const WRAPPER = /agent|workflow|step|task|chain|plan|tool/iu;

export const genAi: SpanDialect = {
  id: 'gen-ai',

  detect: ({ attributes }) =>
    attributes[OPERATION] !== undefined || (first(attributes, PROVIDERS) !== undefined && attributes[REQUEST_MODEL] !== undefined),

  read(span, logs): Observation | undefined {
    const operation = asString(span.attributes[OPERATION]) ?? asString(span.attributes[REQUEST_TYPE]);
    if (operation === 'execute_tool') return readTool(span, logs, genAi.id);
    if (operation === undefined || MODEL_OPERATIONS.has(operation)) return readModelCall(span, logs, genAi.id);
    if (AGENT_OPERATIONS.has(operation)) return readAgent(span);
    const call = WRAPPER.test(operation) ? undefined : readModelCall(span, logs, genAi.id);
    return call?.input === undefined && call?.output === undefined ? undefined : call;
  },
};

/** Also for dialects that write some of these attributes beside their own. */
export function readModelCall(span: Span, logs: readonly LogRecord[], dialect: string): ModelCall {
  const { attributes } = span;
  const call: ModelCall = { ...common(span, dialect), kind: 'model' };
  const { input, output, tools } = readContent(span, logs);
  if (input !== undefined) call.input = input;
  if (output !== undefined) call.output = output;
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
  const written = { input: readInputMessages(attributes[INPUT]), output: readOutputMessages(attributes[OUTPUT], hints) };
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

const isTrue = (value: unknown): boolean => value === true || value === 'true';

/** Also for dialects that write some of these attributes beside their own. */
export function readTool(span: Span, logs: readonly LogRecord[], dialect: string): ToolExecution {
  const { attributes } = span;
  const callId = asString(attributes[TOOL_CALL_ID]);
  const args = attributes[TOOL_ARGUMENTS];
  const result = attributes[TOOL_RESULT];
  const error = errorOf(span, logs);
  return {
    ...common(span, dialect),
    kind: 'tool',
    name: asString(attributes[TOOL_NAME]) ?? span.name.replace(/^execute_tool\s*/u, ''),
    ...(callId !== undefined && { callId }),
    ...(args !== undefined && { arguments: parseArguments(args) }),
    ...(result !== undefined && { result }),
    ...(error !== undefined && { error }),
    ...(isTrue(attributes[SPECULATIVE]) && { speculative: true }),
    ...waitsOf(attributes),
  };
}

function waitsOf(attributes: Attributes): { waits?: { slotMs: number; barrierMs: number } } {
  const [slotMs, barrierMs] = [asNumber(attributes[WAIT_SLOT]), asNumber(attributes[WAIT_BARRIER])];
  return slotMs === undefined && barrierMs === undefined ? {} : { waits: { slotMs: slotMs ?? 0, barrierMs: barrierMs ?? 0 } };
}

/** An agent's span only bounds what belongs together: its messages and tokens are sums over its turns. */
function readAgent(span: Span): Observation {
  return { ...common(span, genAi.id), kind: 'scope', name: asString(span.attributes[AGENT_NAME]) ?? span.name, agent: true };
}

function common(span: Span, dialect: string): SpanFacts & { conversationId?: string } {
  const conversationId = asString(span.attributes[CONVERSATION_ID]);
  return { ...factsOf(span, dialect), ...(conversationId !== undefined && { conversationId }) };
}
