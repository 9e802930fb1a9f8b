import {
  createNoopMeter,
  metrics,
  type Attributes,
  type Counter,
  type Histogram,
  type Meter,
  type MeterProvider,
} from '@opentelemetry/api';
import { costOf } from '../../analyzers/cost.ts';
import type { Prices } from '../../analyzers/prices.ts';
import type { AnalyzedRun } from '../analysis/analyze-run.ts';
import type { CallReport } from '../analysis/report.ts';
import type { Run, ToolCall, Turn } from '../model/run.ts';
import { keyOf, placeOf } from './annotations.ts';

/** Different tools, and different models, that are told apart; all others are `other`. */
const NAMES = 200;
const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const ANALYSIS_SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];
const SIZES = [1, 2, 3, 4, 5, 6, 8, 12, 16, 32];

export type SpanOutcome = 'annotated' | 'passed' | 'unannotated' | 'failed';

/** Verdicts as numbers. Names, units and labels are listed in docs/exporter.md. */
export class VerdictMetrics {
  readonly #provider: MeterProvider | undefined;
  readonly #prices: Prices;
  readonly #tools = new Names();
  readonly #models = new Names();
  #instruments: ReturnType<typeof createInstruments> | undefined;
  #boundTo: MeterProvider | undefined;

  constructor(provider: MeterProvider | undefined, prices: Prices) {
    this.#provider = provider;
    this.#prices = prices;
  }

  /** Undefined where nobody collects metrics. The API has no late binding: a provider that is set later is noticed here. */
  get #bound(): ReturnType<typeof createInstruments> | undefined {
    const provider = this.#provider ?? metrics.getMeterProvider();
    if (provider !== this.#boundTo && this.#instruments === undefined) {
      this.#boundTo = provider;
      const meter = provider.getMeter('fanlight');
      this.#instruments = meter === createNoopMeter() ? undefined : createInstruments(meter);
    }
    return this.#instruments;
  }

  /** Finds the provider before it may be shut down: from then on it gives no instruments any more. */
  bind(): void {
    void this.#bound;
  }

  spans(count: number, outcome: SpanOutcome): void {
    if (count > 0) this.#bound?.spans.add(count, { 'fanlight.exporter.outcome': outcome });
  }

  analysis(seconds: number): void {
    this.#bound?.analysis.record(seconds);
  }

  /** @param isOwn true for the keys of spans at hand; what a history only repeats was counted before */
  run({ run, report }: AnalyzedRun, isOwn: (key: string | undefined) => boolean): void {
    const to = this.#bound;
    if (to === undefined) return;
    for (const turn of run.turns) {
      if (!isOwn(keyOf(turn))) continue;
      const model = this.#modelOf(turn);
      const { inputTokens, outputTokens } = turn.usage ?? {};
      if (inputTokens !== undefined) to.tokens.add(inputTokens, { ...model, 'gen_ai.token.type': 'input' });
      if (outputTokens !== undefined) to.tokens.add(outputTokens, { ...model, 'gen_ai.token.type': 'output' });
      if (turn.calls.length > 0) {
        to.batchSize.record(turn.calls.length, model);
        recordTimes(to, turn.calls, model);
      }
    }
    run.calls.forEach((call, i) => {
      const verdict = report.calls[i];
      if (verdict !== undefined && isOwn(placeOf(call, run))) this.#call(to, call, verdict, run);
    });
    const last = run.turns.findLast((turn) => isOwn(keyOf(turn)));
    if (run.start !== undefined && run.end !== undefined) to.runDuration.record((run.end - run.start) / 1000, this.#modelOf(last));
  }

  #call(to: ReturnType<typeof createInstruments>, call: ToolCall, verdict: CallReport, run: Run): void {
    const labels = { 'gen_ai.tool.name': this.#tools.of(call.name), ...this.#modelOf(run.turns[call.turn]) };
    const parallel = { 'fanlight.batch.parallel': call.batchSize > 1 };
    to.toolCalls.add(1, { ...labels, ...parallel, 'fanlight.verdict': verdict.verdict });
    if (verdict.durationMs !== undefined) {
      to.callDuration.record(verdict.durationMs / 1000, {
        'gen_ai.tool.name': labels['gen_ai.tool.name'],
        'fanlight.verdict': verdict.verdict,
      });
    }
    if (verdict.dependsOn.length > 0) to.dependentCalls.add(1, labels);
    if (verdict.wasted === null) return;
    const cost = costOf(call, run, this.#prices);
    to.wastedCalls.add(1, { ...labels, ...parallel, 'fanlight.wasted': verdict.wasted });
    to.wastedTokens.add(cost.tokens ?? 0, labels);
    if (cost.usd !== undefined) to.wastedCost.add(cost.usd, labels);
  }

  #modelOf(turn: Turn | undefined): Attributes {
    return turn?.model === undefined ? {} : { 'gen_ai.request.model': this.#models.of(turn.model) };
  }
}

/** What a parallel batch took, what its calls would have taken one after another, and what they take all at once. */
function recordTimes(to: ReturnType<typeof createInstruments>, calls: readonly ToolCall[], labels: Attributes): void {
  const times = calls.flatMap(({ start, end }) => (start === undefined || end === undefined ? [] : [{ start, end }]));
  if (times.length < 2 || times.length < calls.length) return;
  const durations = times.map(({ start, end }) => end - start);
  const wall = Math.max(...times.map(({ end }) => end)) - Math.min(...times.map(({ start }) => start));
  to.batchDuration.record(wall / 1000, labels);
  to.batchSerial.record(durations.reduce((sum, ms) => sum + ms, 0) / 1000, labels);
  to.batchLongest.record(Math.max(...durations) / 1000, labels);
}

/** Keeps the number of time series in bounds, whatever a model makes up for a name. */
class Names {
  readonly #known = new Set<string>();

  of(name: string): string {
    if (this.#known.has(name)) return name;
    if (this.#known.size >= NAMES) return 'other';
    this.#known.add(name);
    return name;
  }
}

function createInstruments(meter: Meter) {
  const counter = (name: string, unit: string, description: string): Counter => meter.createCounter(name, { unit, description });
  const histogram = (name: string, unit: string, explicitBucketBoundaries: number[], description: string): Histogram =>
    meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries } });
  return {
    toolCalls: counter('fanlight.tool_calls', '{call}', 'Tool calls, by verdict'),
    wastedCalls: counter('fanlight.wasted_calls', '{call}', 'Wasted tool calls, by kind'),
    dependentCalls: counter('fanlight.dependent_calls', '{call}', 'Tool calls that should have waited for a sibling'),
    wastedTokens: counter('fanlight.wasted_tokens', '{token}', 'Tokens of wasted calls and of their results, estimated'),
    wastedCost: counter('fanlight.wasted_cost', '{USD}', 'Cost of wasted tokens, where the price of the model is configured'),
    tokens: counter('fanlight.tokens', '{token}', 'Tokens of model calls'),
    callDuration: histogram('fanlight.tool_call.duration', 's', SECONDS, 'Duration of tool calls'),
    batchSize: histogram('fanlight.batch.size', '{call}', SIZES, 'Tool calls of one assistant message'),
    batchDuration: histogram('fanlight.batch.duration', 's', SECONDS, 'From the first start to the last end in a parallel batch'),
    batchSerial: histogram('fanlight.batch.serial_duration', 's', SECONDS, 'Sum of the calls of a parallel batch'),
    batchLongest: histogram('fanlight.batch.longest_call', 's', SECONDS, 'Longest call of a parallel batch'),
    runDuration: histogram('fanlight.run.duration', 's', SECONDS, 'From the first model call of a run to the end of the last'),
    analysis: histogram('fanlight.analysis.duration', 's', ANALYSIS_SECONDS, 'Time to analyze a run'),
    spans: counter('fanlight.exporter.spans', '{span}', 'Spans, by what the exporter did with them'),
  };
}
