import type { Part } from '../model/message.ts';
import { asId, asString, isObject, parseArguments, parseIfStructured, type Json } from './json.ts';
import { isPending, isProgram, readResult, readText } from './openai-content.ts';

/**
 * Items of the Responses API that are not messages: https://platform.openai.com/docs/api-reference/responses/object
 * The Agents SDK spells some of them its own way: `callId`, `function_call_result`.
 */

/** A tool of the provider's own, or one that it defines (shell, computer): the item is the call and, often, the result in one. */
const BUILT_IN_CALL = /^(?<name>\w+)_call$/u;
const BUILT_IN_OUTPUT = /^\w+?(?:_call)?_output$/u;

/** The parts of an item; undefined for what is no item, or one that says nothing of the conversation (`item_reference`). */
export function readResponseItem(item: Json): Part[] | undefined {
  const type = asString(item['type']);
  if (type === undefined) return undefined;
  if (type === 'function_call' || type === 'custom_tool_call') return [readFunctionCall(item, type)];
  if (OUTPUTS.has(type)) return [readOutput(item)];
  if (type === 'reasoning') {
    const text = [readText(item['summary']), readText(item['content'])].filter(Boolean).join('\n');
    return text === '' ? [] : [{ type: 'reasoning', text }];
  }
  const builtIn = BUILT_IN_CALL.exec(type)?.groups?.['name'];
  if (builtIn !== undefined) return readBuiltIn(item, builtIn);
  return BUILT_IN_OUTPUT.test(type) ? [{ ...readOutput(item), server: true }] : undefined;
}

const OUTPUTS: ReadonlySet<string> = new Set(['function_call_output', 'custom_tool_call_output', 'function_call_result']);

const callIdOf = (item: Json): string | undefined => asId(item['call_id']) ?? asId(item['callId']);

function readFunctionCall(item: Json, type: string): Part {
  const id = callIdOf(item) ?? asId(item['id']);
  return {
    type: 'tool_call',
    ...(id !== undefined && { id }),
    name: asString(item['name']) ?? 'unknown',
    arguments: type === 'custom_tool_call' ? readFreeInput(item['input']) : parseArguments(item['arguments']),
    ...(isProgram(item) && { program: true }),
  };
}

/** The input of a custom tool is free text: only what is clearly JSON is decoded. */
export const readFreeInput = (input: unknown): unknown =>
  typeof input === 'string' && input.trim() !== '' ? parseIfStructured(input) : parseArguments(input);

/** Only `call_id` ties an output to its call; `id` is the item's own. */
function readOutput(item: Json): Extract<Part, { type: 'tool_result' }> {
  const id = callIdOf(item);
  const { output } = item;
  return {
    type: 'tool_result',
    ...(id !== undefined && { id }),
    content: readResult(isObject(output) && output['type'] === 'text' ? [output] : output),
    ...(isPending(item) && { pending: true }),
  };
}

function readBuiltIn(item: Json, name: string): Part[] {
  const id = callIdOf(item) ?? asId(item['id']);
  const call: Part = {
    type: 'tool_call',
    ...(id !== undefined && { id }),
    name: asString(item['name']) ?? name,
    arguments: readBuiltInInput(item),
    server: true,
  };
  const failure = item['error'] ?? undefined;
  const output = item['output'] ?? item['outputs'] ?? item['results'] ?? failure;
  const isFailed = failure !== undefined || item['status'] === 'failed';
  if ((output === undefined || output === null) && !isFailed) return [call];
  return [
    call,
    { type: 'tool_result', ...(id !== undefined && { id }), content: readResult(output), ...(isFailed && { error: true }), server: true },
  ];
}

function readBuiltInInput(item: Json): unknown {
  const whole = item['arguments'] ?? item['action'] ?? item['actions'] ?? item['operation'];
  if (whole !== undefined) return parseArguments(whole);
  for (const key of ['queries', 'code']) if (item[key] !== undefined && item[key] !== null) return { [key]: item[key] };
  return undefined;
}

/** True for what stands in a list of Responses items or chat messages. */
export function isWireItem(value: unknown): boolean {
  if (!isObject(value)) return false;
  if (value['role'] !== undefined) return WIRE_ROLES.has(value['role']);
  const type = asString(value['type']) ?? '';
  return type === 'reasoning' || OUTPUTS.has(type) || BUILT_IN_CALL.test(type) || BUILT_IN_OUTPUT.test(type);
}

const WIRE_ROLES: ReadonlySet<unknown> = new Set(['system', 'developer', 'user', 'assistant', 'tool', 'function']);
