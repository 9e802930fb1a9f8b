import { contentParts } from './chat-messages.ts';
import { asList, asString, isJson, parseArguments, type Json, type Message, type Part } from './message.ts';

/** One item of the Responses API's input or output as a message: https://platform.openai.com/docs/api-reference/responses */
export function responseItem(item: unknown): Message {
  if (typeof item === 'string') return { role: 'user', parts: [{ type: 'text', content: item }] };
  if (!isJson(item)) return { role: 'user', parts: [] };
  const type = asString(item['type']) ?? 'message';
  if (type === 'message') return { role: roleOf(item['role']), parts: contentParts(item['content']) };
  if (type.endsWith('_output')) return { role: 'tool', parts: [response(item)] };
  return { role: 'assistant', parts: outputPart(type, item) };
}

const roleOf = (role: unknown): string => (role === 'developer' ? 'system' : (asString(role) ?? 'user'));

function response(item: Json): Part {
  const id = asString(item['call_id']) ?? asString(item['id']);
  const output = item['output'] ?? item['result'] ?? '';
  const parts = contentParts(output);
  const texts = Array.isArray(output) && parts.every((part) => part.type === 'text');
  return {
    type: 'tool_call_response',
    ...(id !== undefined && { id }),
    response: texts ? parts.map((part) => part['content']).join('\n') : output,
  };
}

function outputPart(type: string, item: Json): Part[] {
  const id = asString(item['call_id']) ?? asString(item['id']);
  const identity = id === undefined ? {} : { id };
  switch (type) {
    case 'reasoning': {
      const texts = [...asList(item['summary']), ...asList(item['content'])].flatMap((part) =>
        isJson(part) ? (asString(part['text']) ?? []) : [],
      );
      return texts.length === 0 ? [] : [{ type: 'reasoning', content: texts.join('\n') }];
    }
    case 'function_call':
      return [
        {
          type: 'tool_call',
          ...identity,
          name: asString(item['name']) ?? '',
          arguments: parseArguments(item['arguments']),
          ...programOf(item),
        },
      ];
    case 'custom_tool_call':
      return [{ type: 'tool_call', ...identity, name: asString(item['name']) ?? '', arguments: item['input'] ?? '' }];
    case 'compaction':
      return [{ type: 'compaction', content: asString(item['encrypted_content']) ?? '' }];
    default: {
      if (!type.endsWith('_call')) return [{ ...item, type }];
      const { type: _, id: __, status: ___, ...details } = item;
      const name = asString(item['name']) ?? type.replace(/_call$/u, '');
      return [{ type: 'server_tool_call', ...identity, name, server_tool_call: { type: type.replace(/_call$/u, ''), ...details } }];
    }
  }
}

/** Calls made by a program that the model wrote carry their caller. */
const programOf = (item: Json): Json => (isJson(item['caller']) && item['caller']['type'] !== 'direct' ? { caller: item['caller'] } : {});

/** The parts of an answer: its items, in order, as one message. */
export function answerParts(items: readonly unknown[]): Part[] {
  return items.flatMap((item) => responseItem(item).parts);
}
