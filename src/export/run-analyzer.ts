import { diag, type MeterProvider } from '@opentelemetry/api';
import type { AnalysisOptions, AnalyzedRun } from '../analysis/analyze-run.ts';
import { analyzeSpans } from '../analysis/analyze-spans.ts';
import type { Span } from '../dialects/span.ts';
import { annotationsOf, spanKey, type Annotations } from './annotations.ts';
import { EarlierCalls } from './earlier-calls.ts';
import { fromSdk } from './from-sdk.ts';
import { VerdictMetrics } from './metrics.ts';
import type { ReadableSpan } from './otel.ts';
import { charactersOf } from './run-collector.ts';

export interface Judged {
  runs: AnalyzedRun[];
  annotations: Annotations;
}

/** Analyzes the spans of runs that are over, one run after another, and counts what it finds. */
export class RunAnalyzer {
  readonly metrics: VerdictMetrics;
  readonly #options: AnalysisOptions;
  readonly #earlier = new EarlierCalls();
  readonly #maxCharacters: number;
  #hasWarned = false;

  constructor(options: AnalysisOptions, maxCharacters: number, meterProvider: MeterProvider | undefined) {
    this.#options = options;
    this.#maxCharacters = maxCharacters;
    this.metrics = new VerdictMetrics(meterProvider, options.config?.prices ?? {});
  }

  /** Undefined where the run is too large, or analysis failed. */
  analyze(spans: readonly ReadableSpan[]): Judged | undefined {
    if (spans.reduce((sum, span) => sum + charactersOf(span), 0) > this.#maxCharacters) return undefined;
    try {
      const started = performance.now();
      const read = spans.map(fromSdk);
      const runs = analyzeSpans(read, this.#options, this.#earlier.of(read));
      const annotations = annotationsOf(runs, read.map(parentOf));
      this.#earlier.remember(read);
      const ids = new Set(read.map((span) => spanKey(span.traceId, span.spanId)));
      for (const analyzed of runs) this.metrics.run(analyzed, (key) => key !== undefined && ids.has(key));
      this.metrics.analysis((performance.now() - started) / 1000);
      return { runs, annotations };
    } catch (error) {
      if (!this.#hasWarned)
        diag.warn('fanlight: a run could not be analyzed and goes on without verdicts; further ones are not reported.', error);
      this.#hasWarned = true;
      return undefined;
    }
  }
}

const parentOf = ({ traceId, spanId, parentSpanId, attributes }: Span): Parameters<typeof annotationsOf>[1][number] => ({
  traceId,
  spanId,
  ...(parentSpanId !== undefined && { parentSpanId }),
  isAgent: attributes['gen_ai.operation.name'] === 'invoke_agent',
});
