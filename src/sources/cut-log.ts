import { removeCut } from '../dialects/cut-content.ts';
import { spanDialects } from '../dialects/index.ts';
import type { Span } from '../dialects/span.ts';
import type { ProblemLog } from './problem.ts';

/** Takes content that was cut out of spans, and tells of it once a source, with the setting that cures it; likewise of attributes that were dropped. */
export class CutLog {
  readonly #cuts = new Map<string, Map<number, number>>();
  readonly #dropped = new Map<string, number>();

  look(span: Span): void {
    for (const length of removeCut(span)) {
      const lengths = this.#cuts.get(span.place.source) ?? new Map<number, number>();
      this.#cuts.set(span.place.source, lengths);
      lengths.set(length, (lengths.get(length) ?? 0) + 1);
    }
    if (span.droppedAttributes > 0 && spanDialects.some((dialect) => dialect.detect(span)))
      this.#dropped.set(span.place.source, (this.#dropped.get(span.place.source) ?? 0) + 1);
  }

  finish(problems: ProblemLog): void {
    for (const [source, lengths] of this.#cuts) problems.addWhole({ source, reason: reasonOf(lengths) });
    for (const [source, count] of this.#dropped) problems.addWhole({ source, reason: reasonOfDropped(count) });
  }
}

function reasonOf(lengths: ReadonlyMap<number, number>): string {
  const count = [...lengths.values()].reduce((sum, n) => sum + n, 0);
  const [usual = 0] = [...lengths].toSorted(([, a], [, b]) => b - a)[0] ?? [];
  const limit = Math.max(...[...lengths.keys()].filter((length) => length - usual < 4));
  const values = count === 1 ? 'one attribute value is' : `${count.toLocaleString('en-US')} attribute values are`;
  const cure =
    limit > 2044 && limit <= 2048
      ? 'Tempo cuts there unless told otherwise: set `distributor.max_attribute_bytes` to 0 (no limit) in its configuration, for traces to come'
      : 'raise the limit on attribute values of the backend, or of the SDK (OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT), for traces to come';
  return `${values} cut off at ${limit.toLocaleString('en-US')} bytes, so what ${count === 1 ? 'it' : 'they'} held is unknown. ${cure}`;
}

const reasonOfDropped = (count: number): string =>
  `${count === 1 ? 'one span has' : `${count.toLocaleString('en-US')} spans have`} lost attributes to the SDK's limit on their number, and perhaps with them what was said. Set OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT (128 unless set) higher where the spans are made, for traces to come`;
