import type { Message } from '../model/message.ts';
import { asNumber, asString, parseIfStructured, type Json } from './json.ts';
import { readOpenAiMessages } from './openai-messages.ts';
import type { Attributes } from './span.ts';

/**
 * Messages flattened into attributes, one a field: `gen_ai.prompt.0.content`, `gen_ai.completion.0.tool_calls.1.name`.
 * OpenLLMetry wrote them before the conventions had message attributes:
 * https://github.com/traceloop/openllmetry/blob/main/packages/opentelemetry-semantic-conventions-ai
 */
const KEY =
  /^(?<list>gen_ai\.prompt|gen_ai\.completion|llm\.request\.functions)\.(?<at>\d{1,4})\.(?<field>[a-z][a-z_]*)(?:\.(?<inner>\d{1,4})\.(?<innerField>[a-z_.]+))?$/u;

type Lists = Map<string, Map<number, Json>>;

/** The messages and tool definitions under such keys; undefined where there are none. */
export function readIndexed(attributes: Attributes): { input?: Message[]; output?: Message[]; tools?: Json[] } {
  const lists: Lists = new Map();
  for (const [key, value] of Object.entries(attributes)) {
    const groups = key.startsWith('gen_ai.') || key.startsWith('llm.') ? KEY.exec(key)?.groups : undefined;
    if (groups !== undefined) place(lists, groups, value);
  }
  const prompt = lists.get('gen_ai.prompt');
  const input = hasGaps(prompt) ? undefined : messagesOf(prompt);
  const output = messagesOf(lists.get('gen_ai.completion'));
  const tools = inOrder(lists.get('llm.request.functions')).map(([, tool]) => tool);
  return {
    ...(input !== undefined && { input: input.map(({ role, parts }) => ({ role, parts })) }),
    ...(output !== undefined && { output }),
    ...(tools.length > 0 && { tools }),
  };
}

function place(lists: Lists, groups: Record<string, string | undefined>, value: unknown): void {
  const { list = '', at, field = '', inner, innerField = '' } = groups;
  const messages = lists.get(list) ?? new Map<number, Json>();
  lists.set(list, messages);
  const message = messages.get(Number(at)) ?? {};
  messages.set(Number(at), message);
  if (inner === undefined) {
    message[field] = value;
    return;
  }
  const calls = (message[field] as Map<number, Json> | undefined) ?? new Map<number, Json>();
  if (!(calls instanceof Map)) return;
  message[field] = calls;
  // `tool_calls.0.name`, or as the wire nests it: `tool_calls.0.function.name`.
  calls.set(Number(inner), { ...calls.get(Number(inner)), [innerField.replace(/^function\./u, '')]: value });
}

function messagesOf(list: Map<number, Json> | undefined): Message[] | undefined {
  const messages = inOrder(list).flatMap(([choice, message]) => {
    const calls = message['tool_calls'];
    const wire = {
      ...message,
      role: message['role'] ?? 'assistant',
      content: isNothing(message) ? undefined : parseContent(message['content']),
      tool_calls: calls instanceof Map ? inOrder(calls as Map<number, Json>).map(([, call]) => call) : undefined,
    };
    return readOpenAiMessages([wire]).map((read) => ({ ...read, choice: asNumber(message['index']) ?? choice }));
  });
  return messages.some(({ parts }) => parts.length > 0) ? messages : undefined;
}

const inOrder = (list: Map<number, Json> | undefined): [number, Json][] => [...(list ?? [])].toSorted(([a], [b]) => a - b);

/** Attributes that were dropped leave a list of messages with one missing, or one that nobody says. */
const hasGaps = (list: Map<number, Json> | undefined): boolean =>
  list !== undefined && list.size > 1 && [...list.keys()].some((_, i) => asString(list.get(i)?.['role']) === undefined);

/** An answer of calls alone has no text, which some writers write as such; the calls they leave out. */
const isNothing = ({ role, content }: Json): boolean => role === 'assistant' && content === 'null';

/** Content parts come as JSON text. */
const parseContent = (content: unknown): unknown =>
  typeof content === 'string' && content.startsWith('[{"type"') ? parseIfStructured(content) : content;
