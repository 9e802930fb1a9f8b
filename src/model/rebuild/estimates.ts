import { textOf } from '../canonical.ts';
import type { ThreadCall } from './threads.ts';

/**
 * Where a stream brings no usage, some writers count the tokens of the text that they saw, which is neither all that
 * was sent nor all that was answered. Calls give it away: an answer of calls alone has no text to count, so that it
 * has no usage where the others have one; and an answer of text and calls has fewer tokens than words. The usage of
 * the whole conversation is then unknown.
 */
export function withoutEstimates(calls: readonly ThreadCall[]): readonly ThreadCall[] {
  const silent = calls.filter(({ output }) => has(output, 'tool_call') && !has(output, 'text'));
  const onlyTextIsCounted = silent.length > 0 && silent.every(({ call }) => call.usage === undefined);
  if (!onlyTextIsCounted && !calls.some(leavesOutItsCalls)) return calls;
  return calls.map((threadCall) => {
    const { usage: _, ...call } = threadCall.call;
    return { ...threadCall, call };
  });
}

const has = (output: ThreadCall['output'], type: string): boolean => output?.some(({ part }) => part.type === type) === true;

function leavesOutItsCalls({ call, output }: ThreadCall): boolean {
  const tokens = call.usage?.outputTokens;
  if (tokens === undefined || !has(output, 'text') || !has(output, 'tool_call')) return false;
  const words = (output ?? []).map(({ part }) => {
    if (part.type === 'text') return countWords(part.text);
    // What a program called, the model did not write.
    const isWritten = part.type === 'tool_call' && part.program !== true;
    return isWritten ? countWords(part.name) + countWords(textOf(part.arguments)) : 0;
  });
  return words.reduce((sum, count) => sum + count, 0) > tokens;
}

/** No tokenizer joins words; what it may keep whole, such as an identifier, is one. */
const WORD = /[\p{L}\p{N}_'’-]+/gu;

const countWords = (text: string): number => text.match(WORD)?.length ?? 0;
