import type { Attributes } from '@opentelemetry/api';
import { chatMessage } from '../content/chat-messages.ts';
import { asList, asNumber, asString, finishReason, isJson, type Json, type Message } from '../content/message.ts';
import type { TokenUsage } from '../instruments.ts';
import * as semconv from '../semconv.ts';
import type { EmittedCall } from '../turns.ts';
import type { Answer, Api, Assembly } from './api.ts';
import { put, putCommon } from './request.ts';

/** Chat completions: https://platform.openai.com/docs/api-reference/chat */
export const chat: Api = {
  operation: 'chat',
  requestAttributes,
  answer: answerOf,
  assembly: (withContent) => new ChatAssembly(withContent),
  units: (body) => (Array.isArray(body['messages']) ? (body['messages'] as unknown[]) : undefined),
  message: chatMessage,
  answeredCalls,
  instructions: () => undefined,
  conversationId: () => undefined,
  withStreamUsage(body) {
    if (body['stream'] !== true || body['stream_options'] !== undefined) return undefined;
    return { ...body, stream_options: { include_usage: true } };
  },
};

function requestAttributes(body: Json, into: Attributes): void {
  putCommon(into, body);
  const format = isJson(body['response_format']) ? asString(body['response_format']['type']) : undefined;
  const n = asNumber(body['n']);
  into[semconv.OPENAI_API_TYPE] = 'chat_completions';
  put(into, semconv.REQUEST_MAX_TOKENS, asNumber(body['max_completion_tokens']) ?? asNumber(body['max_tokens']));
  put(into, semconv.REQUEST_FREQUENCY_PENALTY, asNumber(body['frequency_penalty']));
  put(into, semconv.REQUEST_PRESENCE_PENALTY, asNumber(body['presence_penalty']));
  put(into, semconv.REQUEST_SEED, asNumber(body['seed']));
  put(into, semconv.REQUEST_STOP_SEQUENCES, stopSequences(body['stop']));
  put(into, semconv.REQUEST_CHOICE_COUNT, n === 1 ? undefined : n);
  put(into, semconv.REQUEST_REASONING_LEVEL, asString(body['reasoning_effort']));
  put(into, semconv.OUTPUT_TYPE, format?.startsWith('json') === true ? 'json' : format);
}

function stopSequences(stop: unknown): string[] | undefined {
  if (typeof stop === 'string') return [stop];
  return Array.isArray(stop) ? stop.filter((word) => typeof word === 'string') : undefined;
}

function answeredCalls(body: Json): string[] {
  const messages = asList(body['messages']);
  const ids: string[] = [];
  for (let i = messages.length - 1; i >= 0; i--) {
    const message = messages[i];
    const id = isJson(message) && message['role'] === 'tool' ? asString(message['tool_call_id']) : undefined;
    if (id === undefined) break;
    ids.push(id);
  }
  return ids;
}

function answerOf(data: unknown): Answer {
  const response = isJson(data) ? data : {};
  const choices = asList(response['choices']).filter(isJson);
  return {
    model: asString(response['model']),
    responseId: asString(response['id']),
    usage: usageOf(response['usage']),
    attributes: responseAttributes(
      response,
      choices.map((choice) => choice['finish_reason']),
    ),
    calls: batchOf(choices.map((choice) => (isJson(choice['message']) ? asList(choice['message']['tool_calls']) : []))),
    messages: () => choices.map((choice) => answerMessage(choice['message'], choice['finish_reason'])),
  };
}

function answerMessage(message: unknown, reason: unknown): Message {
  const answer = chatMessage(message);
  answer.finish_reason = finishReason(reason);
  return answer;
}

function responseAttributes(response: Json, reasons: readonly unknown[]): Attributes {
  const attributes: Attributes = {};
  if (reasons.some((reason) => reason !== null && reason !== undefined))
    attributes[semconv.RESPONSE_FINISH_REASONS] = reasons.map(finishReason);
  put(attributes, semconv.OPENAI_RESPONSE_SERVICE_TIER, asString(response['service_tier']));
  put(attributes, semconv.OPENAI_RESPONSE_SYSTEM_FINGERPRINT, asString(response['system_fingerprint']));
  return attributes;
}

function usageOf(usage: unknown): TokenUsage | undefined {
  if (!isJson(usage)) return undefined;
  const input = isJson(usage['prompt_tokens_details']) ? usage['prompt_tokens_details'] : {};
  const output = isJson(usage['completion_tokens_details']) ? usage['completion_tokens_details'] : {};
  return {
    input: asNumber(usage['prompt_tokens']),
    output: asNumber(usage['completion_tokens']),
    cacheRead: asNumber(input['cached_tokens']),
    reasoning: asNumber(output['reasoning_tokens']),
    inputAudio: asNumber(input['audio_tokens']),
    outputAudio: asNumber(output['audio_tokens']),
  };
}

/** Choices are alternatives: the app goes on from one of them, and only the first with calls can be told. */
function batchOf(choices: readonly unknown[][]): EmittedCall[] {
  const calls = choices.find((list) => list.length > 0) ?? [];
  return calls.filter(isJson).map((call) => {
    const made = madeOf(call);
    return {
      id: asString(call['id']),
      name: asString(made['name']) ?? '',
      arguments: asString(made['arguments']) ?? asString(made['input']) ?? '',
    };
  });
}

const madeOf = (call: Json): Json => (isJson(call['function']) ? call['function'] : isJson(call['custom']) ? call['custom'] : {});

interface OpenCall {
  id: string | undefined;
  type: string;
  name: string;
  arguments: string;
}

interface OpenChoice {
  content: string;
  refusal: string;
  reasoning: string;
  calls: Map<number, OpenCall>;
  finishReason: unknown;
}

/** Chunks of a stream; compatible servers leave out nearly any field, `choices` and `index` included. */
class ChatAssembly implements Assembly {
  private readonly withContent: boolean;
  private readonly choices: OpenChoice[] = [];
  private readonly head: Json = {};

  constructor(withContent: boolean) {
    this.withContent = withContent;
  }

  add(chunk: unknown): void {
    if (!isJson(chunk)) return;
    const { id, model, usage, service_tier: tier, system_fingerprint: fingerprint } = chunk;
    if (id !== undefined && id !== null) this.head['id'] = id;
    if (model !== undefined && model !== null) this.head['model'] = model;
    if (usage !== undefined && usage !== null) this.head['usage'] = usage;
    if (tier !== undefined && tier !== null) this.head['service_tier'] = tier;
    if (fingerprint !== undefined && fingerprint !== null) this.head['system_fingerprint'] = fingerprint;
    const { choices } = chunk;
    if (Array.isArray(choices)) for (const choice of choices) if (isJson(choice)) this.addChoice(choice);
  }

  private addChoice(choice: Json): void {
    const { index, finish_reason: reason, delta } = choice;
    const open = (this.choices[asNumber(index) ?? 0] ??= {
      content: '',
      refusal: '',
      reasoning: '',
      calls: new Map(),
      finishReason: undefined,
    });
    if (reason !== undefined && reason !== null) open.finishReason = reason;
    if (!isJson(delta)) return;
    if (this.withContent) {
      if (typeof delta['content'] === 'string') open.content += delta['content'];
      if (typeof delta['refusal'] === 'string') open.refusal += delta['refusal'];
      const reasoning = delta['reasoning_content'] ?? delta['reasoning'];
      if (typeof reasoning === 'string') open.reasoning += reasoning;
    }
    if (Array.isArray(delta['tool_calls'])) for (const part of delta['tool_calls']) if (isJson(part)) addCall(open.calls, part);
  }

  get isWhole(): boolean {
    return this.choices.some((choice) => choice?.finishReason !== undefined);
  }

  answer(): Answer {
    const choices = this.choices.filter((choice) => choice !== undefined).map((open) => ({ open, message: messageOf(open) }));
    return {
      model: asString(this.head['model']),
      responseId: asString(this.head['id']),
      usage: usageOf(this.head['usage']),
      attributes: responseAttributes(
        this.head,
        choices.map(({ open }) => open.finishReason),
      ),
      // Half of a call is no call.
      calls: this.isWhole ? batchOf(choices.map(({ message }) => message.tool_calls)) : [],
      messages: () => choices.map(({ open, message }) => answerMessage(message, open.finishReason)),
    };
  }
}

/** Calls come in pieces by index; some servers send each whole, with an id of its own and no index. */
function addCall(calls: Map<number, OpenCall>, part: Json): void {
  const id = asString(part['id']);
  const known = id === undefined ? undefined : [...calls].find(([, call]) => call.id === id)?.[0];
  const index = asNumber(part['index']) ?? known ?? (id === undefined ? Math.max(calls.size - 1, 0) : calls.size);
  const made = madeOf(part);
  const call = calls.get(index) ?? { id: undefined, type: isJson(part['custom']) ? 'custom' : 'function', name: '', arguments: '' };
  calls.set(index, call);
  if (id !== undefined && id !== '') call.id = id;
  call.name += asString(made['name']) ?? '';
  call.arguments += asString(made['arguments']) ?? asString(made['input']) ?? '';
}

function messageOf(open: OpenChoice): Json & { tool_calls: unknown[] } {
  return {
    role: 'assistant',
    content: open.content,
    ...(open.refusal !== '' && { refusal: open.refusal }),
    ...(open.reasoning !== '' && { reasoning_content: open.reasoning }),
    tool_calls: [...open.calls]
      .toSorted(([a], [b]) => a - b)
      .map(([, { id, type, name, arguments: text }]) => ({
        id,
        type,
        [type]: type === 'custom' ? { name, input: text } : { name, arguments: text },
      })),
  };
}
