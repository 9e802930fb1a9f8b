import { asNumber, asString, isObject, type Json } from '../../dialects/json.ts';
import type { Attributes } from '../../dialects/span.ts';
import type { SpanContent } from '../otlp.ts';
import type { SpanEnvelope } from './envelope.ts';
import { addSpan } from './span-of.ts';
import { readMoment } from './times.ts';

/**
 * Events of Mastra's own tracing, `{type, exportedSpan}`, as its exporters are handed them. A span comes several times,
 * when it starts, changes and ends. Its attributes get the names that Mastra's OTel exporter gives them.
 * https://github.com/mastra-ai/mastra/blob/main/packages/core/src/observability/types/tracing.ts
 */
export const mastraEvents: SpanEnvelope = {
  id: 'mastra-events',

  detect: ({ type, exportedSpan }) => /^span_(?:started|updated|ended)$/u.test(asString(type) ?? '') && isObject(exportedSpan),

  read: ({ exportedSpan }, place) => {
    const content: SpanContent = { spans: [], logs: [], skipped: [] };
    const span = exportedSpan as Json;
    const [start, end] = [readMoment(span['startTime']), readMoment(span['endTime'])];
    const error = span['errorInfo'];
    addSpan(
      content,
      {
        traceId: span['traceId'],
        spanId: span['id'],
        parentSpanId: span['parentSpanId'],
        name: span['name'],
        ...(start !== undefined && { start }),
        ...(end !== undefined && { end }),
        attributes: attributesOf(span),
        events: [],
        status: isObject(error) ? { code: 2, message: asString(error['message']) ?? 'error' } : { code: 0 },
        resource: {},
      },
      place,
    );
    return content;
  },
};

const TOOL = /(?:^|_)tool_call$/u;

function attributesOf(span: Json): Attributes {
  const type = asString(span['type']) ?? '';
  const [own, metadata] = [objectIn(span, 'attributes'), objectIn(span, 'metadata')];
  const isTool = TOOL.test(type);
  return {
    'mastra.span.type': type,
    [isTool ? 'gen_ai.tool.call.arguments' : `mastra.${type}.input`]: span['input'],
    [isTool ? 'gen_ai.tool.call.result' : `mastra.${type}.output`]: span['output'],
    'gen_ai.conversation.id': metadata['threadId'] ?? own['conversationId'],
    ...(isTool
      ? {
          'gen_ai.tool.name': span['entityName'] ?? span['entityId'],
          'gen_ai.tool.call.id': own['toolCallId'] ?? metadata['toolCallId'],
        }
      : { 'gen_ai.agent.name': span['entityName'] ?? span['entityId'], ...ofTheModel(own) }),
  };
}

function ofTheModel(own: Json): Attributes {
  const usage = objectIn(own, 'usage');
  const details = objectIn(usage, 'inputDetails');
  return {
    'mastra.model_step.step_index': asNumber(own['stepIndex']),
    'gen_ai.request.model': own['model'],
    'gen_ai.provider.name': own['provider'],
    'gen_ai.tool.definitions': own['tools'],
    'gen_ai.response.model': own['responseModel'],
    'gen_ai.response.id': own['responseId'],
    'gen_ai.response.finish_reasons': own['finishReason'] === undefined ? undefined : [own['finishReason']],
    'gen_ai.usage.input_tokens': usage['inputTokens'],
    'gen_ai.usage.output_tokens': usage['outputTokens'],
    'gen_ai.usage.cache_read.input_tokens': details['cacheRead'],
  };
}

const objectIn = (object: Json, key: string): Json => (isObject(object[key]) ? object[key] : {});
