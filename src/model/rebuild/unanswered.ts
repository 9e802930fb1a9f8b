import { hash } from 'node:crypto';
import type { Keyed } from './fingerprint.ts';
import { garbledIds } from './garbled.ts';
import type { Thread, ThreadCall } from './threads.ts';

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
    if (before?.inputKey !== undefined) this.#forget(before.inputKey, thread);
    if (last?.inputKey === undefined || last.output !== undefined || last.call.error !== undefined) return;
    const waiting = this.#byInput.get(last.inputKey) ?? new Set();
    this.#byInput.set(last.inputKey, waiting.add(thread));
  }

  #forget(inputKey: string, thread: Thread): void {
    const waiting = this.#byInput.get(inputKey);
    waiting?.delete(thread);
    if (waiting?.size === 0) this.#byInput.delete(inputKey);
  }

  /**
   * The only thread that the input goes on from: of several with the same words, none can be told to be the one, unless
   * the answer was garbled and its ids tell.
   */
  continuedBy(input: readonly Keyed[], isPossible: (thread: Thread) => boolean): Thread | undefined {
    if (this.#byInput.size === 0) return undefined;
    const start = startOfLastAnswer(input);
    const asked = input.slice(0, start);
    if (!asked.some(({ role }) => role === 'user')) return undefined;
    const threads = [...(this.#byInput.get(inputKeyOf(asked)) ?? [])].filter(
      (each) => isPossible(each) && repeats(input.slice(start), each.calls.at(-1)),
    );
    return threads.length === 1 ? threads[0] : undefined;
  }
}

/** False where a garbled answer left ids of calls that are none of those the history holds. */
function repeats(history: readonly Keyed[], last: ThreadCall | undefined): boolean {
  const ids = (last && garbledIds(last.call)) ?? '';
  return ids === '' || history.every(({ part }) => part.type !== 'tool_call' || part.id === undefined || ids.includes(part.id));
}

/** Where the latest answer in a history begins; 0 where it holds none. */
function startOfLastAnswer(input: readonly Keyed[]): number {
  let at = input.findLastIndex(({ role }) => role === 'assistant');
  while (at > 0 && input[at - 1]?.role === 'assistant') at -= 1;
  return Math.max(0, at);
}
