import { createHash, hash } from 'node:crypto';
import type { Keyed } from './fingerprint.ts';
import type { Thread } from './threads.ts';

/** Equal for two requests with the same input. */
export const inputKeyOf = (input: readonly Keyed[]): string => hash('sha1', input.map((keyed) => keyed.key).join('\n'), 'base64');

interface Open {
  thread: Thread;
  /** Index of the model call in the thread. */
  at: number;
  inputKey: string;
  /** Ids of its calls, run together, where a garbled answer left that much. */
  ids: string;
}

/** How many are remembered that were asked the very same. */
const REMEMBERED = 16;

/**
 * Model calls whose answer the trace does not hold. A request that begins with the whole input of such a call, and
 * goes on with an answer, is what followed: also in a trace of its own, where nothing else tells.
 */
export class Unanswered {
  readonly #byInput = new Map<string, Open[]>();

  add(open: Open): void {
    this.#byInput.set(open.inputKey, [...(this.#byInput.get(open.inputKey) ?? []), open].slice(-REMEMBERED));
  }

  /**
   * The conversation that the request goes on with: what ids tell, else the only one that was asked the same. Of
   * several without ids none is certain.
   *
   * @param inputKey key of the whole input: a request that is sent again may follow one that is no longer the last
   * @param canFollow whether the request may follow on what else is known of the conversation
   */
  continuedBy(input: readonly Keyed[], inputKey: string | undefined, canFollow: (thread: Thread) => boolean): Thread | undefined {
    if (this.#byInput.size === 0) return undefined;
    for (const { key, answer } of beginningsOf(input).toReversed()) {
      const open = (this.#byInput.get(key) ?? []).filter(
        ({ thread, at, ids }) =>
          (thread.calls.length === at + 1 || thread.calls.at(-1)?.inputKey === inputKey) && areAmong(ids, answer) && canFollow(thread),
      );
      const found = open.findLast(({ ids }) => ids !== '') ?? (open.length === 1 ? open[0] : undefined);
      if (found !== undefined) return found.thread;
    }
    return undefined;
  }
}

/** The input up to each answer in it, as a key, with the answer. */
function beginningsOf(input: readonly Keyed[]): { key: string; answer: Keyed[] }[] {
  const beginnings: { key: string; answer: Keyed[] }[] = [];
  const asked = createHash('sha1');
  for (const [i, keyed] of input.entries()) {
    const isAnswer = keyed.role === 'assistant';
    if (isAnswer && i > 0 && input[i - 1]?.role !== 'assistant') beginnings.push({ key: asked.copy().digest('base64'), answer: [] });
    if (isAnswer) beginnings.at(-1)?.answer.push(keyed);
    asked.update(i === 0 ? keyed.key : `\n${keyed.key}`);
  }
  return beginnings;
}

const areAmong = (ids: string, answer: readonly Keyed[]): boolean =>
  ids === '' || answer.every(({ part }) => part.type !== 'tool_call' || part.id === undefined || ids.includes(part.id));
