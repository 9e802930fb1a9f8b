import type { Message } from '../model/message.ts';
import { readInputMessages, readOutputMessages } from './gen-ai-messages.ts';
import { asArray, asId, asString, isObject, parseIfJson, parseIfStructured, type Json } from './json.ts';
import { KIND } from './openinference-span.ts';
import { shown } from './openinference-values.ts';
import type { Span } from './span.ts';
import { elementsOf, unflatten } from './unflatten.ts';

/**
 * Messages flattened into attributes, `llm.input_messages.0.message.tool_calls.1.tool_call.function.name`:
 * https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md
 */
const INPUTS = 'llm.input_messages.';
const OUTPUTS = 'llm.output_messages.';
const TOOLS = 'llm.tools.';

/** How many attributes a span keeps unless told otherwise; not every backend says that more were dropped. */
const USUAL_LIMIT = 128;

export interface Flattened {
  input?: Message[];
  output?: Message[];
  tools?: unknown[];
}

/** True where the span has lost attributes: what is flattened may then be part of a list. */
export function hasLost({ attributes, droppedAttributes }: Span): boolean {
  if (droppedAttributes > 0) return true;
  const keys = Object.keys(attributes);
  // SDKs drop the last that were set, or the first, and with them the kind.
  const breaksOff = [INPUTS, OUTPUTS, TOOLS].some((prefix) => keys.at(-1)?.startsWith(prefix)) || attributes[KIND] === undefined;
  return keys.length === USUAL_LIMIT && breaksOff;
}

const hasAny = ({ attributes }: Span, prefix: string): boolean => Object.keys(attributes).some((key) => key.startsWith(prefix));
/** True where messages are flattened, be they readable or cut. */
export const hasInputs = (span: Span): boolean => hasAny(span, INPUTS);
export const hasOutputs = (span: Span): boolean => hasAny(span, OUTPUTS);

/** @param choices how many answers were asked for */
export function readFlattened(span: Span, choices: number | undefined): Flattened {
  if (hasLost(span)) return {};
  const [inputs, outputs] = [INPUTS, OUTPUTS].map((prefix) => messagesIn(unflatten(span.attributes, prefix)));
  const input = inputs && isAnswered(inputs) ? readInputMessages(inputs) : undefined;
  const output = outputs && readOutputMessages(outputs, { requested: choices, finished: undefined });
  const tools = elementsOf(unflatten(span.attributes, TOOLS)).map(({ tool }) => (isObject(tool) ? readTool(tool) : undefined));
  return {
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
    ...(tools.length > 0 && { tools }),
  };
}

/** The definition, or the schema of its parameters with a name beside it. */
function readTool({ json_schema, name, description }: Json): unknown {
  const schema = parseIfJson(json_schema);
  const isDefinition = isObject(schema) && (isObject(schema['function']) || schema['name'] !== undefined);
  return isDefinition ? schema : { name, description, parameters: schema };
}

/** The messages in the provider's form; undefined where a part of them is missing. */
function messagesIn(list: Json): Json[] | undefined {
  const elements = elementsOf(list);
  const isWhole = elements.every((_, i) => isObject(list[i]));
  const messages = elements.map(({ message }) => (isObject(message) ? readMessage(message) : undefined));
  const isKnown = isWhole && messages.length > 0 && messages.every((message) => message !== undefined);
  return isKnown && haveIdsAlike(messages) ? messages : undefined;
}

const resultIds = (messages: readonly Json[]): unknown[] =>
  messages.flatMap(({ role, tool_call_id }) => (role === 'tool' ? [tool_call_id] : []));
const callIds = (messages: readonly Json[]): unknown[] =>
  messages.flatMap(({ tool_calls }) => asArray(tool_calls).map((call) => (call as Json)['id']));

/** Some writers have no ids; where some calls or results have one, the others have lost theirs. */
const haveIdsAlike = (messages: readonly Json[]): boolean =>
  new Set([...callIds(messages), ...resultIds(messages)].map((id) => asId(id) !== undefined)).size <= 1;

/** No provider takes a request in which a call has no result: one that seems so has lost it. */
function isAnswered(messages: readonly Json[]): boolean {
  const [asked, answered] = [callIds(messages), resultIds(messages)];
  return answered.length >= asked.length && asked.every((id) => answered.includes(id));
}

const ROLES: ReadonlyMap<unknown, string> = new Map([
  ['model', 'assistant'],
  ['ai', 'assistant'],
  ['human', 'user'],
]);

/** Undefined for a message of which something is not told, its role or all that it says. */
function readMessage(message: Json): Json | undefined {
  const role = ROLES.get(message['role']) ?? message['role'];
  const calls = elementsOf(message['tool_calls']).map(({ tool_call }) => (isObject(tool_call) ? tool_call : {}));
  const legacy = message['function_call_name'];
  const content = role === 'tool' ? unwrapped(message['content']) : { content: shown(message['content']) };
  const contents = elementsOf(message['contents']).map(({ message_content }) => (isObject(message_content) ? message_content : {}));
  const texts = [message['content'], ...contents.map(({ text }) => text)].filter((text) => text !== undefined);
  const isTold = texts.length > 0 || contents.length > 0 || calls.length > 0 || legacy !== undefined;
  const isHidden = texts.some((text) => shown(text) === undefined);
  // Converters put the results of several calls into one message: whose they are is not told.
  const isMixed = role === 'tool' && new Set(texts).size > 1;
  if (typeof role !== 'string' || !isTold || isHidden || isMixed || !calls.every(isNamed)) return undefined;
  return {
    role,
    name: message['name'],
    tool_call_id: message['tool_call_id'],
    ...content,
    ...(content.content === undefined && { content: contents.filter((part) => !isReasoning(part)) }),
    reasoning: contents.flatMap((part) => (isReasoning(part) ? [part['text']] : [])).join('\n'),
    ...(calls.length > 0 && { tool_calls: calls.map(readCall) }),
    ...(legacy !== undefined && { function_call: { name: legacy, arguments: message['function_call_arguments_json'] } }),
  };
}

const isNamed = (call: Json): boolean => isObject(call['function']) && asString(call['function']['name']) !== undefined;

/** Arguments that are JSON already may have been made JSON once more. */
function readCall(call: Json): Json {
  const { name, arguments: args } = call['function'] as Json;
  const inner = typeof args === 'string' && args.startsWith('"') ? parseIfJson(args) : args;
  return { id: call['id'], function: { name, arguments: isObject(parseIfStructured(inner)) ? inner : args } };
}

const isReasoning = ({ type }: Json): boolean => type === 'reasoning' || type === 'thinking';

/** The Vercel AI SDK wraps results: `{type: 'json', value}`. */
const WRAPPED = /^(?<failed>error-)?(?:text|json|content)$/u;

function unwrapped(content: unknown): { content: unknown; is_error?: true } {
  const value = parseIfStructured(shown(content));
  if (!isObject(value) || Object.keys(value).length !== 2 || !('value' in value)) return { content: shown(content) };
  const wrapping = typeof value['type'] === 'string' ? WRAPPED.exec(value['type']) : null;
  if (wrapping === null) return { content: shown(content) };
  return { content: value['value'], ...(wrapping.groups?.['failed'] !== undefined && { is_error: true as const }) };
}

/** The text of an answer beside its calls, for writers that flatten only these. */
export function withText(output: readonly Message[], text: string): Message[] {
  const says = output.some(({ parts }) => parts.some(({ type }) => type === 'text'));
  const [first, ...others] = output;
  if (says || first === undefined) return [...output];
  return [{ ...first, parts: [{ type: 'text', text }, ...first.parts] }, ...others];
}
