import type { ReadableSpan } from './otel.ts';

/** Runs that are over and wait to be analyzed: one at a time, and never in the call that ended the run. */
export class RunQueue {
  readonly #work: (spans: ReadableSpan[]) => void;
  readonly #overflow: (spans: ReadableSpan[]) => void;
  readonly #maxSpans: number;
  #runs: ReadableSpan[][] = [];
  #spans = 0;
  #isScheduled = false;

  constructor(maxSpans: number, work: (spans: ReadableSpan[]) => void, overflow: (spans: ReadableSpan[]) => void) {
    this.#maxSpans = maxSpans;
    this.#work = work;
    this.#overflow = overflow;
  }

  add(spans: ReadableSpan[]): void {
    this.#runs.push(spans);
    this.#spans += spans.length;
    // More comes in than can be analyzed.
    while (this.#spans > this.#maxSpans && this.#runs.length > 1) this.#overflow(this.#next());
    this.#schedule();
  }

  /** Works off all there is, now. */
  drain(): void {
    while (this.#runs.length > 0) this.#work(this.#next());
  }

  #schedule(): void {
    if (this.#isScheduled || this.#runs.length === 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      if (this.#runs.length > 0) this.#work(this.#next());
      this.#schedule();
    });
  }

  #next(): ReadableSpan[] {
    const spans = this.#runs.shift() ?? [];
    this.#spans -= spans.length;
    return spans;
  }
}
