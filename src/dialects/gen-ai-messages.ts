import type { Message, Part, Role } from '../model/message.ts';
import { asArray, asString, isObject, parseArguments, parseIfJson, type Json } from './json.ts';
import { MultiToolUse } from './multi-tool-use.ts';

/**
 * Messages of the OTel GenAI conventions, as JSON text or structured values:
 * https://github.com/open-telemetry/semantic-conventions-genai/tree/main/model/gen-ai (gen-ai-*-messages.json).
 * Undefined when there is none or its JSON is broken (a backend cut it): unknown, not empty.
 */
export function readGenAiMessages(value: unknown): Message[] | undefined {
  const list = parseIfJson(value);
  if (!Array.isArray(list)) return undefined;
  const pseudo = new MultiToolUse();
  return list.filter(isObject).flatMap((message, i) => {
    const role = roleOf(message['role']);
    const parts = (Array.isArray(message['parts']) ? message['parts'] : [{ type: 'text', content: message['content'] }])
      .filter(isObject)
      .flatMap(readPart)
      .flatMap((part) => pseudo.expand(part));
    if (parts.length === 0) return [];
    return [{ role, parts, choice: i }];
  });
}

/** `gen_ai.system_instructions`: plain text, a list of parts, or either as JSON. */
export function readInstructions(value: unknown): Message[] {
  const decoded = parseIfJson(value);
  const parts = Array.isArray(decoded) ? decoded.filter(isObject).flatMap(readPart) : readPart({ type: 'text', content: decoded });
  return parts.length === 0 ? [] : [{ role: 'system', parts }];
}

export function roleOf(role: unknown): Role {
  if (role === 'system' || role === 'developer') return 'system';
  if (role === 'assistant' || role === 'model' || role === 'ai') return 'assistant';
  return role === 'tool' || role === 'function' ? 'tool' : 'user';
}

function readPart(part: Json): Part[] {
  const type = asString(part['type']) ?? 'text';
  const id = asString(part['call_id']) ?? asString(part['id']);
  switch (type) {
    case 'text':
    case 'refusal': {
      const text = asString(part['content']) ?? asString(part['text']) ?? asString(part['refusal']);
      return text === undefined ? [] : [{ type: 'text', text }];
    }
    case 'reasoning':
    case 'thinking': {
      const text = asString(part['content']) ?? asString(part['text']);
      return text === undefined ? [] : [{ type: 'reasoning', text }];
    }
    case 'compaction': {
      const text = asString(part['content']);
      return text === undefined ? [] : [{ type: 'text', text }];
    }
    case 'tool_call':
    case 'server_tool_call': {
      const inner = isObject(part['server_tool_call']) ? part['server_tool_call'] : part;
      const name = asString(part['name']) ?? asString(inner['name']) ?? asString(inner['type']);
      if (name === undefined) return [];
      return [
        {
          type: 'tool_call',
          ...(id !== undefined && { id }),
          name,
          arguments: parseArguments(inner['arguments'] ?? inner['args'] ?? undefined),
          ...(type === 'server_tool_call' && { server: true }),
        },
      ];
    }
    case 'tool_call_response':
    case 'server_tool_call_response': {
      const content = part['response'] ?? part['result'] ?? part['content'] ?? part['server_tool_call_response'];
      const name = asString(part['name']);
      return [
        {
          type: 'tool_result',
          ...(id !== undefined && { id }),
          ...(name !== undefined && { name }),
          content,
          ...(type === 'server_tool_call_response' && { server: true }),
        },
      ];
    }
    default:
      return [];
  }
}

/**
 * Output messages with their choice. The conventions give one message a choice, but some writers give one
 * message a call: messages are alternatives only when each brings its own finish reason, or text twice.
 */
export function asChoices(messages: Message[], raw: unknown): Message[] {
  const list = asArray(parseIfJson(raw)).filter(isObject);
  const finished = list.filter((message) => message['finish_reason'] !== undefined).length;
  const isOneCallEach =
    messages.length > 1 &&
    messages.every((message) => message.parts.every((part) => part.type === 'tool_call' || part.type === 'reasoning'));
  if (messages.length > 1 && finished >= messages.length && !isOneCallEach) return messages;
  return messages.map((message) => ({ ...message, choice: 0 }));
}
