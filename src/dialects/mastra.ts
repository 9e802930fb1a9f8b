import type { Observation, ToolExecution } from '../model/observation.ts';
import type { SpanDialect } from './dialect.ts';
import { readTool } from './gen-ai-tool.ts';
import { asString, parseArguments } from './json.ts';
import { isCutValue, typeOf } from './mastra-content.ts';
import { gatherCalls } from './mastra-steps.ts';
import { factsOf } from './span-facts.ts';
import type { Span } from './span.ts';

/**
 * Mastra's spans, as its OTel exporter writes them and as `mastra-events` makes them of its own events. Names:
 * https://github.com/mastra-ai/mastra/blob/main/observability/otel-exporter/src/gen-ai-semantics.ts
 */
const AGENT_NAME = 'gen_ai.agent.name';
const CONVERSATION_ID = 'gen_ai.conversation.id';
/** Before version 1 of the exporter. */
const FORMER_ARGUMENTS = 'gen_ai.tool.input';
const FORMER_RESULT = 'gen_ai.tool.output';

const TOOLS = new Set(['tool_call', 'mcp_tool_call']);
const AGENTS = new Set(['agent_run', 'workflow_run']);
/** The answer once more, piece by piece. */
const CHUNK = 'model_chunk';

export const mastra: SpanDialect = {
  id: 'mastra',
  content: { json: ['mastra.model_generation.input', 'mastra.model_step.output'], text: ['gen_ai.tool.input', 'gen_ai.tool.output'] },

  detect: (span) => typeOf(span) !== undefined,

  read: readAlone,

  /** A model call is a step of a loop; the messages stand on the loop, the tokens on a span below the step. */
  readTogether(told): Observation[] {
    const spans = told.filter((span) => typeOf(span) !== CHUNK);
    const executions = new Map(spans.filter(isTool).map((span) => [span, readExecution(span)]));
    const calls = gatherCalls(spans, [...executions.values()]);
    return spans.map((span) => calls.get(span) ?? executions.get(span) ?? readAlone(span));
  },
};

const isTool = (span: Span): boolean => TOOLS.has(typeOf(span) ?? '');

function readAlone(span: Span): Observation {
  if (isTool(span)) return readExecution(span);
  const conversationId = asString(span.attributes[CONVERSATION_ID]);
  return {
    ...factsOf(span, mastra.id),
    kind: 'scope',
    name: asString(span.attributes[AGENT_NAME]) ?? span.name,
    agent: AGENTS.has(typeOf(span) ?? ''),
    ...(conversationId !== undefined && { conversationId }),
  };
}

function readExecution(span: Span): ToolExecution {
  const { arguments: args, result, ...execution } = readTool(span, [], mastra.id);
  const given = args ?? parseArguments(span.attributes[FORMER_ARGUMENTS]);
  const answered = result ?? span.attributes[FORMER_RESULT];
  return {
    ...execution,
    ...(given !== undefined && !isCutValue(given) && { arguments: given }),
    ...(answered !== undefined && !isCutValue(answered) && { result: answered }),
  };
}
