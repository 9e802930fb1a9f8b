import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { asNumber, asString, type Json } from '../content/message.ts';
import * as semconv from '../semconv.ts';

/** Puts what is known into a span's attributes; an attribute is never undefined. */
export function put(into: Attributes, key: string, value: AttributeValue | undefined): void {
  if (value !== undefined) into[key] = value;
}

/** What requests of all endpoints that answer with text say in the same words. */
export function putCommon(into: Attributes, body: Json): void {
  put(into, semconv.REQUEST_TEMPERATURE, asNumber(body['temperature']));
  put(into, semconv.REQUEST_TOP_P, asNumber(body['top_p']));
  if (body['stream'] === true) into[semconv.REQUEST_STREAM] = true;
  if (body['service_tier'] !== 'auto') put(into, semconv.OPENAI_REQUEST_SERVICE_TIER, asString(body['service_tier']));
  if (typeof body['parallel_tool_calls'] === 'boolean') into[semconv.PARALLEL_TOOL_CALLS] = body['parallel_tool_calls'];
}
