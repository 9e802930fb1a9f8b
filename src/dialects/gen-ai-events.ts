import type { Message } from '../model/message.ts';
import { asNumber, isObject, parseIfJson, type Json } from './json.ts';
import { readGenAiMessages, readInstructions } from './gen-ai-messages.ts';
import { readOpenAiMessages } from './openai-messages.ts';
import type { LogRecord, Span } from './span.ts';

/** Content as events: on the span (semconv v1.36 and before) or in log records beside it. */
interface Content {
  input: Message[] | undefined;
  output: Message[] | undefined;
}

/** `gen_ai.<role>.message` and `gen_ai.choice`: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-events/ (v1.36) */
const MESSAGE = /^gen_ai\.(?<role>system|user|assistant|tool)\.message$/u;
const CHOICE = 'gen_ai.choice';
const DETAILS = /^gen_ai\.client\.(?:inference\.)?operation\.details$/u;
/** The form before the message events: one event a direction, JSON in an attribute. */
const PROMPT = 'gen_ai.content.prompt';
const COMPLETION = 'gen_ai.content.completion';

export function contentOfEvents(span: Span, logs: readonly LogRecord[]): Content {
  const content: Content = { input: undefined, output: undefined };
  const events = [
    ...span.events.map((event) => ({ name: event.name, body: event.attributes as Json })),
    ...logs.map((log) => ({ name: log.eventName ?? '', body: isObject(log.body) ? { ...log.attributes, ...log.body } : log.attributes })),
  ];
  for (const { name, body } of events) readEvent(name, body, content);
  return content;
}

function readEvent(name: string, body: Json, content: Content): void {
  const role = MESSAGE.exec(name)?.groups?.['role'];
  if (role !== undefined) {
    content.input = [...(content.input ?? []), ...readMessageEvent(role, body)];
  } else if (name === CHOICE) {
    const inner = parseIfJson(body['message']);
    const source = isObject(inner) ? inner : body;
    const choice = asNumber(body['index']) ?? 0;
    const calls = source['tool_calls'] ?? body['tool_calls'];
    const message = readOpenAiMessages([
      { role: 'assistant', content: source['content'] ?? (isObject(inner) ? undefined : inner), tool_calls: parseIfJson(calls) },
    ]);
    content.output = [...(content.output ?? []), ...message.map((one) => ({ ...one, choice }))];
  } else if (DETAILS.test(name)) {
    const input = readGenAiMessages(body['gen_ai.input.messages']);
    const instructions = readInstructions(body['gen_ai.system_instructions']);
    if (input !== undefined) content.input = [...instructions, ...input];
    const output = readGenAiMessages(body['gen_ai.output.messages']);
    if (output !== undefined) content.output = output;
  } else if (name === PROMPT) {
    content.input = readOpenAiMessages(parseIfJson(body['gen_ai.prompt']));
  } else if (name === COMPLETION) {
    content.output = readOpenAiMessages(parseIfJson(body['gen_ai.completion']));
  }
}

/** The body is an OpenAI message without its role; a tool's id stands under `id`. */
function readMessageEvent(role: string, body: Json): Message[] {
  return readOpenAiMessages([
    {
      role,
      ...('content' in body && { content: parseContent(body['content']) }),
      tool_calls: parseIfJson(body['tool_calls']),
      ...(role === 'tool' && { tool_call_id: body['id'] ?? body['tool_call_id'] }),
    },
  ]);
}

/** Content parts may come as JSON text; any other text stays text. */
function parseContent(content: unknown): unknown {
  if (typeof content !== 'string' || !content.startsWith('[{')) return content;
  return parseIfJson(content);
}
