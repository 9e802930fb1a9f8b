import { documentDialects } from '../dialects/index.ts';
import { isObject, type Json } from '../dialects/json.ts';
import type { LogRecord, Place, Span } from '../dialects/span.ts';
import { DEPTH_LIMIT, isDepthBomb, isShallow } from './depth.ts';
import type { DocumentPart } from './documents.ts';
import { envelopes } from './envelopes/index.ts';
import type { Frame } from './frames.ts';
import { JsonElements } from './json-elements.ts';
import type { Line } from './lines.ts';
import { isOtlp, readOtlp, readResourceLogs, readResourceSpans, type SpanContent } from './otlp.ts';
import { elementsOf } from './pages.ts';
import { excerptOf, type ProblemLog } from './problem.ts';
import { decodeOtlp } from './protobuf.ts';
import type { Header, Row } from './row.ts';

/** What a source holds, one element at a time. */
export type SourceRecord =
  | { kind: 'span'; span: Span }
  | { kind: 'log'; log: LogRecord }
  /** Any other JSON object: a conversation, a record of another dialect; `table` where it is a row of one. */
  | { kind: 'document'; value: Json; place: Place; table?: Header };

/** Turns lines, documents and messages of one source into records, and what cannot be into problems. */
export class RecordReader {
  readonly #source: string;
  readonly #problems: ProblemLog;
  readonly #isCut: () => boolean;

  /** `isCut` tells whether the bytes broke off: then an open end is their fault and already reported. */
  constructor(source: string, problems: ProblemLog, isCut: () => boolean) {
    this.#source = source;
    this.#problems = problems;
    this.#isCut = isCut;
  }

  line({ number, text, bytes, isOpen }: Line): SourceRecord[] {
    const place = { source: this.#source, line: number };
    if (text === undefined) {
      this.#tell(place, `the line is ${Math.round(bytes / 1e6)} MB long, more than is read at once; raise --max-line-bytes to read it`);
      return [];
    }
    if (isDepthBomb(text)) {
      this.#tell(place, TOO_DEEP);
      return [];
    }
    try {
      const value: unknown = JSON.parse(text);
      return this.value(value, place);
    } catch {
      return text.trim() === '' ? [] : this.#brokenLine(text, place, isOpen);
    }
  }

  /** Whatever is complete in a line that is not JSON: spans before the cut, or several values in a row. */
  #brokenLine(text: string, place: Place & { line: number }, isOpen: boolean): SourceRecord[] {
    const json = new JsonElements();
    json.line = place.line;
    json.write(text);
    const records = json.finish().flatMap((element) => this.part(element));
    if (json.error !== undefined && !(isOpen && this.#isCut())) {
      const what = /breaks off/u.test(json.error.message) ? 'not valid JSON (it breaks off)' : 'not valid JSON';
      this.#tell(place, `${what}: ${excerptOf(text.trim())}`);
    }
    return records;
  }

  part(part: DocumentPart): SourceRecord[] {
    const place = { source: this.#source, line: part.line };
    if (part.kind === 'problem') {
      if (!this.#isCut()) this.#tell(place, part.reason);
      return [];
    }
    if (part.kind === 'value') return this.value(part.value, place);
    const content: SpanContent = { spans: [], logs: [], skipped: [] };
    if (part.kind === 'resourceSpans') readResourceSpans(part.value, place, content);
    else readResourceLogs(part.value, place, content);
    return this.#records(content, place);
  }

  /** One message of a length-prefixed file, or a file that is one message. */
  message({ number, bytes, problem }: Partial<Frame>): SourceRecord[] {
    const place: Place = { source: this.#source, ...(number !== undefined && { line: number }) };
    if (problem !== undefined && !this.#isCut()) this.#tell(place, problem);
    if (bytes === undefined) return [];
    if (bytes[0] === 0x7b || bytes[0] === 0x5b) {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
      return this.line({ number: number ?? 1, text, bytes: bytes.length, isOpen: true });
    }
    try {
      const decoded = decodeOtlp(bytes);
      // A message known to be incomplete need not say so again.
      if (problem === undefined && !this.#isCut()) for (const reason of decoded.problems) this.#tell(place, reason);
      return this.#records(readOtlp(decoded.request, place), place);
    } catch (error) {
      if (problem === undefined) this.#tell(place, `not an OTLP protobuf message: ${(error as Error).message}`);
      return [];
    }
  }

  /** A row of a table. */
  row(row: Row): SourceRecord[] {
    const place = { source: this.#source, line: row.number };
    if ('problem' in row) {
      this.#tell(place, row.problem);
      return [];
    }
    return this.value(row.value, place).map((record) => (record.kind === 'document' ? { ...record, table: row.header } : record));
  }

  /** A decoded JSON value; lists, and lists of lists, are read by their elements. */
  value(value: unknown, place: Place, depth = 0): SourceRecord[] {
    if (Array.isArray(value) && depth < LIST_DEPTH) return value.flatMap((item) => this.value(item, place, depth + 1));
    if (!isObject(value)) {
      this.#tell(place, `a JSON ${nameOf(value)} where an object should be`);
      return [];
    }
    if (isOtlp(value)) return this.#records(readOtlp(value, place), place);
    if (!isShallow(value)) {
      this.#tell(place, TOO_DEEP);
      return [];
    }
    const envelope = envelopes.find((candidate) => candidate.detect(value));
    if (envelope !== undefined) return this.#records(envelope.read(value, place), place);
    const elements = documentDialects.some((dialect) => dialect.detect(value)) ? undefined : elementsOf(value);
    if (elements !== undefined && depth < LIST_DEPTH) return this.value(elements, place, depth);
    return [{ kind: 'document', value, place }];
  }

  #records({ spans, logs, skipped }: SpanContent, place: Place): SourceRecord[] {
    for (const reason of skipped) this.#tell(place, `${reason}: skipped`);
    return [...spans.map((span): SourceRecord => ({ kind: 'span', span })), ...logs.map((log): SourceRecord => ({ kind: 'log', log }))];
  }

  #tell(place: Place, reason: string): void {
    this.#problems.add({ ...place, reason });
  }
}

/** A list of traces is a list of lists of spans. */
const LIST_DEPTH = 2;

const TOO_DEEP = `JSON nested more than ${DEPTH_LIMIT} levels deep`;

const nameOf = (value: unknown): string => {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
};
