import type { Message } from '../model/message.ts';
import { readOpenAiMessages } from '../dialects/openai-messages.ts';
import type { Tool } from './tool.ts';

/** A call as the model made it. */
export interface RequestedCall {
  id: string;
  name: string;
  /** JSON, if the model kept to it. */
  arguments: string;
}

/** What one model call gave. */
export interface Answer {
  text: string;
  calls: RequestedCall[];
  /** To be put into the history. */
  items: unknown[];
  usage: { input: number; output: number };
  /** Why it ended, where that is not the end of the answer: `length`, `content_filter`, `refusal`. */
  stopped: string | undefined;
}

export interface Request {
  model: string;
  history: readonly unknown[];
  tools: readonly Tool[];
  /** Sent as it is; left out where undefined. */
  parallelToolCalls: boolean | undefined;
  /** Whatever else the request shall say. */
  extra: Record<string, unknown>;
}

export interface RequestOptions {
  signal: AbortSignal;
  maxRetries: number;
}

/** One of OpenAI's two APIs, as far as a tool loop needs it. */
export interface ModelApi {
  /** @param onText called with each piece of text where the answer is streamed; undefined for no stream */
  ask(request: Request, options: RequestOptions, onText: ((delta: string) => void) | undefined): Promise<Answer>;
  result(callId: string, content: string): unknown;
  /** The history as the guard reads it. */
  read(history: readonly unknown[]): Message[];
}

/** The parts of the `openai` client that are used: any version that has them will do. */
export interface OpenAIClient {
  chat: { completions: object };
  responses?: object;
}

interface Stream {
  on(event: string, listener: (delta: never) => void): unknown;
}
type Create = (body: object, options: RequestOptions) => Promise<Json>;
type Json = Record<string, unknown>;

const asList = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);
const asText = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Chat completions: https://platform.openai.com/docs/api-reference/chat */
export const chatApi = (client: OpenAIClient): ModelApi => ({
  async ask({ model, history, tools, parallelToolCalls, extra }, options, onText) {
    const body = {
      ...extra,
      model,
      messages: history,
      ...(tools.length > 0 && {
        tools: tools.map(({ name, description, schema, strict }) => ({
          type: 'function',
          function: { name, description, parameters: schema, ...(strict && { strict }) },
        })),
      }),
      ...(parallelToolCalls !== undefined && tools.length > 0 && { parallel_tool_calls: parallelToolCalls }),
    };
    const response =
      onText === undefined ? await createOf(client.chat.completions)(body, options) : await streamChat(client, body, options, onText);
    const choice = asList(response['choices'])[0] ?? {};
    const message = (choice['message'] ?? {}) as Json;
    const usage = (response['usage'] ?? {}) as Json;
    const reason = choice['finish_reason'];
    const refusal = asText(message['refusal']);
    return {
      text: asText(message['content']) || refusal,
      calls: asList(message['tool_calls']).map((call) => {
        const made = (call['function'] ?? call['custom'] ?? {}) as Json;
        return { id: asText(call['id']), name: asText(made['name']), arguments: asText(made['arguments'] ?? made['input']) };
      }),
      items: [plainMessage(message)],
      usage: { input: Number(usage['prompt_tokens'] ?? 0), output: Number(usage['completion_tokens'] ?? 0) },
      stopped: refusal === '' ? (reason === 'length' || reason === 'content_filter' ? reason : undefined) : 'refusal',
    };
  },
  result: (callId, content) => ({ role: 'tool', tool_call_id: callId, content }),
  read: readOpenAiMessages,
});

/** The Responses API: https://platform.openai.com/docs/api-reference/responses */
export const responsesApi = (client: OpenAIClient): ModelApi => ({
  async ask({ model, history, tools, parallelToolCalls, extra }, options, onText) {
    const resource = client.responses;
    if (resource === undefined) throw new Error('This client has no Responses API; use api: "chat".');
    const body = {
      ...extra,
      model,
      input: history,
      ...(tools.length > 0 && {
        tools: tools.map(({ name, description, schema, strict }) => ({ type: 'function', name, description, parameters: schema, strict })),
      }),
      ...(parallelToolCalls !== undefined && tools.length > 0 && { parallel_tool_calls: parallelToolCalls }),
    };
    const response = onText === undefined ? await createOf(resource)(body, options) : await streamResponse(resource, body, options, onText);
    const items = asList(response['output']);
    const usage = (response['usage'] ?? {}) as Json;
    const contents = items.filter(({ type }) => type === 'message').flatMap(({ content }) => asList(content));
    const refusal = contents.map(({ refusal: said }) => asText(said)).join('');
    const incomplete = (response['incomplete_details'] as Json | undefined)?.['reason'];
    if (response['status'] === 'failed')
      throw new Error(asText((response['error'] as Json | undefined)?.['message']) || 'the response failed');
    return {
      text: contents.map(({ text }) => asText(text)).join('') || refusal,
      calls: items
        .filter(({ type }) => type === 'function_call')
        .map((call) => ({ id: asText(call['call_id']), name: asText(call['name']), arguments: asText(call['arguments']) })),
      items: items.map(plainItem),
      usage: { input: Number(usage['input_tokens'] ?? 0), output: Number(usage['output_tokens'] ?? 0) },
      stopped:
        refusal !== '' ? 'refusal' : incomplete === undefined ? undefined : incomplete === 'content_filter' ? 'content_filter' : 'length',
    };
  },
  result: (callId, content) => ({ type: 'function_call_output', call_id: callId, output: content }),
  read: readOpenAiMessages,
});

const createOf = (resource: object): Create => (resource as { create: Create }).create.bind(resource);

/** Version 4 of the client has the helper under `beta`. */
async function streamChat(client: OpenAIClient, body: object, options: RequestOptions, onText: (delta: string) => void): Promise<Json> {
  const beta = (client as { beta?: { chat?: { completions?: object } } }).beta?.chat?.completions;
  const resource = ('stream' in client.chat.completions ? client.chat.completions : beta) as {
    stream(body: object, options: RequestOptions): Stream;
  };
  const stream = resource.stream({ stream_options: { include_usage: true }, ...body }, options);
  stream.on('content', onText);
  return (stream as unknown as { finalChatCompletion(): Promise<Json> }).finalChatCompletion();
}

async function streamResponse(resource: object, body: object, options: RequestOptions, onText: (delta: string) => void): Promise<Json> {
  const stream = (resource as { stream(body: object, options: RequestOptions): Stream }).stream(body, options);
  stream.on('response.output_text.delta', ({ delta }: { delta: string }) => onText(delta));
  return (stream as unknown as { finalResponse(): Promise<Json> }).finalResponse();
}

/** What helpers add to a message (`parsed`) is not for the API. */
function plainMessage(message: Json): Json {
  const { parsed: _parsed, tool_calls: calls, ...plain } = message;
  return {
    ...plain,
    ...(Array.isArray(calls) &&
      calls.length > 0 && {
        tool_calls: asList(calls).map((call) => {
          const { parsed_arguments: _arguments, ...made } = (call['function'] ?? {}) as Json;
          return call['function'] === undefined ? call : { ...call, function: made };
        }),
      }),
  };
}

function plainItem(item: Json): Json {
  const { parsed_arguments: _arguments, ...plain } = item;
  return plain;
}
