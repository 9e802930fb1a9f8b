import type { Part, ToolCallPart, ToolResultPart } from '../model/message.ts';
import { asId, asString, isObject, parseArguments, type Json } from './json.ts';

/**
 * Parts of a message, as JSON schemas define them:
 * https://github.com/open-telemetry/semantic-conventions-genai/tree/main/model/gen-ai (gen-ai-*-messages.json).
 * Media, files and parts of types unknown here are left out.
 */
export function readGenAiPart(part: Json): Part[] {
  switch (part['type'] ?? 'text') {
    case 'text':
    case 'refusal':
    case 'compaction': {
      const text = asString(part['content']) ?? asString(part['text']) ?? asString(part['refusal']);
      return text === undefined ? [] : [{ type: 'text', text }];
    }
    case 'reasoning':
    case 'thinking': {
      const text = asString(part['content']) ?? asString(part['text']) ?? asString(part['thinking']);
      return text === undefined ? [] : [{ type: 'reasoning', text }];
    }
    case 'tool_call':
      return readToolCall(part);
    case 'server_tool_call':
      return readServerToolCall(part);
    case 'tool_call_response':
    case 'server_tool_call_response':
      return [readResponse(part)];
    default:
      return [];
  }
}

/** True for a part that holds something, be it nothing that is read here (an image); false for what is left of it with capture off. */
export function holdsContent(part: Json): boolean {
  const type = part['type'] ?? 'text';
  return readGenAiPart(part).length > 0 || (type !== 'text' && type !== 'reasoning');
}

/** The Responses API tells the item's id from the call's: `call_id` is the one that results name. */
const idOf = (part: Json): string | undefined => asId(part['call_id']) ?? asId(part['id']);

function readToolCall(part: Json): ToolCallPart[] {
  const id = idOf(part);
  const name = asString(part['name']);
  if (name === undefined && id === undefined) return [];
  return [
    {
      type: 'tool_call',
      ...(id !== undefined && { id }),
      name: name ?? 'unknown',
      arguments: parseArguments(part['arguments'] ?? undefined),
    },
  ];
}

/** Its details lie in an object of their own, or (before that was settled) beside the name. */
function readServerToolCall(part: Json): ToolCallPart[] {
  const inner = isObject(part['server_tool_call']) ? part['server_tool_call'] : part;
  const { type: kind, ...details } = inner;
  const name = asString(part['name']) ?? asString(inner['name']) ?? (inner === part ? undefined : asString(kind));
  const input = inner['arguments'] ?? (inner === part || Object.keys(details).length === 0 ? undefined : details);
  return readToolCall({ ...part, name, arguments: input }).map((call) => ({ ...call, server: true }));
}

function readResponse(part: Json): ToolResultPart {
  const id = idOf(part);
  const name = asString(part['name']);
  const keys = ['response', 'result', 'server_tool_call_response', 'content'];
  const content = part[keys.find((key) => part[key] !== undefined) ?? 'response'];
  return {
    type: 'tool_result',
    ...(id !== undefined && { id }),
    ...(name !== undefined && { name }),
    // With capture off, writers leave null behind: nothing tells it from an answer that was null.
    content: content ?? undefined,
    ...((part['is_error'] === true || part['error'] === true) && { error: true }),
    ...(part['type'] === 'server_tool_call_response' && { server: true }),
  };
}
