import type { Message, Part } from '../model/message.ts';
import type { ModelCall } from '../model/observation.ts';

/**
 * A run keeps the list that a model call was given, not a copy: an app that goes on with it adds the answer and all that
 * follows. What a model was given ends before what it answered.
 *
 * @param calls model calls that were given the same list
 */
export function cutAtAnswers(calls: readonly ModelCall[]): void {
  let from = 0;
  for (const call of calls.toSorted((a, b) => (a.start ?? 0) - (b.start ?? 0))) {
    const said = (call.output ?? []).flatMap(({ parts }) => parts);
    const at = (call.input ?? []).findIndex((message, i) => i >= from && message.role === 'assistant' && isAnswer(message, said));
    if (at < 0) continue;
    // The same words may have been said before; calls have ids.
    const isSure = calls.length > 1 || said.some(({ type }) => type === 'tool_call') || at === (call.input ?? []).length - 1;
    if (isSure) call.input = call.input?.slice(0, at) ?? [];
    from = at + 1;
  }
}

function isAnswer({ parts }: Message, said: readonly Part[]): boolean {
  const ids = new Set(idsIn(said));
  if (ids.size > 0) return idsIn(parts).some((id) => ids.has(id));
  const text = textIn(said);
  return text !== '' && text === textIn(parts);
}

const idsIn = (parts: readonly Part[]): string[] =>
  parts.flatMap((part) => (part.type === 'tool_call' && part.id !== undefined ? [part.id] : []));
const textIn = (parts: readonly Part[]): string => parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
