import type { Observation, ToolExecution } from '../model/observation.ts';
import type { SpanDialect } from './dialect.ts';
import { asString, parseIfJson, parseIfStructured } from './json.ts';
import { readModelCall } from './openinference-model.ts';
import { AGENT_NAME, common, errorOf, first, ID, INPUT, INPUT_TYPE, KIND, MODEL, OUTPUT } from './openinference-span.ts';
import { resultIn, shown } from './openinference-values.ts';
import type { Attributes, Span } from './span.ts';

/** OpenInference: https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md */
const TOOL_NAME = 'tool.name';
const TOOL_CALL_IDS = ['tool_call.id', 'tool.id'];
/** Where the kind is missing, these tell a model call. */
const MODEL_MARKS = [MODEL, 'llm.input_messages.0.message.role', 'llm.output_messages.0.message.role'];
/** Spans that keep what another convention wrote are read as that: it is what this one was made of. */
const ORIGINAL = 'gen_ai.operation.name';

export const openInference: SpanDialect = {
  id: ID,
  content: { text: ['input.value', 'output.value'], flattened: ['llm.input_messages.', 'llm.output_messages.'] },

  detect: ({ attributes }) => asString(attributes[ORIGINAL]) === undefined && kindOf(attributes) !== undefined,

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
  asString(attributes[KIND])?.toUpperCase() ?? (first(attributes, MODEL_MARKS) !== undefined ? 'LLM' : undefined);

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
