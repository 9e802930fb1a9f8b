import type { Part, ToolCallPart, ToolResultPart } from '../model/message.ts';
import { asArray, asString, isObject, parseIfJson } from './json.ts';

/**
 * `multi_tool_use.parallel`, a pseudo-function that some models invent: its inner calls are the batch.
 * (https://github.com/PrefectHQ/ControlFlow/issues/107)
 */
const PSEUDO = /^(?:functions[._])?multi_tool_use[._]parallel$/u;

/** Replaces the pseudo-call by its inner calls, and splits its one result over them. */
export class MultiToolUse {
  readonly #inner = new Map<string, number>();

  expand(part: Part): Part[] {
    if (part.type === 'tool_call' && PSEUDO.test(part.name)) return this.#expandCall(part);
    if (part.type === 'tool_result' && part.id !== undefined && this.#inner.has(part.id)) return this.#splitResult(part, part.id);
    return [part];
  }

  #expandCall(part: ToolCallPart): Part[] {
    const uses = isObject(part.arguments) ? asArray(part.arguments['tool_uses']).filter(isObject) : [];
    if (uses.length === 0) return [part];
    if (part.id !== undefined) this.#inner.set(part.id, uses.length);
    return uses.map((use, i): ToolCallPart => ({
      type: 'tool_call',
      ...(part.id !== undefined && { id: `${part.id}#${i + 1}` }),
      name: (asString(use['recipient_name']) ?? 'unknown').replace(/^functions\./u, ''),
      arguments: use['parameters'] ?? {},
    }));
  }

  #splitResult(part: ToolResultPart, id: string): Part[] {
    const count = this.#inner.get(id) ?? 1;
    const content = parseIfJson(part.content);
    const list = Array.isArray(content) ? content : isObject(content) ? Object.values(content).find(Array.isArray) : undefined;
    const pieces = list?.length === count ? (list as unknown[]) : undefined;
    return Array.from({ length: count }, (_, i): ToolResultPart => ({
      ...part,
      id: `${id}#${i + 1}`,
      content: pieces === undefined ? part.content : pieces[i],
    }));
  }
}
