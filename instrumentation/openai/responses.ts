import type { Attributes } from '@opentelemetry/api';
import { asList, asNumber, asString, finishReason, isJson, type Json } from '../content/message.ts';
import { answerParts, responseItem } from '../content/response-items.ts';
import type { TokenUsage } from '../instruments.ts';
import * as semconv from '../semconv.ts';
import type { EmittedCall } from '../turns.ts';
import type { Answer, Api, Assembly } from './api.ts';
import { put, putCommon } from './request.ts';

/** The Responses API: https://platform.openai.com/docs/api-reference/responses */
export const responses: Api = {
  operation: 'chat',
  requestAttributes,
  answer: answerOf,
  assembly: (withContent) => new ResponseAssembly(withContent),
  units: (body) =>
    typeof body['input'] === 'string' ? [body['input']] : Array.isArray(body['input']) ? (body['input'] as unknown[]) : undefined,
  message: responseItem,
  answeredCalls,
  instructions: (body) => body['instructions'],
  conversationId(body) {
    const conversation = body['conversation'];
    return asString(conversation) ?? (isJson(conversation) ? asString(conversation['id']) : undefined);
  },
  // Streams of this API always end with usage.
  withStreamUsage: () => undefined,
};

function requestAttributes(body: Json, into: Attributes): void {
  putCommon(into, body);
  const format = isJson(body['text']) && isJson(body['text']['format']) ? asString(body['text']['format']['type']) : undefined;
  into[semconv.OPENAI_API_TYPE] = 'responses';
  put(into, semconv.REQUEST_MAX_TOKENS, asNumber(body['max_output_tokens']));
  put(into, semconv.REQUEST_PREVIOUS_RESPONSE_ID, asString(body['previous_response_id']));
  put(into, semconv.REQUEST_REASONING_LEVEL, isJson(body['reasoning']) ? asString(body['reasoning']['effort']) : undefined);
  put(into, semconv.OUTPUT_TYPE, format?.startsWith('json') === true ? 'json' : format);
}

function answeredCalls(body: Json): string[] {
  const ids: string[] = [];
  const items = asList(body['input']);
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i];
    const id = isJson(item) && String(item['type']).endsWith('_call_output') ? asString(item['call_id']) : undefined;
    if (id === undefined) break;
    ids.push(id);
  }
  return ids;
}

function answerOf(data: unknown): Answer {
  const response = isJson(data) ? data : {};
  const items = asList(response['output']);
  const calls = callsOf(items);
  const reason = reasonOf(response, calls);
  const failure = isJson(response['error']) ? response['error'] : undefined;
  const attributes: Attributes = {};
  put(attributes, semconv.RESPONSE_FINISH_REASONS, reason === undefined ? undefined : [reason]);
  put(attributes, semconv.OPENAI_RESPONSE_SERVICE_TIER, asString(response['service_tier']));
  return {
    model: asString(response['model']),
    responseId: asString(response['id']),
    usage: usageOf(response['usage']),
    attributes,
    calls,
    messages: () =>
      items.length === 0 ? [] : [{ role: 'assistant', parts: answerParts(items), finish_reason: reason ?? finishReason(undefined) }],
    error: failure && { type: asString(failure['code']) ?? 'error', message: asString(failure['message']) ?? '' },
  };
}

function reasonOf(response: Json, calls: readonly EmittedCall[]): string | undefined {
  switch (response['status']) {
    case 'failed':
      return 'error';
    case 'incomplete': {
      const why = isJson(response['incomplete_details']) ? response['incomplete_details']['reason'] : undefined;
      return why === 'content_filter' ? 'content_filter' : 'length';
    }
    case 'completed':
      return calls.length > 0 ? 'tool_call' : 'stop';
    default:
      return undefined;
  }
}

/** Calls that the application runs; those run by the provider or by a program of the model's are none of the batch. */
function callsOf(items: readonly unknown[]): EmittedCall[] {
  return items.filter(isJson).flatMap((item) => {
    const isCall = item['type'] === 'function_call' || item['type'] === 'custom_tool_call';
    const isDirect = !isJson(item['caller']) || item['caller']['type'] === 'direct';
    if (!isCall || !isDirect) return [];
    return {
      id: asString(item['call_id']),
      name: asString(item['name']) ?? '',
      arguments: asString(item['arguments']) ?? asString(item['input']) ?? '',
    };
  });
}

function usageOf(usage: unknown): TokenUsage | undefined {
  if (!isJson(usage)) return undefined;
  const input = isJson(usage['input_tokens_details']) ? usage['input_tokens_details'] : {};
  const output = isJson(usage['output_tokens_details']) ? usage['output_tokens_details'] : {};
  return {
    input: asNumber(usage['input_tokens']),
    output: asNumber(usage['output_tokens']),
    cacheRead: asNumber(input['cached_tokens']),
    reasoning: asNumber(output['reasoning_tokens']),
  };
}

/** Events of a stream: items come whole when they are done, the response whole at the end. */
class ResponseAssembly implements Assembly {
  readonly #withContent: boolean;
  #response: Json = {};
  readonly #items: unknown[] = [];
  readonly #openTexts = new Map<unknown, string>();
  isWhole = false;

  constructor(withContent: boolean) {
    this.#withContent = withContent;
  }

  add(event: unknown): void {
    if (!isJson(event)) return;
    switch (event['type']) {
      case 'response.output_text.delta':
        if (!this.#withContent) return;
        this.#openTexts.set(event['item_id'], (this.#openTexts.get(event['item_id']) ?? '') + (asString(event['delta']) ?? ''));
        return;
      case 'response.output_item.done':
        this.#items[asNumber(event['output_index']) ?? this.#items.length] = event['item'];
        if (isJson(event['item'])) this.#openTexts.delete(event['item']['id']);
        return;
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
        this.isWhole = true;
        if (isJson(event['response'])) this.#response = event['response'];
        return;
      case 'error':
        this.#response = { ...this.#response, status: 'failed', error: isJson(event['error']) ? event['error'] : event };
        return;
      default:
        if (isJson(event['response'])) this.#response = event['response'];
    }
  }

  answer(): Answer {
    const written = asList(this.#response['output']);
    if (this.isWhole && written.length >= this.#items.length) return answerOf(this.#response);
    const unfinished = [...this.#openTexts.values()].map((text) => ({ type: 'message', role: 'assistant', content: text }));
    const answer = answerOf({ ...this.#response, output: [...this.#items.filter(Boolean), ...unfinished] });
    return this.isWhole ? answer : { ...answer, calls: [] };
  }
}
