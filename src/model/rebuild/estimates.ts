import { textOf } from '../canonical.ts';
import { groupBy } from './batch.ts';
import type { Thread, ThreadCall } from './threads.ts';

/**
 * Threads without the usage that their writer made up. Where a stream brings no usage, some writers count the tokens of
 * the text that they saw, which is neither all that was sent nor all that was answered. Calls give it away: an answer of
 * calls alone has no text to count, so that it has no usage where the others have one; and an answer of text and calls
 * has fewer tokens than words. The usage of the whole conversation is then unknown, and that of others that begin with
 * the same words: where nothing ties its requests together, they are the rest of it.
 */
export function withoutEstimates(threads: readonly Thread[]): Thread[] {
  const alike = [...groupBy(threads, ({ systemKey, firstUser }) => `${systemKey} ${firstUser}`).values()];
  return alike.flatMap((group) =>
    areEstimated(group.flatMap(({ calls }) => calls)) ? group.map(withoutUsage) : group.map(unlessEstimated),
  );
}

const unlessEstimated = (thread: Thread): Thread => (areEstimated(thread.calls) ? withoutUsage(thread) : thread);

function areEstimated(calls: readonly ThreadCall[]): boolean {
  const silent = calls.filter(({ output }) => has(output, 'tool_call') && !has(output, 'text'));
  const onlyTextIsCounted = silent.length > 0 && silent.every(({ call }) => call.usage === undefined);
  return onlyTextIsCounted || calls.some(leavesOutItsCalls);
}

function withoutUsage(thread: Thread): Thread {
  const calls = thread.calls.map((threadCall) => {
    const { usage: _, ...call } = threadCall.call;
    return { ...threadCall, call };
  });
  return { ...thread, calls };
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
