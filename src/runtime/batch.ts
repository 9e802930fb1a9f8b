/** One call of a batch, ready to run. */
export interface Job {
  /** Nothing else of the batch runs beside it: it waits for all others, and others that run alone for it. */
  runsAlone: boolean;
  /** Jobs (by index) that have to be over first. They wait for none themselves. */
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
  const over = new Map<Job, Promise<void>>();
  const start = async (job: Job): Promise<void> => {
    await Promise.all(job.after.map((index) => over.get(jobs[index] as Job)));
    const ready = performance.now();
    await slots.take();
    try {
      await job.run({ barrierMs: job.after.length === 0 ? 0 : ready - began, slotMs: performance.now() - ready });
    } finally {
      slots.free();
    }
  };
  // Those that wait for none first: they are what the others wait for.
  const beside = jobs.filter(({ runsAlone }) => !runsAlone).toSorted((a, b) => Math.min(1, a.after.length) - Math.min(1, b.after.length));
  for (const job of beside) over.set(job, start(job));
  await Promise.all(over.values());
  for (const job of jobs) if (job.runsAlone) await job.run({ barrierMs: performance.now() - began, slotMs: 0 });
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
