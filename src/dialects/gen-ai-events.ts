import { isDeepStrictEqual } from 'node:util';
import type { Message, Part } from '../model/message.ts';
import { asNumber, asString, isObject, parseIfJson, parseIfStructured, type Json } from './json.ts';
import { readInputMessages, readInstructions, readOutputMessages, type ChoiceHints } from './gen-ai-messages.ts';
import { readOpenAiMessages } from './openai-messages.ts';
import type { LogRecord, Span } from './span.ts';

/** Content as events: on the span (semconv v1.36 and before) or in log records beside it. */
export interface Content {
  input?: Message[] | undefined;
  output?: Message[] | undefined;
}

/** `gen_ai.<role>.message` and `gen_ai.choice`: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-events/ (v1.36) */
const MESSAGE = /^gen_ai\.(?<role>system|user|assistant|tool)\.message$/u;
const CHOICE = 'gen_ai.choice';
/** The message attributes on one record, or one for the input and one for each piece of the output. */
const DETAILS = /^gen_ai\.client\.(?:inference\.)?operation\.details$/u;
/** The form before the message events: one event a direction, JSON or text in an attribute. */
const PROMPT = 'gen_ai.content.prompt';
const COMPLETION = 'gen_ai.content.completion';
/** Azure's SDKs put the body of an event, as JSON, into one attribute. */
const BODY = 'gen_ai.event.content';

interface Event {
  name: string;
  body: Json;
}

/** What the span's own events tell; where they are silent, the log records. Some writers emit both. */
export function contentOfEvents(span: Span, logs: readonly LogRecord[], hints: ChoiceHints): Content {
  const own = contentOf(
    span.events.map(({ name, attributes }) => ({ name, body: withBody(attributes, attributes[BODY]) })),
    hints,
  );
  if (logs.length === 0 || (own.input !== undefined && own.output !== undefined)) return own;
  const beside = contentOf(
    logs.map(({ eventName, attributes, body }) => ({ name: eventName ?? '', body: withBody(attributes, body) })),
    hints,
  );
  return { input: own.input ?? beside.input, output: own.output ?? beside.output };
}

function withBody(attributes: Json, body: unknown): Json {
  const decoded = parseIfStructured(body);
  if (isObject(decoded)) return { ...attributes, ...decoded };
  return typeof decoded === 'string' && attributes['content'] === undefined ? { ...attributes, content: decoded } : attributes;
}

function contentOf(events: readonly Event[], hints: ChoiceHints): Content {
  const named = (test: (name: string) => boolean): Json[] => events.filter(({ name }) => test(name)).map(({ body }) => body);
  const details = named((name) => DETAILS.test(name));
  return {
    input:
      messageEvents(events) ??
      withInstructions(readInputMessages(listsOf(details, 'gen_ai.input.messages').at(-1)), details) ??
      plainEvents(
        named((name) => name === PROMPT),
        'gen_ai.prompt',
        'user',
      ),
    output:
      choiceEvents(named((name) => name === CHOICE)) ??
      // Streams may bring one record an output item.
      readOutputMessages(joined(listsOf(details, 'gen_ai.output.messages')), hints) ??
      plainEvents(
        named((name) => name === COMPLETION),
        'gen_ai.completion',
        'assistant',
      )?.map((message, i) => ({ ...message, choice: i })),
  };
}

/** The lists under a message attribute, each told once: some records repeat what an earlier one said. */
function listsOf(details: readonly Json[], key: string): unknown[][] {
  const lists = details.map((body) => parseIfJson(body[key])).filter((list): list is unknown[] => Array.isArray(list));
  return lists.filter((list, i) => !lists.slice(0, i).some((earlier) => isDeepStrictEqual(earlier, list)));
}

const joined = (lists: readonly unknown[][]): unknown[] | undefined => (lists.length === 0 ? undefined : lists.flat());

function withInstructions(input: Message[] | undefined, details: readonly Json[]): Message[] | undefined {
  const instructions = details.map((body) => body['gen_ai.system_instructions']).find((value) => value !== undefined);
  return input && [...readInstructions(instructions), ...input];
}

/** The body is an OpenAI message without its role; a tool's id stands under `id`. */
function messageEvents(events: readonly Event[]): Message[] | undefined {
  const raw = events.flatMap(({ name, body }): Json[] => {
    const role = MESSAGE.exec(name)?.groups?.['role'];
    if (role === undefined) return [];
    return [
      {
        role,
        ...('content' in body && { content: parseParts(body['content']) }),
        tool_calls: callsOf(body),
        ...(role === 'tool' && { tool_call_id: body['id'] ?? body['tool_call_id'] }),
        ...(role === 'tool' && { name: body['name'] }),
      },
    ];
  });
  const messages = readOpenAiMessages(raw);
  // With capture off, the events still come, without anything in them.
  const isCaptured = messages.some(({ parts }) => parts.length > 0) || raw.some((message) => isThere(message['content']));
  return isCaptured && isWhole(messages) ? messages : undefined;
}

/**
 * Each message is a record of its own, and may be lost on its own. Model APIs refuse a request that repeats a call
 * without its result, or a result without its call: where one is missing, it is its record that is missing.
 */
function isWhole(messages: readonly Message[]): boolean {
  const parts = messages.flatMap((message) => message.parts);
  const idsOf = (type: Part['type']): Set<string> =>
    new Set(parts.flatMap((part) => (part.type === type && 'id' in part && part.id !== undefined ? [part.id] : [])));
  const [called, answered] = [idsOf('tool_call'), idsOf('tool_result')];
  return [...called].every((id) => answered.has(id)) && [...answered].every((id) => called.has(id));
}

function choiceEvents(bodies: readonly Json[]): Message[] | undefined {
  const byChoice = new Map<number, Part[]>();
  for (const body of bodies) {
    const inner = parseIfStructured(body['message']);
    const source = isObject(inner) ? inner : { ...body, content: inner ?? body['content'] };
    const message = { role: 'assistant', content: parseParts(source['content']), tool_calls: callsOf(source) ?? callsOf(body) };
    const parts = readOpenAiMessages([message]).flatMap((read) => read.parts);
    const choice = asNumber(body['index']) ?? 0;
    if (parts.length > 0) byChoice.set(choice, [...(byChoice.get(choice) ?? []), ...parts]);
  }
  return byChoice.size === 0 ? undefined : [...byChoice].map(([choice, parts]) => ({ role: 'assistant', parts, choice }));
}

/** Text that is no list of messages is one message. */
function plainEvents(bodies: readonly Json[], key: string, role: string): Message[] | undefined {
  const messages = bodies.flatMap((body) => {
    const content = parseIfStructured(body[key]);
    const list = Array.isArray(content) ? content : isObject(content) ? [content] : [{ content }];
    return readOpenAiMessages(list.map((message: unknown) => (isObject(message) ? { role, ...message } : { role, content: message })));
  });
  return messages.some(({ parts }) => parts.length > 0) ? messages : undefined;
}

function callsOf(body: Json): unknown {
  const calls = parseIfJson(body['tool_calls']);
  return Array.isArray(calls) ? calls.map(parseIfJson) : undefined;
}

/** Content parts may come as JSON text; any other text, a result that is JSON included, stays text. */
function parseParts(content: unknown): unknown {
  const text = asString(content);
  if (text === undefined || !text.startsWith('[{')) return content;
  const parts = parseIfJson(text);
  return Array.isArray(parts) && parts.every((part) => isObject(part) && typeof part['type'] === 'string') ? parts : content;
}

const isThere = (value: unknown): boolean => value !== undefined && value !== null && value !== '';
