import type { ModelCall, Observation, ToolExecution } from '../model/observation.ts';
import type { SpanDialect } from './dialect.ts';
import { readModelCall } from './gen-ai-call.ts';
import { readTool } from './gen-ai-tool.ts';
import { genAi } from './gen-ai.ts';
import { asArray, asNumber, asString, isObject, objectOf, parseArguments, parseIfJson, type Json } from './json.ts';
import { lacks } from './left-out.ts';
import { readLogged } from './logfire-requests.ts';
import { joinStreams } from './logfire-streams.ts';
import type { LogRecord, Span, SpanEvent } from './span.ts';

/**
 * Pydantic AI, in all versions of its format, and the clients that Logfire instruments: the GenAI conventions, and what
 * these two write beside them or wrote before. Names:
 * https://pydantic.dev/docs/ai/integrations/logfire/ and https://logfire.pydantic.dev/docs/reference/sql/
 */
const MARKS = ['logfire.msg', 'logfire.json_schema', 'logfire.span_type', 'all_messages_events', 'pydantic_ai.all_messages'];
const OF_A_MODEL = ['gen_ai.operation.name', 'gen_ai.request.model', 'gen_ai.tool.name'];
/** Message events as one list, JSON in an attribute: version 1 of the format, and Logfire's Responses before version 4. */
const EVENTS = 'events';
const ARGUMENTS = 'tool_arguments';
const RESULT = 'tool_response';
const RAW_USAGE = 'gen_ai.usage.raw';
/** What Logfire puts in the place of what looks like a secret. */
const SCRUBBED = /\[Scrubbed due to ['"]/u;

export const logfire: SpanDialect = {
  id: 'logfire',
  content: { json: ['request_data', 'response_data'], text: ['tool_arguments', 'tool_response'] },

  detect: ({ attributes }) => MARKS.some((key) => attributes[key] !== undefined) && OF_A_MODEL.some((key) => attributes[key] !== undefined),

  read(span, logs): Observation | undefined {
    const { attributes } = span;
    const operation = asString(attributes['gen_ai.operation.name']);
    if (operation === undefined ? attributes['gen_ai.tool.name'] !== undefined : operation === 'execute_tool')
      return readExecution(span, logs);
    const observation = operation === undefined ? readModelCall(span, logs, logfire.id) : genAi.read(withEvents(span), logs);
    if (observation?.kind !== 'model') return observation && { ...observation, dialect: logfire.id };
    return readCall(withEvents(span), logs);
  },

  readTogether: (spans, logsOf) =>
    joinStreams(spans).flatMap((span) => {
      const observation = logfire.read(span, logsOf(span));
      return observation === undefined ? [] : [observation];
    }),
};

function readCall(span: Span, logs: readonly LogRecord[]): ModelCall {
  const { attributes } = span;
  const call = readModelCall(span, logs, logfire.id);
  const logged = readLogged(attributes, call.origin);
  const whole: ModelCall = { ...logged, ...call };
  const cached = cachedIn(attributes[RAW_USAGE]) ?? logged.usage?.cachedInputTokens;
  if (whole.usage !== undefined && whole.usage.cachedInputTokens === undefined && cached !== undefined)
    whole.usage = { ...whole.usage, cachedInputTokens: cached };
  return whole;
}

/** As OpenAI counts: in the usage of others, the input tokens may leave the cached ones out. */
function cachedIn(usage: unknown): number | undefined {
  const raw = objectOf(usage);
  const details = raw['prompt_tokens_details'] ?? raw['input_tokens_details'];
  return isObject(details) ? asNumber(details['cached_tokens']) : undefined;
}

function withEvents(span: Span): Span {
  const events = asArray(parseIfJson(span.attributes[EVENTS])).filter(isObject).map(asEvent);
  return events.length === 0 ? span : { ...span, events: [...span.events, ...withChoice(events)] };
}

const asEvent = (event: Json): SpanEvent => ({ name: asString(event['event.name']) ?? '', attributes: event });

/** Of the Responses API the answer follows the input as one more message, or one for each of its items. */
function withChoice(events: readonly SpanEvent[]): readonly SpanEvent[] {
  const given = events.findLastIndex(({ name }) => name !== 'gen_ai.assistant.message');
  if (events.some(({ name }) => name === 'gen_ai.choice')) return events;
  return events.map((event, i) => (i > given ? { ...event, name: 'gen_ai.choice' } : event));
}

function readExecution(span: Span, logs: readonly LogRecord[]): ToolExecution {
  const { arguments: args, result, ...execution } = readTool(span, logs, logfire.id);
  const given = args ?? parseArguments(span.attributes[ARGUMENTS]);
  const answered = result ?? span.attributes[RESULT];
  return {
    ...execution,
    ...(given !== undefined && !lacks(given, SCRUBBED) && { arguments: given }),
    ...(answered !== undefined && !lacks(answered, SCRUBBED) && { result: answered }),
  };
}
