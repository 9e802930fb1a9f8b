import { diag, ROOT_CONTEXT, trace, type Context, type MeterProvider } from '@opentelemetry/api';
import type { AnalysisOptions } from '../analysis/analyze-run.ts';
import type { Annotation } from './annotations.ts';
import type { Limits } from './limits.ts';
import { settingsOf } from './options.ts';
import type { ReadableSpan } from './otel.ts';
import { RunAnalyzer } from './run-analyzer.ts';
import { RunCollector } from './run-collector.ts';
import { RunQueue } from './run-queue.ts';

/** Of `@opentelemetry/api-logs`, as far as it is used here. */
export interface LoggerProvider {
  getLogger(name: string): { emit(record: LogRecord): void };
}

interface LogRecord {
  eventName: string;
  severityNumber: number;
  severityText: string;
  body: string;
  attributes: Annotation['attributes'];
  context: Context;
}

export interface FanlightSpanProcessorOptions extends AnalysisOptions, Partial<Limits> {
  /** Default: the global one. */
  meterProvider?: MeterProvider;
  /** Where findings go as log events. Default: the global one of `@opentelemetry/api-logs`, where that is installed. */
  loggerProvider?: LoggerProvider;
}

/** Severity numbers of the logs data model: https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber */
const SEVERITIES: Record<string, number> = { info: 9, warning: 13, error: 17 };

/**
 * A span processor for those who keep their exporter: it watches spans go by, analyzes each run when it is over, and
 * tells verdicts as metrics and findings as log events. Spans are neither changed nor delayed.
 */
export class FanlightSpanProcessor {
  readonly #collector: RunCollector;
  readonly #analyzer: RunAnalyzer;
  #logs: LoggerProvider | undefined;
  readonly #ended: RunQueue;

  constructor(options: FanlightSpanProcessorOptions | null = {}) {
    const { meterProvider, loggerProvider } = options ?? {};
    const { limits, analysis } = settingsOf(options ?? {});
    this.#analyzer = new RunAnalyzer(analysis, limits.maxRunCharacters, meterProvider);
    this.#collector = new RunCollector(limits, { run: (spans) => this.#ended.add(spans), givenUp: () => {} });
    this.#ended = new RunQueue(
      limits.maxSpans,
      (spans) => this.#analyze(spans),
      () => {},
    );
    if (loggerProvider === undefined) void this.#findLogs();
    else this.#logs = loggerProvider;
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    try {
      this.#analyzer.metrics.bind();
      this.#collector.add(span);
    } catch (error) {
      diag.warn('fanlight: a span could not be looked at', error);
    }
  }

  /** Analyzes the runs that are over. */
  async forceFlush(): Promise<void> {
    this.#ended.drain();
  }

  async shutdown(): Promise<void> {
    this.#collector.flush();
    await this.forceFlush();
  }

  async #findLogs(): Promise<void> {
    // Not a literal, so that nothing needs the package to be there.
    const name = '@opentelemetry/api-logs';
    try {
      const { logs } = (await import(name)) as { logs: { getLoggerProvider(): LoggerProvider } };
      this.#logs = { getLogger: (scope) => logs.getLoggerProvider().getLogger(scope) };
    } catch {
      // Metrics tell without it.
    }
  }

  #analyze(spans: ReadableSpan[]): void {
    for (const [key, annotation] of this.#analyzer.analyze(spans)?.annotations ?? []) this.#log(key, annotation);
  }

  #log(key: string, { events }: Annotation): void {
    const [traceId = '', spanId = ''] = key.split('/');
    const context = trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: 1 });
    for (const { name, attributes } of events) {
      const severity = String(attributes['fanlight.severity']);
      try {
        this.#logs?.getLogger('fanlight').emit({
          eventName: name,
          severityNumber: SEVERITIES[severity] ?? 9,
          severityText: severity.toUpperCase(),
          body: String(attributes['fanlight.message']),
          attributes,
          context,
        });
      } catch (error) {
        diag.warn('fanlight: a finding could not be logged', error);
      }
    }
  }
}
