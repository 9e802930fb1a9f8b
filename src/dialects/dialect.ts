import type { Observation } from '../model/observation.ts';
import type { LogRecord, Place, Span } from './span.ts';

/** A way of writing model calls and tools into spans. One file a dialect; `index.ts` lists them in order of trial. */
export interface SpanDialect {
  id: string;
  /** True when this dialect wrote the span. */
  detect(span: Pick<Span, 'attributes'>): boolean;
  /** What the span tells, `logs` being the records written under the same trace and span id. */
  read(span: Span, logs: LogRecord[]): Observation | undefined;
  /**
   * Of a writer that spreads one model call over several spans: what all its spans tell, once the last has come; instead
   * of `read`. `logsOf` has the records written under the same trace and span id.
   */
  readTogether?(spans: readonly Span[], logsOf: (span: Span) => LogRecord[]): Observation[];
}

/** A way of writing whole conversations as JSON documents, one a line. */
export interface DocumentDialect {
  id: string;
  detect(value: object): boolean;
  /** Throws an `Error` whose message says what is wrong with the document. */
  read(value: object, place: Place): Observation[];
}
