import type { Message, Part } from '../model/message.ts';
import { asArray, asId, asString, isObject, parseArguments, type Json } from './json.ts';
import { isProgram, readResult, readText } from './openai-content.ts';

/** Content blocks of Anthropic's Messages API: https://docs.claude.com/en/api/messages */

const CALLS: ReadonlySet<unknown> = new Set(['tool_use', 'server_tool_use', 'mcp_tool_use']);
/** `tool_result`, and the results of the provider's own tools: `web_search_tool_result`, `mcp_tool_result`, … */
const RESULT = /^(?:\w+_)?tool_result$/u;

/** True for a message one of whose blocks only Anthropic's API has. */
export const hasBlocks = (message: unknown): boolean =>
  isObject(message) &&
  asArray(message['content']).some((block) => {
    const type = isObject(block) ? block['type'] : undefined;
    return CALLS.has(type) || type === 'thinking' || type === 'redacted_thinking' || (typeof type === 'string' && RESULT.test(type));
  });

/**
 * Messages of a request. Results come in a user's message, beside what the user says. What the model says in several
 * messages after each other is one answer, unless calls of the application's tools lie between: a paused turn goes on so.
 */
export function readBlockMessages(messages: unknown): Message[] {
  const read: Message[] = [];
  for (const message of asArray(messages)) {
    if (!isObject(message)) continue;
    const { role } = message;
    const parts = readBlocks(message['content']);
    const previous = read.at(-1);
    if (role === 'system') read.push({ role, parts });
    else if (role === 'assistant' && previous?.role === 'assistant' && !asksTheApplication(previous)) previous.parts.push(...parts);
    else if (role === 'assistant') read.push({ role, parts });
    else if (role === 'user') {
      const [results, said] = [parts.filter(isResult), parts.filter((part) => !isResult(part))];
      if (results.length > 0) read.push({ role: 'tool', parts: results });
      if (said.length > 0 || results.length === 0) read.push({ role: 'user', parts: said });
    }
  }
  return read;
}

const isResult = (part: Part): boolean => part.type === 'tool_result';
const asksTheApplication = ({ parts }: Message): boolean => parts.some((part) => part.type === 'tool_call' && part.server !== true);

/** Text, or a list of blocks; images, documents and blocks of types unknown here are left out. */
export function readBlocks(content: unknown): Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  return asArray(content).filter(isObject).flatMap(readBlock);
}

function readBlock(block: Json): Part[] {
  const { type } = block;
  if (type === 'text') return partOf('text', block['text']);
  if (type === 'thinking') return partOf('reasoning', block['thinking']);
  if (CALLS.has(type)) return [readCall(block)];
  return typeof type === 'string' && RESULT.test(type) ? [readToolResult(block, type !== 'tool_result')] : [];
}

function partOf(type: 'text' | 'reasoning', value: unknown): Part[] {
  const text = asString(value);
  return text === undefined ? [] : [{ type, text }];
}

function readCall(block: Json): Part {
  const id = asId(block['id']);
  return {
    type: 'tool_call',
    ...(id !== undefined && { id }),
    name: asString(block['name']) ?? 'unknown',
    arguments: parseArguments(block['input']),
    ...(block['type'] !== 'tool_use' && { server: true }),
    ...(isProgram(block) && { program: true }),
  };
}

function readToolResult(block: Json, server: boolean): Part {
  const id = asId(block['tool_use_id']);
  const { content } = block;
  // A server tool says so in its content: `web_search_tool_result_error`.
  const isError = block['is_error'] === true || (isObject(content) && asString(content['type'])?.endsWith('_error') === true);
  return {
    type: 'tool_result',
    ...(id !== undefined && { id }),
    // A result without content is an answer that says nothing.
    content: Array.isArray(content) && content.length === 0 ? readText(content) : readResult(content ?? ''),
    ...(isError && { error: true }),
    ...(server && { server: true }),
  };
}
