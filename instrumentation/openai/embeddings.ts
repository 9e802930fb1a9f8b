import { asNumber, asString, isJson } from '../content/message.ts';
import * as semconv from '../semconv.ts';
import type { Answer, Api } from './api.ts';
import { put } from './request.ts';

/** Embeddings: a plain span, no content. https://platform.openai.com/docs/api-reference/embeddings */
export const embeddings: Api = {
  operation: 'embeddings',
  requestAttributes(body, into) {
    const format = asString(body['encoding_format']);
    put(into, semconv.EMBEDDINGS_DIMENSION_COUNT, asNumber(body['dimensions']));
    if (format !== undefined) into[semconv.REQUEST_ENCODING_FORMATS] = [format];
  },
  answer(data): Answer {
    const response = isJson(data) ? data : {};
    const usage = isJson(response['usage']) ? asNumber(response['usage']['prompt_tokens']) : undefined;
    return {
      model: asString(response['model']),
      responseId: undefined,
      usage: usage === undefined ? undefined : { input: usage },
      attributes: {},
      calls: [],
      messages: () => [],
    };
  },
  assembly: () => ({ add: () => {}, answer: () => embeddings.answer(undefined), isWhole: true }),
  units: () => undefined,
  message: () => ({ role: 'user', parts: [] }),
  answeredCalls: () => [],
  instructions: () => undefined,
  conversationId: () => undefined,
  withStreamUsage: () => undefined,
};
