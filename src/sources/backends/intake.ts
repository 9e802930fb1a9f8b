import type { SourceRecord } from '../records.ts';

/** Lets each trace in once, and no more of them than the limit. */
export class Intake {
  readonly #limit: number;
  readonly #onPulled: (traces: number) => void;
  readonly #known = new Set<string>();

  constructor(limit: number, onPulled: (traces: number) => void) {
    this.#limit = limit;
    this.#onPulled = onPulled;
  }

  get traces(): number {
    return this.#known.size;
  }

  get isFull(): boolean {
    return this.#known.size >= this.#limit;
  }

  /** Whether this trace is to be pulled. */
  admit(traceId: string): boolean {
    if (this.isFull || this.#known.has(traceId)) return false;
    this.#known.add(traceId);
    this.#onPulled(this.#known.size);
    return true;
  }

  /** Of a page of whole traces, the spans of those that are new. */
  admitAll(records: readonly SourceRecord[]): SourceRecord[] {
    const admitted = new Set<string>();
    return records.filter((record) => {
      if (record.kind !== 'span') return false;
      const { traceId } = record.span;
      if (this.admit(traceId)) admitted.add(traceId);
      return admitted.has(traceId);
    });
  }
}
