import type { Attributes, Counter, Histogram, Meter } from '@opentelemetry/api';
import { COUNT_BUCKETS, DURATION_BUCKETS, METRIC, TOKEN_BUCKETS, TOKEN_MODALITY, TOKEN_TYPE } from './semconv.ts';
import type { Settings } from './settings.ts';

export interface TokenUsage {
  input?: number | undefined;
  output?: number | undefined;
  cacheRead?: number | undefined;
  reasoning?: number | undefined;
  /** Of the input and of the output: tokens of audio. */
  inputAudio?: number | undefined;
  outputAudio?: number | undefined;
}

/** Metrics of the GenAI conventions, under the names in force, the old ones, or both. */
export class Instruments {
  readonly #meter: Meter;
  readonly #current: boolean;
  readonly #legacy: boolean;
  readonly #histograms = new Map<string, Histogram>();
  readonly #counters = new Map<string, Counter>();

  constructor(meter: Meter, names: Settings['metrics']) {
    this.#meter = meter;
    this.#current = names === 'current' || names === 'both';
    this.#legacy = names === 'legacy' || names === 'both';
  }

  /** @param seconds from the request to the end of the answer */
  inference(seconds: number, attributes: Attributes, usage: TokenUsage | undefined, secondsToFirstChunk: number | undefined): void {
    if (this.#current) {
      this.#duration(METRIC.duration).record(seconds, attributes);
      if (secondsToFirstChunk !== undefined) this.#duration(METRIC.timeToFirstChunk).record(secondsToFirstChunk, attributes);
      if (usage !== undefined) this.#countTokens(usage, attributes);
    }
    if (this.#legacy) {
      this.#duration(METRIC.legacyDuration).record(seconds, attributes);
      const tokens = this.#histogram(METRIC.legacyTokenUsage, '{token}', TOKEN_BUCKETS);
      if (usage?.input !== undefined) tokens.record(usage.input, { ...attributes, [TOKEN_TYPE]: 'input' });
      if (usage?.output !== undefined) tokens.record(usage.output, { ...attributes, [TOKEN_TYPE]: 'output' });
    }
  }

  /** Embeddings and whatever else is no inference. */
  otherOperation(seconds: number, attributes: Attributes): void {
    if (this.#current || this.#legacy) this.#duration(METRIC.otherDuration).record(seconds, attributes);
  }

  tool(seconds: number, attributes: Attributes): void {
    if (this.#current || this.#legacy) this.#duration(METRIC.toolDuration).record(seconds, attributes);
  }

  run(seconds: number, inferenceCalls: number, toolCalls: number, attributes: Attributes): void {
    if (!this.#current && !this.#legacy) return;
    this.#duration(METRIC.agentDuration).record(seconds, attributes);
    this.#histogram(METRIC.agentInferenceCalls, '{call}', COUNT_BUCKETS).record(inferenceCalls, attributes);
    this.#histogram(METRIC.agentToolCalls, '{call}', COUNT_BUCKETS).record(toolCalls, attributes);
  }

  #countTokens(usage: TokenUsage, attributes: Attributes): void {
    const add = (name: string, tokens: number | undefined, modality: string): void => {
      if (tokens !== undefined && tokens > 0) this.#counter(name).add(tokens, { ...attributes, [TOKEN_MODALITY]: modality });
    };
    add(METRIC.inputTokens, usage.inputAudio, 'audio');
    add(METRIC.outputTokens, usage.outputAudio, 'audio');
    // What the API does not break down is text unless images went in, which it counts with it.
    add(METRIC.inputTokens, (usage.input ?? 0) - (usage.inputAudio ?? 0), 'unknown');
    add(METRIC.outputTokens, (usage.output ?? 0) - (usage.outputAudio ?? 0), 'text');
    add(METRIC.cacheReadTokens, usage.cacheRead, 'unknown');
    add(METRIC.reasoningTokens, usage.reasoning, 'text');
  }

  #duration(name: string): Histogram {
    return this.#histogram(name, 's', DURATION_BUCKETS);
  }

  #histogram(name: string, unit: string, buckets: number[]): Histogram {
    let histogram = this.#histograms.get(name);
    if (histogram === undefined) {
      histogram = this.#meter.createHistogram(name, { unit, advice: { explicitBucketBoundaries: buckets } });
      this.#histograms.set(name, histogram);
    }
    return histogram;
  }

  #counter(name: string): Counter {
    let counter = this.#counters.get(name);
    if (counter === undefined) {
      counter = this.#meter.createCounter(name, { unit: '{token}' });
      this.#counters.set(name, counter);
    }
    return counter;
  }
}
