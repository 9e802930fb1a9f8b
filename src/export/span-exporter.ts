import { createRequire } from 'node:module';
import { diag, type MeterProvider } from '@opentelemetry/api';
import type { AnalysisOptions } from '../analysis/analyze-run.ts';
import { annotated } from './annotated-span.ts';
import type { Limits } from './limits.ts';
import { settingsOf } from './options.ts';
import { FAILED, SUCCESS, type ExportResult, type ReadableSpan, type SpanExporter } from './otel.ts';
import { exportOnce, mayTryAgain, Outbox } from './outbox.ts';
import { RunAnalyzer } from './run-analyzer.ts';
import { RunCollector } from './run-collector.ts';
import { RunQueue } from './run-queue.ts';

export interface FanlightSpanExporterOptions extends AnalysisOptions, Partial<Limits> {
  /** Where the spans go. Default: OTLP over HTTP (@opentelemetry/exporter-trace-otlp-proto), as the `OTEL_*` variables say. */
  exporter?: SpanExporter;
  /** Default: the global one. */
  meterProvider?: MeterProvider;
}

/** The span processor is never made to wait longer: its own patience ends at 30 seconds. */
const LONGEST_WAIT_MS = 20_000;
/** An app that ends is not kept from ending by a backend that does not answer. */
const LONGEST_FLUSH_MS = 30_000;

/**
 * A span exporter that adds verdicts: it holds the spans of a run until the run is over, analyzes them, and sends them
 * on with verdicts on tool spans, findings as events and links from what used a result to the tool that gave it. Spans
 * that tell of no model and no tool pass through at once.
 *
 *     new BatchSpanProcessor(new FanlightSpanExporter())
 *
 * Bounded in time and memory: what reaches a bound goes out as it came.
 */
export class FanlightSpanExporter implements SpanExporter {
  readonly #inner: SpanExporter;
  readonly #collector: RunCollector;
  readonly #analyzer: RunAnalyzer;
  readonly #outbox: Outbox;
  readonly #ended: RunQueue;
  /** While more spans wait to be sent, the span processor is asked to hold back. */
  readonly #room: number;
  #isShutDown = false;

  constructor(options: FanlightSpanExporterOptions | null = {}) {
    const { exporter, meterProvider } = options ?? {};
    const { limits, analysis } = settingsOf(options ?? {});
    if (exporter !== undefined && (typeof exporter.export !== 'function' || typeof exporter.shutdown !== 'function'))
      throw new TypeError('exporter is a span exporter: an object with export and shutdown.');
    this.#inner = exporter ?? otlpExporter();
    this.#room = limits.maxSpans / 2;
    this.#analyzer = new RunAnalyzer(analysis, limits.maxRunCharacters, meterProvider);
    this.#outbox = new Outbox(this.#inner, limits.maxSpans, (spans, error) => {
      this.#analyzer.metrics.spans(spans, 'failed');
      diag.error(`fanlight: ${spans} spans could not be exported`, error);
    });
    this.#collector = new RunCollector(limits, {
      run: (spans) => this.#ended.add(spans),
      givenUp: (spans) => this.#send(spans, 'unannotated'),
    });
    this.#ended = new RunQueue(
      limits.maxSpans,
      (spans) => this.#analyze(spans),
      (spans) => this.#send(spans, 'unannotated'),
    );
    process.once('beforeExit', this.#onExit);
  }

  /** An app that has nothing left to do: what is held would go with it. */
  readonly #onExit = (): void => {
    this.#collector.flush();
    this.#ended.drain();
  };

  export(spans: ReadableSpan[], resultCallback: (result: ExportResult) => void): void {
    if (this.#isShutDown) {
      resultCallback({ code: FAILED, error: new Error('the exporter has been shut down') });
      return;
    }
    this.#analyzer.metrics.bind();
    const passing = spans.filter((span) => !this.#hold(span));
    if (passing.length === 0) {
      this.#answer(resultCallback);
      return;
    }
    exportOnce(this.#inner, passing, (result) => {
      // What the exporter gave up may still be delivered, with what is held.
      const isKept = result.code !== SUCCESS && mayTryAgain(result.error) && !this.#isShutDown && this.#outbox.size <= this.#room;
      if (isKept) this.#outbox.send(passing);
      this.#analyzer.metrics.spans(passing.length, isKept || result.code === SUCCESS ? 'passed' : 'failed');
      resultCallback(isKept ? { code: SUCCESS } : result);
    });
  }

  /** Sends all there is. The SDK's BatchSpanProcessor does not call this from its own: call it after `provider.forceFlush()`. */
  async forceFlush(): Promise<void> {
    this.#collector.flush();
    this.#ended.drain();
    await within(LONGEST_FLUSH_MS, this.#outbox.whenBelow(0));
    await this.#inner.forceFlush?.();
  }

  async shutdown(): Promise<void> {
    if (this.#isShutDown) return;
    this.#isShutDown = true;
    process.off('beforeExit', this.#onExit);
    this.#collector.flush();
    this.#ended.drain();
    await within(LONGEST_FLUSH_MS, this.#outbox.close());
    await this.#inner.shutdown();
  }

  #hold(span: ReadableSpan): boolean {
    try {
      return this.#collector.add(span);
    } catch (error) {
      diag.warn('fanlight: a span could not be held for analysis', error);
      return false;
    }
  }

  /** Held spans are taken as delivered; while too many wait, the span processor waits too, and its own queue fills. */
  #answer(resultCallback: (result: ExportResult) => void): void {
    if (this.#outbox.size <= this.#room) {
      resultCallback({ code: SUCCESS });
      return;
    }
    void within(LONGEST_WAIT_MS, this.#outbox.whenBelow(this.#room)).then(() => resultCallback({ code: SUCCESS }));
  }

  #analyze(spans: ReadableSpan[]): void {
    const judged = this.#analyzer.analyze(spans);
    if (judged === undefined) this.#send(spans, 'unannotated');
    else
      this.#send(
        spans.map((span) => annotated(span, judged.annotations)),
        'annotated',
      );
  }

  #send(spans: ReadableSpan[], outcome: 'annotated' | 'unannotated'): void {
    this.#analyzer.metrics.spans(spans.length, outcome);
    this.#outbox.send(spans);
  }
}

/** Waits for the promise, but no longer. */
async function within(ms: number, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  // Not unreferenced: whoever waits for the end is not to be left with a promise that never settles.
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([promise, patience]).finally(() => clearTimeout(timer));
}

/** The SDK's own default, protobuf; JSON where that is asked for or all there is. */
function otlpExporter(): SpanExporter {
  const protocol = process.env['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] ?? process.env['OTEL_EXPORTER_OTLP_PROTOCOL'];
  const names = ['@opentelemetry/exporter-trace-otlp-proto', '@opentelemetry/exporter-trace-otlp-http'];
  const load = createRequire(import.meta.url);
  for (const name of protocol === 'http/json' ? names.toReversed() : names) {
    try {
      const { OTLPTraceExporter } = load(name) as { OTLPTraceExporter: new () => SpanExporter };
      return new OTLPTraceExporter();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  throw new Error(`FanlightSpanExporter sends by ${names[0]}, which is not installed: npm install ${names[0]}, or give it an exporter.`);
}
