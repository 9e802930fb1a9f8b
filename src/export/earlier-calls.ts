import { asBase, baseElsewhere } from '../dialects/recorded-content.ts';
import { spanKey, type Span } from '../dialects/span.ts';

const CALLS_KEPT = 500;

/** Model calls that were recorded as deltas: a conversation goes on in another trace, after this one is gone. */
export class EarlierCalls {
  readonly #calls = new Map<string, Span>();

  /** Those that these spans go on from. */
  of(spans: readonly Span[]): Span[] {
    return spans.flatMap((span) => this.#calls.get(baseElsewhere(span) ?? '') ?? []);
  }

  /** @param spans after analysis, when their inputs are whole */
  remember(spans: readonly Span[]): void {
    for (const span of spans) {
      const base = asBase(span);
      if (base !== undefined) this.#calls.set(spanKey(span.traceId, span.spanId), base);
    }
    for (const key of this.#calls.keys()) {
      if (this.#calls.size <= CALLS_KEPT) break;
      this.#calls.delete(key);
    }
  }
}
