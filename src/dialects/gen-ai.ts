import type { Observation } from '../model/observation.ts';
import type { SpanDialect } from './dialect.ts';
import { AGENT_NAME, PROVIDERS, readModelCall, REQUEST_MODEL } from './gen-ai-call.ts';
import { readTool } from './gen-ai-tool.ts';
import { asString } from './json.ts';
import { factsOf, first } from './span-facts.ts';
import type { Span } from './span.ts';

/**
 * OTel GenAI semantic conventions, current and v1.36-and-before. Names:
 * https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/client-inference.md and, of
 * old, https://github.com/open-telemetry/semantic-conventions/blob/v1.36.0/docs/gen-ai/gen-ai-spans.md
 */
const OPERATION = 'gen_ai.operation.name';
/** OpenLLMetry's name for the operation, before there was one. */
const REQUEST_TYPE = 'llm.request.type';

const MODEL_OPERATIONS = new Set(['chat', 'text_completion', 'generate_content', 'responses', 'completion']);
const AGENT_OPERATIONS = new Set(['invoke_agent', 'create_agent', 'invoke_workflow']);
/** Operations of one's own that wrap model calls: what messages they hold are sums over their turns. */
const WRAPPER = /agent|workflow|step|task|chain|plan|tool/iu;

export const genAi: SpanDialect = {
  id: 'gen-ai',
  content: {
    json: ['gen_ai.input.messages', 'gen_ai.output.messages', 'gen_ai.system_instructions', 'gen_ai.tool.definitions'],
    text: ['gen_ai.tool.call.arguments', 'gen_ai.tool.call.result'],
    flattened: ['gen_ai.prompt.', 'gen_ai.completion.'],
  },

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

/** An agent's span only bounds what belongs together: its messages and tokens are sums over its turns. */
function readAgent(span: Span): Observation {
  return { ...factsOf(span, genAi.id), kind: 'scope', name: asString(span.attributes[AGENT_NAME]) ?? span.name, agent: true };
}
