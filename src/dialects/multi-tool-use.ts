import type { Message, Part, ToolCallPart, ToolResultPart } from '../model/message.ts';
import { asArray, asString, isObject, parseArguments, parseIfJson } from './json.ts';

/**
 * `multi_tool_use.parallel`, a pseudo-function that some models invent: its inner calls are the batch.
 * (https://github.com/PrefectHQ/ControlFlow/issues/107)
 */
const PSEUDO = /^(?:functions[._])?multi_tool_use[._]parallel$/u;

/** Replaces each pseudo-call by its inner calls, and splits its one result over them. */
export function expandMultiToolUse(messages: Message[]): Message[] {
  if (!messages.some(({ parts }) => parts.some(isPseudoCall))) return messages;
  /** Inner calls by the id of the pseudo-call; under the empty id, the latest that came without one. */
  const inner = new Map<string, ToolCallPart[]>();
  const expand = (part: Part): Part[] => {
    if (isPseudoCall(part)) {
      const calls = innerCalls(part);
      if (calls.length === 0) return [part];
      inner.set(part.id ?? '', calls);
      return calls;
    }
    if (part.type === 'tool_result') {
      const isForPseudo = part.id !== undefined || PSEUDO.test(part.name ?? '');
      const calls = isForPseudo ? inner.get(part.id ?? '') : undefined;
      return calls === undefined ? [part] : splitResult(part, calls);
    }
    return [part];
  };
  return messages.map((message) => ({ ...message, parts: message.parts.flatMap(expand) }));
}

const isPseudoCall = (part: Part): part is ToolCallPart => part.type === 'tool_call' && PSEUDO.test(part.name);

function innerCalls(part: ToolCallPart): ToolCallPart[] {
  const uses = isObject(part.arguments) ? asArray(part.arguments['tool_uses']).filter(isObject) : [];
  return uses.map((use, i): ToolCallPart => ({
    ...part,
    ...(part.id !== undefined && { id: `${part.id}#${i + 1}` }),
    name: (asString(use['recipient_name']) ?? 'unknown').replace(/^functions\./u, ''),
    arguments: parseArguments(use['parameters']) ?? {},
  }));
}

/** A list as long as the calls is one result each; anything else answers all of them. */
function splitResult(part: ToolResultPart, calls: readonly ToolCallPart[]): ToolResultPart[] {
  const content = parseIfJson(part.content);
  const lists = Array.isArray(content) ? [content] : isObject(content) ? Object.values(content).filter(Array.isArray) : [];
  const pieces: unknown[] | undefined = lists.find((list: unknown[]) => list.length === calls.length);
  return calls.map(({ id, name }, i) => ({
    ...part,
    ...(id !== undefined && { id }),
    name,
    content: pieces === undefined ? part.content : pieces[i],
  }));
}
