/** One call of a batch, ready to run. */
export interface Job {
  /** Nothing else of the batch runs beside it: it waits for all others, and others that run alone for it. */
  runsAlone: boolean;
  /** Jobs, by index, that have to be over first; never in a circle. What waits for a run-alone job runs alone itself. */
  after: readonly number[];
  run(waits: Waits): Promise<void>;
}

/** What a call waited for before it ran, in milliseconds. */
export interface Waits {
  /** For others to be over: it runs alone, or after those whose results decide about it. */
  barrierMs: number;
  /** For a free slot. */
  slotMs: number;
}

/**
 * Runs a batch: everything that may run beside others at once, up to the cap, in the order given; then, one by one,
 * what runs alone. Resolves when all is over; jobs do not reject.
 */
export async function runBatch(jobs: readonly Job[], cap: number): Promise<void> {
  const began = performance.now();
  const slots = new Slots(cap);
  const over = jobs.map(() => {
    let finish = (): void => {};
    const promise = new Promise<void>((resolve) => (finish = resolve));
    return { promise, finish };
  });
  const start = async ({ after, run }: Job, index: number): Promise<void> => {
    await Promise.all(after.map((other) => over[other]?.promise));
    const ready = performance.now();
    await slots.take();
    try {
      await run({ barrierMs: after.length === 0 ? 0 : ready - began, slotMs: performance.now() - ready });
    } finally {
      slots.free();
      over[index]?.finish();
    }
  };
  await Promise.all(jobs.map((job, index) => (job.runsAlone ? undefined : start(job, index))));
  for (const index of inOrder(jobs)) await jobs[index]?.run({ barrierMs: performance.now() - began, slotMs: 0 });
}

/** The run-alone jobs, each after those it waits for. */
function inOrder(jobs: readonly Job[]): number[] {
  const order: number[] = [];
  const visit = (index: number): void => {
    const job = jobs[index];
    if (job?.runsAlone !== true || order.includes(index)) return;
    for (const other of job.after) visit(other);
    order.push(index);
  };
  jobs.forEach((_, index) => visit(index));
  return order;
}

class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async take(): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** The slot goes to who has waited longest. */
  free(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}
