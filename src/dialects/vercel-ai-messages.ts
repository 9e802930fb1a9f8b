import type { Message, Part, Role, ToolResultPart } from '../model/message.ts';
import { asArray, asId, asString, isObject, parseArguments, parseIfJson, type Json } from './json.ts';
import { readResult } from './openai-content.ts';
import type { Attributes } from './span.ts';

/** Messages as the AI SDK hands them to its providers: https://ai-sdk.dev/docs/reference/ai-sdk-core/model-message */

const TEXT = 'ai.response.text';
/** The answer of `generateObject`, as text. */
const OBJECT = 'ai.response.object';
const REASONING = 'ai.response.reasoning';
const TOOL_CALLS = 'ai.response.toolCalls';

const ROLES: ReadonlySet<unknown> = new Set<Role>(['system', 'user', 'assistant', 'tool']);

/** `ai.prompt.messages`; undefined where it is not there or was cut. */
export function readVercelMessages(value: unknown): Message[] | undefined {
  const list = parseIfJson(value);
  if (!Array.isArray(list) || list.length === 0) return undefined;
  return list.filter(isObject).flatMap(readMessage);
}

function readMessage({ role, content }: Json): Message[] {
  if (!ROLES.has(role)) return [];
  const parts = typeof content === 'string' ? textPart(content) : asArray(content).filter(isObject).flatMap(readPart);
  return [{ role: role as Role, parts: role === 'assistant' ? parts.map(asServer) : parts }];
}

/** A result in the answer itself is that of a tool which the provider ran. */
const asServer = (part: Part): Part => (part.type === 'tool_result' ? { ...part, server: true } : part);

function readPart(part: Json): Part[] {
  switch (part['type']) {
    case 'text':
      return textPart(part['text']);
    case 'reasoning': {
      const text = asString(part['text']);
      return text === undefined ? [] : [{ type: 'reasoning', text }];
    }
    case 'tool-call':
      return readCall(part);
    case 'tool-result':
      return [readToolResult(part)];
    default:
      return [];
  }
}

const textPart = (value: unknown): Part[] => {
  const text = asString(value);
  return text === undefined ? [] : [{ type: 'text', text }];
};

function readCall(call: Json): Part[] {
  const id = asId(call['toolCallId']);
  const name = asString(call['toolName']);
  if (name === undefined && id === undefined) return [];
  return [
    {
      type: 'tool_call',
      ...(id !== undefined && { id }),
      name: name ?? 'unknown',
      // `args` before version 5.
      arguments: parseArguments(call['input'] ?? call['args']),
      ...(call['providerExecuted'] === true && { server: true }),
    },
  ];
}

function readToolResult(part: Json): ToolResultPart {
  const id = asId(part['toolCallId']);
  const name = asString(part['toolName']);
  const { content, error } = outputOf(part);
  return {
    type: 'tool_result',
    ...(id !== undefined && { id }),
    ...(name !== undefined && { name }),
    content,
    ...(error && { error }),
  };
}

/** `{type: 'json' | 'text' | 'content' | 'error-json' | 'error-text', value}`; the bare result before version 5. */
function outputOf(part: Json): { content: unknown; error: boolean } {
  const { output } = part;
  if (!isObject(output)) return { content: output ?? part['result'], error: part['isError'] === true };
  const type = asString(output['type']) ?? '';
  if (type === 'execution-denied') return { content: asString(output['reason']) ?? 'execution denied', error: true };
  return { content: readResult(output['value']), error: type.startsWith('error') };
}

/** The answer of one request; undefined where it was not recorded, or a piece of it was cut: the rest is half an answer. */
export function readVercelAnswer(attributes: Attributes): Message[] | undefined {
  const calls = parseIfJson(attributes[TOOL_CALLS]);
  if ([TEXT, OBJECT, TOOL_CALLS].some((key) => attributes[key] === null)) return undefined;
  if (calls !== undefined && !Array.isArray(calls)) return undefined;
  const reasoning = asString(attributes[REASONING]);
  const parts: Part[] = [
    ...(reasoning === undefined ? [] : [{ type: 'reasoning' as const, text: reasoning }]),
    ...textPart(attributes[TEXT] ?? attributes[OBJECT]),
    ...asArray(calls).filter(isObject).flatMap(readCall),
  ];
  return parts.every(({ type }) => type === 'reasoning') ? undefined : [{ role: 'assistant', parts, choice: 0 }];
}
