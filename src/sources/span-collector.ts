import type { SpanDialect } from '../dialects/dialect.ts';
import { spanDialects } from '../dialects/index.ts';
import { isPartOfChain, joinChains, readFingerprints } from '../dialects/recorded-content.ts';
import { originOf, spanKey, type LogRecord, type Span } from '../dialects/span.ts';
import type { Observation } from '../model/observation.ts';
import type { ProblemLog } from './problem.ts';
import type { SourceRecord } from './read.ts';
import { SilentLog } from './silent-log.ts';

/** Turns spans into observations as they come; those whose content may lie in log records wait for the end. */
export class SpanCollector {
  readonly observations: Observation[] = [];
  readonly #waiting: Span[] = [];
  readonly #chained: Span[] = [];
  readonly #together = new Map<SpanDialect, Map<string, Span>>();
  readonly #seen = new Set<string>();
  readonly #logs = new Map<string, LogRecord[]>();

  add(record: Exclude<SourceRecord, { kind: 'document' }>): void {
    if (record.kind === 'log') {
      const key = spanKey(record.log.traceId, record.log.spanId);
      const logs = this.#logs.get(key);
      if (logs === undefined) this.#logs.set(key, [record.log]);
      else logs.push(record.log);
      return;
    }
    const { span } = record;
    const key = spanKey(span.traceId, span.spanId);
    const dialect = dialectOf(span);
    readFingerprints(span);
    if (dialect?.readTogether !== undefined && !isPartOfChain(span)) {
      this.#keep(dialect, key, span);
      return;
    }
    // An export that was retried, or a file read twice, brings the same span again.
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    if (isPartOfChain(span)) {
      this.#chained.push(span);
      return;
    }
    const observation = observe(dialect, span, []);
    if (observation.kind === 'model' && observation.input === undefined) this.#waiting.push(span);
    else this.observations.push(observation);
  }

  /** Of a span that is told several times, when it starts and when it ends, the one that knows the end has the say; what it leaves out stays. */
  #keep(dialect: SpanDialect, key: string, span: Span): void {
    const spans = this.#together.get(dialect) ?? new Map<string, Span>();
    this.#together.set(dialect, spans);
    const earlier = spans.get(key);
    if (earlier?.end === undefined || span.end !== undefined) spans.set(key, { ...earlier, ...span });
  }

  /** @param earlier model calls of other traces that those here may go on from; nothing else is made of them */
  finish(problems: ProblemLog, earlier: readonly Span[] = []): Observation[] {
    for (const { place } of joinChains([...earlier, ...this.#chained])) {
      problems.add({
        ...place,
        reason:
          'a model call goes on from one that is not in the input: its messages are unknown. Read all files of the conversation together',
      });
    }
    for (const span of this.#chained) this.observations.push(observe(dialectOf(span), span, []));
    const silent = new SilentLog();
    for (const span of this.#waiting) {
      const observation = observe(dialectOf(span), span, this.#logsOf(span));
      this.observations.push(observation);
      silent.look(span, observation);
    }
    for (const [dialect, spans] of this.#together) {
      const observations = dialect.readTogether?.([...spans.values()], (span) => this.#logsOf(span)) ?? [];
      for (const observation of observations) this.observations.push(observation);
    }
    for (const [key, logs] of this.#logs) if (!this.#isThere(key)) for (const log of logs) silent.lookAtOrphan(log);
    silent.finish(problems);
    return this.observations;
  }

  #isThere(key: string): boolean {
    return this.#seen.has(key) || [...this.#together.values()].some((spans) => spans.has(key));
  }

  /** By time: files and batches may come in any order, records of one moment in that of their file. */
  #logsOf(span: Span): LogRecord[] {
    const logs = this.#logs.get(spanKey(span.traceId, span.spanId)) ?? [];
    return logs.toSorted((a, b) => (a.time ?? 0) - (b.time ?? 0));
  }
}

/** The first dialect that knows the span. */
const dialectOf = (span: Span): SpanDialect | undefined => spanDialects.find((candidate) => candidate.detect(span));

/** What its dialect makes of a span; any other span only carries ancestry. */
function observe(dialect: SpanDialect | undefined, span: Span, logs: LogRecord[]): Observation {
  return (
    dialect?.read(span, logs) ?? {
      kind: 'scope',
      dialect: dialect?.id ?? '',
      origin: originOf(span),
      name: span.name,
      agent: false,
      ...(span.start !== undefined && { start: span.start }),
      ...(span.end !== undefined && { end: span.end }),
    }
  );
}
