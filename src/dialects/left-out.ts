import type { Message, Part } from '../model/message.ts';

/** True for a value that holds what a writer puts in the place of what it left out: what stood there is not known. */
export function lacks(value: unknown, mark: RegExp): boolean {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return mark.test(text);
}

/** Arguments and results of which something is missing are unknown; so is everything where that is true of what was said. */
export function withoutGaps(messages: Message[] | undefined, mark: RegExp): Message[] | undefined {
  const isWhole = messages?.every(({ parts }) => parts.every((part) => part.type !== 'text' || !mark.test(part.text)));
  if (isWhole !== true) return undefined;
  return messages?.map((message) => ({ ...message, parts: message.parts.map((part) => withoutGap(part, mark)) }));
}

function withoutGap(part: Part, mark: RegExp): Part {
  if (part.type === 'tool_call' && lacks(part.arguments, mark)) return { ...part, arguments: undefined };
  return part.type === 'tool_result' && lacks(part.content, mark) ? { ...part, content: undefined } : part;
}
