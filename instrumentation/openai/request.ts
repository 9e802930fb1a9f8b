import type { AttributeValue } from '@opentelemetry/api';
import { asNumber, asString, type Json } from '../content/message.ts';
import * as semconv from '../semconv.ts';

/** What requests of all endpoints that answer with text say in the same words. */
export const commonRequestAttributes = (body: Json): Record<string, AttributeValue | undefined> => ({
  [semconv.REQUEST_TEMPERATURE]: asNumber(body['temperature']),
  [semconv.REQUEST_TOP_P]: asNumber(body['top_p']),
  [semconv.REQUEST_STREAM]: body['stream'] === true ? true : undefined,
  [semconv.OPENAI_REQUEST_SERVICE_TIER]: body['service_tier'] === 'auto' ? undefined : asString(body['service_tier']),
  [semconv.PARALLEL_TOOL_CALLS]: typeof body['parallel_tool_calls'] === 'boolean' ? body['parallel_tool_calls'] : undefined,
});

/** An object without the fields that are undefined. */
export function defined<T>(fields: Record<string, T | undefined>): Record<string, T> {
  const kept: Record<string, T> = {};
  for (const key in fields) {
    const value = fields[key];
    if (value !== undefined) kept[key] = value;
  }
  return kept;
}
