import { asList, asString, isJson, parseArguments, type Json, type Message, type Part } from './message.ts';

/** A message of the chat completions API: https://platform.openai.com/docs/api-reference/chat/create */
export function chatMessage(message: unknown): Message {
  if (!isJson(message)) return { role: 'user', parts: [] };
  const role = roleOf(message['role']);
  const name = asString(message['name']);
  if (role === 'tool') {
    const id = asString(message['tool_call_id']);
    const response = textOf(message['content']);
    const type = 'tool_call_response';
    return { role, parts: [id === undefined ? { type, response } : { type, id, response }] };
  }
  const parts = contentParts(message['content']);
  const reasoning = asString(message['reasoning_content']) ?? asString(message['reasoning']);
  if (reasoning !== undefined && reasoning !== '') parts.unshift({ type: 'reasoning', content: reasoning });
  const refusal = asString(message['refusal']);
  if (refusal !== undefined) parts.push({ type: 'refusal', content: refusal });
  for (const call of asList(message['tool_calls'])) if (isJson(call)) parts.push(toolCall(call));
  // Before tools there was one function a message.
  const legacy = message['function_call'];
  if (isJson(legacy))
    parts.push({ type: 'tool_call', name: asString(legacy['name']) ?? '', arguments: parseArguments(legacy['arguments']) });
  return name === undefined ? { role, parts } : { role, parts, name };
}

function roleOf(role: unknown): string {
  if (role === 'developer') return 'system';
  return role === 'function' ? 'tool' : (asString(role) ?? 'user');
}

function toolCall(call: Json): Part {
  const made = isJson(call['function']) ? call['function'] : isJson(call['custom']) ? call['custom'] : {};
  const id = asString(call['id']);
  const type = 'tool_call';
  const name = asString(made['name']) ?? '';
  const args = parseArguments(made['arguments'] ?? made['input']);
  return id === undefined ? { type, name, arguments: args } : { type, id, name, arguments: args };
}

/** Content of a chat message or of an item of the Responses API: text, or a list of parts. */
export function contentParts(content: unknown): Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', content }];
  return asList(content).flatMap((part) =>
    typeof part === 'string' ? [{ type: 'text', content: part }] : isJson(part) ? [contentPart(part)] : [],
  );
}

function contentPart(part: Json): Part {
  switch (part['type']) {
    case 'text':
    case 'input_text':
    case 'output_text':
    case 'summary_text':
      return { type: 'text', content: asString(part['text']) ?? '' };
    case 'refusal':
      return { type: 'refusal', content: asString(part['refusal']) ?? '' };
    case 'image_url':
    case 'input_image': {
      const image = part['image_url'];
      const url = asString(image) ?? (isJson(image) ? asString(image['url']) : undefined);
      const file = asString(part['file_id']);
      return url === undefined && file !== undefined ? { type: 'file', modality: 'image', file_id: file } : media('image', url ?? '');
    }
    case 'input_audio': {
      const audio = isJson(part['input_audio']) ? part['input_audio'] : part;
      return {
        type: 'blob',
        modality: 'audio',
        mime_type: `audio/${asString(audio['format']) ?? '*'}`,
        content: asString(audio['data']) ?? '',
      };
    }
    case 'file':
    case 'input_file': {
      const file = isJson(part['file']) ? part['file'] : part;
      const id = asString(file['file_id']);
      if (id !== undefined) return { type: 'file', modality: 'document', file_id: id };
      return media('document', asString(file['file_data']) ?? asString(file['file_url']) ?? '');
    }
    default:
      return { ...part, type: asString(part['type']) ?? 'unknown' };
  }
}

/** A data URL holds the bytes, any other names them. */
function media(modality: string, url: string): Part {
  const data = /^data:(?<type>[^;,]*)[^,]*,(?<bytes>.*)$/su.exec(url)?.groups;
  if (data === undefined) return { type: 'uri', modality, uri: url };
  return { type: 'blob', modality, mime_type: data['type'] ?? null, content: data['bytes'] ?? '' };
}

/** What a tool's message says: text, or the texts of its parts; JSON stays the text it is. */
function textOf(content: unknown): unknown {
  if (!Array.isArray(content)) return content ?? '';
  const parts = contentParts(content);
  return parts.every((part) => part.type === 'text') ? parts.map((part) => part['content']).join('\n') : parts;
}
