import type { Message, Part } from '../model/message.ts';
import type { DocumentDialect } from './dialect.ts';
import { asArray, asId, asString, isObject, parseArguments, parseIfJson, parseIfStructured, type Json } from './json.ts';
import { readToolDefinitions } from './tool-definitions.ts';

/**
 * Conversations as they are kept for training, `{conversations: [{from, value}], tools}`: the form of LLaMA-Factory
 * (https://llamafactory.readthedocs.io/en/latest/getting_started/data_preparation.html), with calls and results under
 * `function_call` and `observation`; and that of Hermes, which marks them in the text with `<tool_call>` and
 * `<tool_response>` (https://huggingface.co/datasets/NousResearch/hermes-function-calling-v1).
 */
export const shareGpt: DocumentDialect = {
  id: 'sharegpt',

  detect: (value) =>
    asArray(parseIfStructured((value as Json)['conversations'])).some((turn) => isObject(turn) && roleOf(turn) !== undefined),

  read: (value, place) => {
    const { id, conversation_id, system, tools, conversations, model } = value as Json;
    const messages = shareObservations(asArray(parseIfStructured(conversations)).flatMap((turn) => (isObject(turn) ? readTurn(turn) : [])));
    const definitions = readToolDefinitions(tools);
    const [name, prompt, modelName] = [asId(id) ?? asId(conversation_id), asString(system), asString(model)];
    return [
      {
        kind: 'transcript',
        dialect: shareGpt.id,
        origin: place,
        messages: [...(prompt === undefined ? [] : [{ role: 'system' as const, parts: [text(prompt)] }]), ...messages],
        ...(definitions.length > 0 && { tools: definitions }),
        ...(name !== undefined && { id: name }),
        ...(modelName !== undefined && { model: modelName }),
      },
    ];
  },
};

const ROLES: ReadonlyMap<unknown, 'system' | 'user' | 'assistant' | 'call' | 'result'> = new Map([
  ['system', 'system'],
  ['human', 'user'],
  ['user', 'user'],
  ['gpt', 'assistant'],
  ['assistant', 'assistant'],
  ['function_call', 'call'],
  ['observation', 'result'],
  ['tool', 'result'],
]);

const roleOf = (turn: Json): ReturnType<typeof ROLES.get> => (typeof turn['value'] === 'string' ? ROLES.get(turn['from']) : undefined);

function readTurn(turn: Json): Message[] {
  const [role, value] = [roleOf(turn), String(turn['value'])];
  if (role === undefined) return [];
  if (role === 'call') return [{ role: 'assistant', parts: readCalls(value) }];
  if (role === 'result') return [{ role: 'tool', parts: readResults(value) }];
  if (role !== 'assistant') return [{ role, parts: [text(value)] }];
  const calls = marked(value, 'tool_call').flatMap(readCalls);
  const said = unmarked(value, 'tool_call').trim();
  return [{ role, parts: [...(said === '' ? [] : [text(said)]), ...calls] }];
}

const text = (value: string): Part => ({ type: 'text', text: value });

/** One call as JSON, or a list of those of one batch; what is neither was said. */
function readCalls(value: string): Part[] {
  const decoded = parseIfJson(value);
  const calls = (Array.isArray(decoded) ? decoded : [decoded]).filter(isObject).flatMap((call): Part[] => {
    const name = asString(call['name']);
    return name === undefined ? [] : [{ type: 'tool_call', name, arguments: parseArguments(call['arguments'] ?? call['parameters']) }];
  });
  return calls.length > 0 ? calls : [text(value)];
}

function readResults(value: string): Part[] {
  const results = marked(value, 'tool_response');
  return (results.length > 0 ? results : [value]).map((result): Part => {
    const decoded = parseIfStructured(result.trim());
    // Hermes names the tool beside the content.
    const name = isObject(decoded) && 'content' in decoded ? asString(decoded['name']) : undefined;
    return name === undefined
      ? { type: 'tool_result', content: result.trim() }
      : { type: 'tool_result', name, content: (decoded as Json)['content'] };
  });
}

/**
 * LLaMA-Factory answers a batch with one observation: a list of as many results as there are calls, or something of which
 * nobody can say which of it belongs to which call.
 */
function shareObservations(messages: readonly Message[]): Message[] {
  return messages.map((message, i) => {
    const calls = (messages[i - 1]?.parts ?? []).flatMap((part) => (part.type === 'tool_call' ? [part] : []));
    const [result, ...others] = message.parts;
    const isShared = calls.length > 1 && result?.type === 'tool_result' && others.length === 0 && messages[i + 1]?.role !== 'tool';
    if (!isShared || result.name !== undefined) return message;
    const list = parseIfJson(result.content);
    const results = Array.isArray(list) && list.length === calls.length ? list : undefined;
    const parts = calls.map((_, n): Part => ({ type: 'tool_result', content: results?.[n] }));
    return { ...message, parts: results === undefined ? [...parts, text(String(result.content))] : parts };
  });
}

/** What stands between each pair of marks. */
function marked(value: string, mark: string): string[] {
  const [, ...pieces] = value.split(`<${mark}>`);
  return pieces.map((piece) => piece.split(`</${mark}>`, 1)[0] ?? '');
}

function unmarked(value: string, mark: string): string {
  const [first = '', ...pieces] = value.split(`<${mark}>`);
  return [first, ...pieces.map((piece) => piece.split(`</${mark}>`).slice(1).join(''))].join('');
}
