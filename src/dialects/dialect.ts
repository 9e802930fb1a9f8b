import type { Observation } from '../model/observation.ts';
import type { LogRecord, Place, Span } from './span.ts';

/** A way of writing model calls and tools into spans. One file a dialect; `index.ts` lists them in order of trial. */
export interface SpanDialect {
  id: string;
  /** Under which attributes it writes what was said: values that backends may cut are known by them. */
  content: ContentAttributes;
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

export interface ContentAttributes {
  /** JSON by definition: where it breaks off, it was cut. */
  json?: readonly string[];
  /** Any text: where it is no JSON, only its length tells. */
  text?: readonly string[];
  /** Beginnings of keys, where content is spread over several attributes: one that is cut spoils the whole. */
  flattened?: readonly string[];
}

/** A way of writing whole conversations as JSON documents, one a line. */
export interface DocumentDialect {
  id: string;
  detect(value: object): boolean;
  /** What to do where its documents hold scopes and no call at all. */
  withoutCalls?: string;
  /** Throws an `Error` whose message says what is wrong with the document. */
  read(value: object, place: Place): Observation[];
}
