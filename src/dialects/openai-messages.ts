import type { Message, Part, Role, ToolDefinition } from '../model/message.ts';
import { asArray, asString, isObject, parseArguments, type Json } from './json.ts';
import { MultiToolUse } from './multi-tool-use.ts';

/**
 * OpenAI's two wire forms, chat-completions messages and Responses items, as messages.
 * https://platform.openai.com/docs/api-reference/chat and …/responses. Malformed elements are skipped.
 */
export function readOpenAiMessages(items: unknown): Message[] {
  const pseudo = new MultiToolUse();
  const messages: Message[] = [];
  let lastWasItem = false;
  for (const item of asArray(items)) {
    const message = isObject(item) ? readItem(item) : undefined;
    if (message === undefined) continue;
    message.parts = message.parts.flatMap((part) => pseudo.expand(part));
    const previous = messages.at(-1);
    const isItem = isObject(item) && typeof item['type'] === 'string' && item['type'] !== 'message' && item['role'] === undefined;
    // The items of one answer (reasoning, text, calls) are one message.
    if ((isItem || lastWasItem) && message.role === 'assistant' && previous?.role === 'assistant') previous.parts.push(...message.parts);
    else messages.push(message);
    lastWasItem = isItem || (isObject(item) && item['type'] === 'message' && message.role === 'assistant');
  }
  return messages;
}

function readItem(item: Json): Message | undefined {
  const role = roleOf(item['role']);
  if (role !== undefined) return readMessage(item, role);
  const parts = readResponseItem(item);
  if (parts === undefined) return undefined;
  return { role: parts.some((part) => part.type === 'tool_result' && part.server !== true) ? 'tool' : 'assistant', parts };
}

function roleOf(role: unknown): Role | undefined {
  if (role === 'system' || role === 'developer') return 'system';
  if (role === 'function' || role === 'tool') return 'tool';
  return role === 'user' || role === 'assistant' ? role : undefined;
}

function readMessage(message: Json, role: Role): Message {
  if (role === 'tool') {
    // No content at all is content that was not recorded; null is an answer.
    const content = 'content' in message ? readResult(message['content']) : undefined;
    const id = asString(message['tool_call_id']) ?? asString(message['call_id']);
    const name = asString(message['name']);
    return {
      role,
      parts: [
        {
          type: 'tool_result',
          ...(id !== undefined && { id }),
          ...(name !== undefined && { name }),
          content,
          ...(message['is_error'] === true && { error: true }),
          ...(isPending(message) && { pending: true }),
        },
      ],
    };
  }
  const parts: Part[] = [];
  for (const key of ['reasoning_content', 'reasoning']) {
    const reasoning = asString(message[key]);
    if (reasoning !== undefined) parts.push({ type: 'reasoning', text: reasoning });
  }
  const text = readText(message['content']) || asString(message['refusal']);
  if (text !== undefined && text !== '') parts.push({ type: 'text', text });
  if (role === 'assistant') {
    for (const call of asArray(message['tool_calls'])) {
      const part = isObject(call) ? readToolCall(call) : undefined;
      if (part !== undefined) parts.push(part);
    }
    const legacy = message['function_call'];
    if (isObject(legacy))
      parts.push({ type: 'tool_call', name: asString(legacy['name']) ?? 'unknown', arguments: parseArguments(legacy['arguments']) });
  }
  return { role, parts };
}

function readToolCall(call: Json): Part | undefined {
  const body = isObject(call['function']) ? call['function'] : isObject(call['custom']) ? call['custom'] : call;
  const name = asString(body['name']);
  if (name === undefined) return undefined;
  const id = asString(call['id']);
  return {
    type: 'tool_call',
    ...(id !== undefined && { id }),
    name,
    arguments: parseArguments(body['arguments'] ?? body['input']),
    ...(isProgram(call) && { program: true }),
  };
}

/** A tool of the provider's own: its item is call and, often, result in one. */
const HOSTED = /^(?<name>\w+)_call$/u;

function readResponseItem(item: Json): Part[] | undefined {
  const type = asString(item['type']);
  if (type === undefined) return undefined;
  const id = asString(item['call_id']) ?? asString(item['id']);
  if (type === 'function_call' || type === 'custom_tool_call') {
    return [
      {
        type: 'tool_call',
        ...(id !== undefined && { id }),
        name: asString(item['name']) ?? 'unknown',
        arguments: parseArguments(item['arguments'] ?? item['input']),
        ...(isProgram(item) && { program: true }),
      },
    ];
  }
  if (type === 'function_call_output' || type === 'custom_tool_call_output') {
    const callId = asString(item['call_id']);
    return [
      {
        type: 'tool_result',
        ...(callId !== undefined && { id: callId }),
        content: readResult(item['output']),
        ...(isPending(item) && { pending: true }),
      },
    ];
  }
  if (type === 'reasoning') {
    const text = [readText(item['summary']), readText(item['content'])].filter(Boolean).join('\n');
    return text === '' ? [] : [{ type: 'reasoning', text }];
  }
  const hosted = HOSTED.exec(type)?.groups?.['name'];
  if (hosted === undefined) return undefined;
  const output = item['output'] ?? item['outputs'] ?? item['results'] ?? item['error'];
  const call: Part = {
    type: 'tool_call',
    ...(id !== undefined && { id }),
    name: asString(item['name']) ?? hosted,
    arguments: parseArguments(item['arguments'] ?? item['action'] ?? item['queries'] ?? item['code']),
    server: true,
  };
  if (output === undefined || output === null) return [call];
  return [call, { type: 'tool_result', ...(id !== undefined && { id }), content: readResult(output), server: true }];
}

/** `caller` names the program that issued the call; calls of the model itself have none, or `direct`. */
function isProgram(item: Json): boolean {
  const { caller } = item;
  const type = isObject(caller) ? caller['type'] : caller;
  return typeof type === 'string' && type !== '' && type !== 'direct';
}

function isPending(item: Json): boolean {
  const { status } = item;
  return status === 'in_progress' || status === 'pending' || status === 'queued';
}

/** Text parts joined by line; images and files are left out. */
function readText(content: unknown): string {
  if (typeof content === 'string') return content;
  return asArray(content)
    .flatMap((part) => {
      if (typeof part === 'string') return [part];
      if (!isObject(part)) return [];
      const text = asString(part['text']) ?? asString(part['refusal']);
      return text === undefined ? [] : [text];
    })
    .join('\n');
}

/** A result as text where it is text, else as it is. */
function readResult(content: unknown): unknown {
  if (!Array.isArray(content)) return content ?? null;
  const isText =
    content.length > 0 && content.every((part) => typeof part === 'string' || (isObject(part) && typeof part['text'] === 'string'));
  return isText ? readText(content) : content;
}

/** OpenAI `tools`, in the chat form (nested `function`) or the Responses form (flat). */
export function readToolDefinitions(tools: unknown): ToolDefinition[] {
  return asArray(tools).flatMap((tool) => {
    if (!isObject(tool)) return [];
    const body = isObject(tool['function']) ? tool['function'] : isObject(tool['custom']) ? tool['custom'] : tool;
    const name = asString(body['name']);
    if (name === undefined) return [];
    const description = asString(body['description']);
    const annotations = isObject(tool['annotations']) ? tool['annotations'] : isObject(body['annotations']) ? body['annotations'] : {};
    const schemaText = schemaWords(body['parameters'] ?? body['inputSchema'] ?? body['input_schema']).join('\n');
    const definition: ToolDefinition = { name };
    if (description !== undefined) definition.description = description;
    if (typeof annotations['readOnlyHint'] === 'boolean') definition.readOnlyHint = annotations['readOnlyHint'];
    if (typeof annotations['destructiveHint'] === 'boolean') definition.destructiveHint = annotations['destructiveHint'];
    if (tool['async'] === true || body['async'] === true) definition.async = true;
    if (schemaText !== '') definition.schemaText = schemaText;
    return [definition];
  });
}

/** What a parameter schema tells the model of values: enums, constants, defaults, examples, descriptions. */
function schemaWords(schema: unknown, depth = 0): string[] {
  if (!isObject(schema) || depth > 12) return [];
  const own = [schema['const'], schema['default'], schema['description'], ...asArray(schema['enum']), ...asArray(schema['examples'])];
  const words = own.filter((value) => typeof value === 'string' || typeof value === 'number').map(String);
  const inner = [
    ...Object.values(isObject(schema['properties']) ? schema['properties'] : {}),
    schema['items'],
    ...asArray(schema['anyOf']),
    ...asArray(schema['oneOf']),
  ];
  return [...words, ...inner.flatMap((next) => schemaWords(next, depth + 1))];
}
