import { TokenParser, Tokenizer, TokenType } from '@streamparser/json';
import { isObject, type Json } from '../dialects/json.ts';
import { DEPTH_LIMIT } from './depth.ts';

export type Element =
  /** An element of `resourceSpans` or `resourceLogs`. */
  | { kind: 'resourceSpans' | 'resourceLogs'; value: Json; line: number }
  /** A whole value: the document itself or an element of the array that is the document. */
  | { kind: 'value'; value: unknown; line: number };

const SIGNALS: Readonly<Record<string, 'resourceSpans' | 'resourceLogs'>> = {
  resourceSpans: 'resourceSpans',
  resource_spans: 'resourceSpans',
  resourceLogs: 'resourceLogs',
  resource_logs: 'resourceLogs',
};
const SCOPES = ['scopeSpans', 'scope_spans', 'instrumentationLibrarySpans', 'instrumentation_library_spans', 'scopeLogs', 'scope_logs'];
const RECORDS = ['spans', 'logRecords', 'log_records'];
const PATHS = [
  '$',
  '$.*',
  ...['$', '$.*'].flatMap((root) =>
    Object.keys(SIGNALS).flatMap((signal) => [
      `${root}.${signal}.*`,
      ...SCOPES.flatMap((scope) => RECORDS.map((record) => `${root}.${signal}.*.${scope}.*.${record}.*`)),
    ]),
  ),
];

/**
 * Reads JSON piece by piece, one value or several after each other, and hands out elements as soon as they are
 * complete: a document that breaks off still gives what it holds.
 */
export class JsonElements {
  /** Complete elements nobody took yet. */
  ready: Element[] = [];
  error: Error | undefined;
  /** The line of the input that is being written; tells where an element begins. */
  line = 1;
  readonly #tokenizer = new Tokenizer({ separator: '' });
  readonly #parser = new TokenParser({ separator: '', paths: PATHS });
  readonly #lines: number[] = [];
  #depth = 0;
  /** How many OTLP elements the current value gave already: what is left of it is no document. */
  #taken = 0;
  /** Spans and log records that are complete, and the `resourceSpans` element they lie in. */
  #complete = new WeakSet<object>();
  #open: { kind: 'resourceSpans' | 'resourceLogs'; value: Json; line: number } | undefined;

  /** `isResumed` after a broken stretch: commas and closing brackets of an array lost there mean nothing. */
  constructor(isResumed = false) {
    // Thrown on, so that the tokenizer does not go through the rest of the piece.
    this.#parser.onError = (error) => {
      throw error;
    };
    this.#tokenizer.onError = (error) => {
      this.error ??= error;
    };
    this.#tokenizer.onToken = (token) => {
      if (token.token === TokenType.LEFT_BRACE || token.token === TokenType.LEFT_BRACKET) {
        this.#lines[this.#depth] = this.line;
        this.#depth += 1;
        if (this.#depth > DEPTH_LIMIT) throw new Error(`JSON nested more than ${DEPTH_LIMIT} levels deep`);
      } else if (token.token === TokenType.RIGHT_BRACE || token.token === TokenType.RIGHT_BRACKET) {
        if (this.#depth === 0 && isResumed) return;
        this.#depth -= 1;
      } else if (this.#depth === 0 && isResumed && token.token === TokenType.COMMA) return;
      this.#parser.write(token);
    };
    this.#parser.onValue = ({ value, key, parent, stack }) => {
      const last = stack.at(-1)?.key;
      const line = this.#lines[stack.length] ?? this.line;
      if (stack.length > 4) {
        // A span or log record: remembered, in case its surroundings never end.
        const at = stack.findIndex((frame) => typeof frame.key === 'string' && SIGNALS[frame.key] !== undefined);
        const kind = SIGNALS[stack[at]?.key as string];
        const container = stack[at + 2]?.value;
        if (kind === undefined || !isObject(value) || !isObject(container)) return;
        this.#complete.add(value);
        if (this.#open?.value !== container) this.#open = { kind, value: container, line: this.#lines[at + 1] ?? line };
      } else if (typeof key === 'number' && typeof last === 'string' && SIGNALS[last] !== undefined && stack.length > 1) {
        if (!isObject(value)) return;
        this.ready.push({ kind: SIGNALS[last], value, line });
        this.#open = undefined;
        this.#taken += 1;
        // Read, so its place is freed: a long document is never held whole.
        (parent as unknown[])[key] = undefined;
      } else if (typeof key === 'number' && stack.length === 1) {
        if (this.#taken === 0) this.ready.push({ kind: 'value', value, line });
        (parent as unknown[])[key] = undefined;
        this.#taken = 0;
      } else if (stack.length === 0) {
        if (this.#taken === 0 && !Array.isArray(value)) this.ready.push({ kind: 'value', value, line });
        this.#taken = 0;
      }
    };
  }

  write(bytes: Uint8Array | string): void {
    if (this.error !== undefined) return;
    try {
      this.#tokenizer.write(bytes);
    } catch (error) {
      this.error ??= error as Error;
    }
  }

  /** To be called at the end of the input or after an error: what is complete of an element that is not. */
  finish(): Element[] {
    const isFirstEnd = this.error === undefined;
    // Ending tells of a string or number that is still open; objects and arrays are known by their depth.
    try {
      if (this.error === undefined) this.#tokenizer.end();
    } catch (error) {
      this.error ??= error as Error;
    }
    if (isFirstEnd && (this.error !== undefined || this.#depth > 0)) this.error = new Error('the JSON breaks off before its end');
    const open = this.#open;
    this.#open = undefined;
    if (open !== undefined) {
      for (const scope of SCOPES.flatMap((name) => objectsIn(open.value[name]))) {
        for (const name of RECORDS) {
          if (Array.isArray(scope[name])) scope[name] = objectsIn(scope[name]).filter((record) => this.#complete.has(record));
        }
      }
      this.ready.push(open);
    }
    const rest = this.ready;
    this.ready = [];
    return rest;
  }
}

const objectsIn = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
