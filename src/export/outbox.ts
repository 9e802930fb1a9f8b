import { context, createContextKey } from '@opentelemetry/api';
import { FAILED, SUCCESS, type ExportResult, type ReadableSpan, type SpanExporter } from './otel.ts';

/** The SDK's own key (`suppressTracing` of @opentelemetry/core): what an exporter sends makes no spans. */
const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** As many spans a request as the SDK's batch processor sends. */
const CHUNK = 512;
/** An exporter that never answers is not waited for any longer; the SDK's own bound. */
const ANSWER_MS = 30_000;
const TRIES = 6;
const FIRST_PAUSE_MS = 1000;

/** Exports as the SDK would: in a context of its own, and whatever the exporter does, with one result. */
export function exportOnce(exporter: SpanExporter, spans: ReadableSpan[], onResult: (result: ExportResult) => void): void {
  let isDone = false;
  const finish = (result: ExportResult): void => {
    if (isDone) return;
    isDone = true;
    clearTimeout(timer);
    onResult(result);
  };
  const timer = setTimeout(() => finish({ code: FAILED, error: new Error('the exporter did not answer') }), ANSWER_MS);
  timer.unref();
  try {
    context.with(context.active().setValue(SUPPRESS_TRACING, true), () => exporter.export(spans, finish));
  } catch (error) {
    finish({ code: FAILED, error: error as Error });
  }
}

/**
 * Sends what was held, one request after another. It was held while a bare exporter would have sent it, so a request
 * that fails is tried again: an outage in between must not cost what would have gone out before it.
 */
export class Outbox {
  readonly #exporter: SpanExporter;
  readonly #onLost: (spans: number, error: Error | undefined) => void;
  readonly #maxSpans: number;
  #chunks: { spans: ReadableSpan[]; failures: number }[] = [];
  #size = 0;
  #isSending = false;
  #isClosing = false;
  #wake: (() => void) | undefined;
  #waiting: { below: number; resolve: () => void }[] = [];

  constructor(exporter: SpanExporter, maxSpans: number, onLost: (spans: number, error: Error | undefined) => void) {
    this.#exporter = exporter;
    this.#maxSpans = maxSpans;
    this.#onLost = onLost;
  }

  /** Spans that are not yet sent. */
  get size(): number {
    return this.#size;
  }

  send(spans: ReadableSpan[]): void {
    for (let i = 0; i < spans.length; i += CHUNK) {
      const chunk = spans.slice(i, i + CHUNK);
      const last = this.#chunks.at(-1);
      // Small runs share a request, but for the one that is being sent.
      if (last !== undefined && last.failures === 0 && this.#chunks.length > 1 && last.spans.length + chunk.length <= CHUNK) {
        last.spans.push(...chunk);
      } else this.#chunks.push({ spans: chunk, failures: 0 });
      this.#size += chunk.length;
    }
    while (this.#size > this.#maxSpans && this.#chunks.length > 1) this.#sendBeside(this.#chunks.splice(1, 1)[0]?.spans ?? []);
    if (!this.#isSending) void this.#pump();
  }

  /** Resolves once no more than so many spans wait. */
  whenBelow(below: number): Promise<void> {
    if (this.#size <= below) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ below, resolve }));
  }

  /** Sends what there is; from now on a request that fails is not tried again. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#wake?.();
    await this.whenBelow(0);
  }

  async #pump(): Promise<void> {
    this.#isSending = true;
    // What ends in the same tick goes out together.
    await new Promise<void>((resolve) => setImmediate(resolve));
    for (let chunk = this.#chunks[0]; chunk !== undefined; chunk = this.#chunks[0]) {
      const { spans } = chunk;
      const result = await new Promise<ExportResult>((resolve) => exportOnce(this.#exporter, spans, resolve));
      if (result.code !== SUCCESS && mayTryAgain(result.error) && ++chunk.failures < (this.#isClosing ? 1 : TRIES)) {
        await this.#pause(FIRST_PAUSE_MS * 2 ** (chunk.failures - 1));
        continue;
      }
      this.#chunks.shift();
      if (result.code !== SUCCESS) this.#onLost(spans.length, result.error);
      this.#shrink(spans.length);
    }
    this.#isSending = false;
  }

  /** Too many wait: the exporter itself says whether it can take more. */
  #sendBeside(spans: ReadableSpan[]): void {
    exportOnce(this.#exporter, spans, ({ code, error }) => {
      if (code !== SUCCESS) this.#onLost(spans.length, error);
    });
    this.#shrink(spans.length);
  }

  #pause(ms: number): Promise<void> {
    if (this.#isClosing) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      timer.unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #shrink(by: number): void {
    this.#size -= by;
    const isServed = (waiter: { below: number }): boolean => this.#size <= waiter.below;
    for (const { resolve } of this.#waiting.filter(isServed)) resolve();
    this.#waiting = this.#waiting.filter((waiter) => !isServed(waiter));
  }
}

/** A request that was refused for what it is would be refused again. */
export function mayTryAgain(error: Error | undefined): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return !(typeof code === 'number' && code >= 400 && code < 500 && code !== 408 && code !== 429);
}
