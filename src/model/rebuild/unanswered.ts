import { hash } from 'node:crypto';
import type { Keyed } from './fingerprint.ts';
import type { Thread } from './threads.ts';

/** Equal for two requests with the same input. */
export const inputKeyOf = (input: readonly Keyed[]): string => hash('sha1', input.map((keyed) => keyed.key).join('\n'), 'base64');

/**
 * Threads whose last answer the trace does not hold. The request that goes on from there begins with the whole input
 * of the last one, and then has the answer: without a shared trace or call id, nothing else ties the two together.
 */
export class UnansweredThreads {
  readonly #byInput = new Map<string, Set<Thread>>();

  /** To be told of each call that was added to a thread. */
  update(thread: Thread): void {
    const [before, last] = [thread.calls.at(-2), thread.calls.at(-1)];
    if (before?.inputKey !== undefined) this.#byInput.get(before.inputKey)?.delete(thread);
    if (last?.inputKey === undefined || last.output !== undefined || last.call.error !== undefined) return;
    const waiting = this.#byInput.get(last.inputKey) ?? new Set();
    this.#byInput.set(last.inputKey, waiting.add(thread));
  }

  /** The only thread that the input goes on from: of several with the same words, none can be told to be the one. */
  continuedBy(input: readonly Keyed[], isPossible: (thread: Thread) => boolean): Thread | undefined {
    const asked = input.slice(0, startOfLastAnswer(input));
    if (!asked.some(({ role }) => role === 'user')) return undefined;
    const [thread, ...others] = [...(this.#byInput.get(inputKeyOf(asked)) ?? [])].filter(isPossible);
    return others.length === 0 ? thread : undefined;
  }
}

/** Where the latest answer in a history begins; 0 where it holds none. */
function startOfLastAnswer(input: readonly Keyed[]): number {
  let at = input.findLastIndex(({ role }) => role === 'assistant');
  while (at > 0 && input[at - 1]?.role === 'assistant') at -= 1;
  return Math.max(0, at);
}
