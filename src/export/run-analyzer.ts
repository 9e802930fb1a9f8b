import { diag, type MeterProvider } from '@opentelemetry/api';
import type { AnalysisOptions, AnalyzedRun } from '../analysis/analyze-run.ts';
import { analyzeSpans } from '../analysis/analyze-spans.ts';
import { spanKey } from '../dialects/span.ts';
import { fromSdk } from '../sources/from-sdk.ts';
import { annotationsOf, type Annotations } from './annotations.ts';
import { EarlierCalls } from './earlier-calls.ts';
import { VerdictMetrics } from './metrics.ts';
import type { ReadableSpan } from './otel.ts';
import { charactersOf } from './run-collector.ts';

export interface Judged {
  runs: AnalyzedRun[];
  annotations: Annotations;
}

/** Spans that were counted: an exporter beside another, or beside a processor, sees the same ones. */
const counted = new WeakSet<ReadableSpan>();

/** Analyzes the spans of runs that are over, one run after another, and counts what it finds. */
export class RunAnalyzer {
  readonly metrics: VerdictMetrics;
  readonly #options: AnalysisOptions;
  readonly #earlier = new EarlierCalls();
  readonly #maxCharacters: number;
  readonly #warned = new Set<string>();

  constructor(options: AnalysisOptions, maxCharacters: number, meterProvider: MeterProvider | undefined) {
    this.#options = options;
    this.#maxCharacters = maxCharacters;
    this.metrics = new VerdictMetrics(meterProvider, options.config?.prices ?? {});
  }

  /** Undefined where the run is too large, or analysis failed. */
  analyze(spans: readonly ReadableSpan[]): Judged | undefined {
    const characters = spans.reduce((sum, span) => sum + charactersOf(span), 0);
    if (characters > this.#maxCharacters) {
      this.#warn(
        `a run was more than is analyzed in the process (maxRunCharacters): ${characters} characters; record content as delta, or raise it`,
      );
      return undefined;
    }
    try {
      const started = performance.now();
      const read = spans.map(fromSdk);
      const runs = analyzeSpans(read, this.#options, this.#earlier.of(read));
      const annotations = annotationsOf(runs, read);
      this.#earlier.remember(read);
      const ids = new Set(read.map((span) => spanKey(span.traceId, span.spanId)));
      if (!spans.every((span) => counted.has(span))) {
        for (const analyzed of runs) this.metrics.run(analyzed, (key) => key !== undefined && ids.has(key));
      }
      for (const span of spans) counted.add(span);
      this.metrics.analysis((performance.now() - started) / 1000);
      return { runs, annotations };
    } catch (error) {
      this.#warn('a run could not be analyzed and goes on without verdicts', error);
      return undefined;
    }
  }

  /** Once a reason: what happens to one run happens to many. */
  #warn(message: string, ...error: unknown[]): void {
    const [reason = ''] = message.split(':');
    if (this.#warned.has(reason)) return;
    this.#warned.add(reason);
    diag.warn(`fanlight: ${message}. Further ones are not reported.`, ...error);
  }
}
