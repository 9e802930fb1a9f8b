import type { Message, Part, Role } from '../model/message.ts';
import { remembered } from '../text/remembered.ts';
import { asId, asNumber, asString, isObject, parseIfJson, parseIfStructured, type Json } from './json.ts';
import { holdsContent, readGenAiPart } from './gen-ai-parts.ts';
import { expandMultiToolUse } from './multi-tool-use.ts';
import { parseHistory } from './histories.ts';
import { isWireItem } from './openai-items.ts';
import { readOpenAiMessages } from './openai-messages.ts';

/**
 * Messages of the OTel GenAI conventions, as JSON text or structured values. Undefined when there is none, its
 * JSON is broken (a backend cut it) or the writer left only the shell of it: unknown, not empty.
 *
 * @param conversation its id, or that of the trace: what is told again there is read once
 */
export function readInputMessages(value: unknown, conversation = ''): Message[] | undefined {
  const messages = decode(parseHistory(value, conversation));
  if (messages === undefined) return undefined;
  return expandMultiToolUse(mergeAnswers(messages.flatMap(readMessage)));
}

/** What else tells how many choices an answer has: `gen_ai.request.choice.count` and `gen_ai.response.finish_reasons`. */
export interface ChoiceHints {
  requested: number | undefined;
  finished: number | undefined;
}

/** The answer of one model call: one message a choice. */
export function readOutputMessages(value: unknown, hints: ChoiceHints): Message[] | undefined {
  const raw = decode(value);
  if (raw === undefined) return undefined;
  const choices = choicesOf(raw, hints);
  const messages: Message[] = [];
  raw.forEach((message, i) => {
    const choice = choices[i] ?? 0;
    const parts = readMessage(message).flatMap((read) => read.parts);
    const same = messages.find((other) => other.choice === choice);
    if (same !== undefined) same.parts.push(...parts);
    else if (parts.length > 0) messages.push({ role: 'assistant', parts, choice });
  });
  return expandMultiToolUse(messages);
}

/**
 * The conventions give one message a choice (`n > 1`). Writers for the Responses API give one message an output
 * item instead: reasoning, text and calls that are one answer, each perhaps with the finish reason of the whole.
 * Taken for choices, its batch would fall apart; real choices taken for one answer would pass for a batch of
 * duplicates. So messages are choices only if something says so: the request asked for several, each has an
 * index of its own, or there are as many finish reasons as messages. Where the span has no list of finish
 * reasons, each must bring its own, and be no single item: an answer has one text, and an item is one part.
 */
function choicesOf(messages: readonly Json[], { requested, finished }: ChoiceHints): number[] {
  const indexes = messages.map((message) => asNumber(message['index']));
  if (messages.length > 1 && new Set(indexes).size === messages.length && !indexes.includes(undefined)) return indexes as number[];
  const areChoices =
    (requested ?? 1) > 1 || (finished === undefined ? areFinishedAnswers(messages) : finished > 1 && finished === messages.length);
  return messages.map((_, i) => (areChoices ? i : 0));
}

function areFinishedAnswers(messages: readonly Json[]): boolean {
  if (!messages.every((message) => asString(message['finish_reason']) !== undefined)) return false;
  const said = messages.map((message) => readMessage(message).flatMap(({ parts }) => parts.filter(({ type }) => type !== 'reasoning')));
  return said.some((parts) => parts.length > 1) || said.filter((parts) => parts[0]?.type === 'text').length > 1;
}

/** `gen_ai.system_instructions`: plain text, a list of parts, or that list as JSON. */
export function readInstructions(value: unknown): Message[] {
  const decoded = parseIfStructured(value);
  const parts = (Array.isArray(decoded) ? decoded : [{ content: decoded }]).flatMap((part) =>
    readGenAiPart(isObject(part) ? part : { content: part }),
  );
  return parts.length === 0 ? [] : [{ role: 'system', parts }];
}

/** A list of messages, each perhaps JSON text of its own (backends flatten lists so). */
function decode(value: unknown): Json[] | undefined {
  const list = parseIfJson(value);
  if (!Array.isArray(list)) return undefined;
  const messages = list.map(parseIfJson).filter(isObject);
  const isShell = (message: Json): boolean =>
    Array.isArray(message['parts'])
      ? !message['parts'].some((part) => isObject(part) && holdsContent(part))
      : readWireMessage(message).length === 0;
  return messages.every(isShell) ? undefined : messages;
}

const readMessage = remembered((message: Json): readonly Message[] => {
  if (!Array.isArray(message['parts'])) return readWireMessage(message);
  const role = roleOf(message['role']);
  const parts = message['parts'].filter(isObject).flatMap(readGenAiPart);
  if (role === 'assistant') return parts.length === 0 ? [] : [{ role, parts }];
  const items = role === 'user' ? stringifiedItems(parts) : undefined;
  if (items !== undefined) return readOpenAiMessages(items);
  // Results may come in a user's message, beside what the user says.
  const results = parts.filter((part) => part.type === 'tool_result');
  const said = parts.filter((part) => part.type !== 'tool_result');
  if (role === 'tool' && results.length === 0) return [{ role, parts: textAsResult(message, said) }];
  return [
    ...(results.length > 0 ? [{ role: 'tool' as const, parts: results }] : []),
    ...(said.length > 0 || results.length === 0 ? [{ role, parts: said }] : []),
  ];
});

/** Some writers put a result as text into the tool's message. */
function textAsResult(message: Json, parts: readonly Part[]): Part[] {
  const text = parts.flatMap((part) => (part.type === 'text' ? part.text : [])).join('\n');
  const id = asId(message['tool_call_id']) ?? asId(message['id']);
  const name = asString(message['name']);
  return text === '' ? [] : [{ type: 'tool_result', ...(id !== undefined && { id }), ...(name !== undefined && { name }), content: text }];
}

/** A message in the provider's form rather than the convention's. */
const readWireMessage = (message: Json): Message[] => readOpenAiMessages([message]).filter(({ parts }) => parts.length > 0);

/** Some writers put the whole input of a Responses request as JSON into the text of one user message. */
function stringifiedItems(parts: readonly Part[]): unknown[] | undefined {
  const [part, ...others] = parts;
  if (part?.type !== 'text' || others.length > 0 || !/^\s*\[\s*\{/u.test(part.text)) return undefined;
  const items = parseIfJson(part.text);
  return Array.isArray(items) && items.every(isWireItem) ? items : undefined;
}

function roleOf(role: unknown): Role {
  if (role === 'system' || role === 'developer') return 'system';
  if (role === 'assistant' || role === 'model' || role === 'ai') return 'assistant';
  return role === 'tool' || role === 'function' ? 'tool' : 'user';
}

/** One message an output item is one answer; text after calls to the application is the next. */
function mergeAnswers(messages: readonly Message[]): Message[] {
  const merged: Message[] = [];
  for (const message of messages) {
    const previous = merged.at(-1);
    const isSameAnswer =
      message.role === 'assistant' &&
      previous?.role === 'assistant' &&
      !(
        message.parts.some(({ type }) => type === 'text') &&
        previous.parts.some((part) => part.type === 'tool_call' && part.server !== true)
      );
    if (isSameAnswer) merged[merged.length - 1] = { ...previous, parts: [...previous.parts, ...message.parts] };
    else merged.push(message);
  }
  return merged;
}
