/**
 * `fanlight/promptfoo`: assertions of type `javascript`, as `value: package:fanlight/promptfoo:noWastedCalls`.
 * See docs/integrations.md. What promptfoo hands over is declared, not imported: promptfoo wants a newer Node.
 */
import { analyzeSpans } from '../analysis/analyze-spans.ts';
import type { AnalyzedRun } from '../analysis/analyze-run.ts';
import { parseConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import type { Span } from '../dialects/span.ts';
import { noDependentCalls, noWastedCalls as judgeWasted, type CallOptions } from './call-judgments.ts';
import { judgeCase, type Judge } from './judgment.ts';
import { within as judgeWithin, type Bounds } from './within.ts';

/** promptfoo's context of an assertion, as far as it is used here. */
export interface AssertionContext {
  /** The assertion's `config`. */
  config?: Record<string, unknown> | undefined;
  providerResponse?: { metadata?: unknown; raw?: unknown } | undefined;
  /** With tracing on: what was exported while the provider ran. */
  trace?: { traceId: string; spans: readonly TraceSpan[] } | undefined;
}

interface TraceSpan {
  spanId: string;
  parentSpanId?: string;
  name: string;
  /** Milliseconds since the epoch. */
  startTime: number;
  endTime?: number;
  attributes?: Record<string, unknown>;
  statusCode?: number;
  statusMessage?: string;
}

export interface GradingResult {
  pass: boolean;
  score: number;
  reason: string;
}

/** Passes where no call was wasted; `config` is `{ except?, max?, config? }`. */
export async function noWastedCalls(output: unknown, context: AssertionContext = {}): Promise<GradingResult> {
  const { config, ...options } = settingsOf(context);
  return grade(judgeWasted(options as CallOptions), output, context, config);
}

/** Passes where no call was issued beside one whose result it needed; `config` is `{ except?, max?, config? }`. */
export async function noDependentParallelCalls(output: unknown, context: AssertionContext = {}): Promise<GradingResult> {
  const { config, ...options } = settingsOf(context);
  return grade(noDependentCalls(options as CallOptions), output, context, config);
}

/** Passes where everything is within its bound; `config` is the bounds, and `config?`. */
export async function within(output: unknown, context: AssertionContext = {}): Promise<GradingResult> {
  const { config, ...bounds } = settingsOf(context);
  return grade(judgeWithin(bounds as Bounds, config?.prices), output, context, config);
}

/** `config` within the assertion's `config` is fanlight's own. */
function settingsOf({ config: settings = {} }: AssertionContext): Record<string, unknown> & { config?: Config } {
  const { config, ...others } = settings;
  return config === undefined ? others : { ...others, config: parseConfig(config, '`config.config` of the assertion') };
}

/** promptfoo knows passed and failed only: that no tool was called passes, that nothing was recorded does not. */
async function grade(judge: Judge, output: unknown, context: AssertionContext, config: Config | undefined): Promise<GradingResult> {
  const { metadata, raw } = context.providerResponse ?? {};
  const candidates = [analyzedTrace(context, config), metadata, raw, output];
  const { pass, score, comment, vacuous = false } = await judgeCase(judge, { config }, context, candidates);
  return { pass: pass ?? vacuous, score: score ?? (vacuous ? 1 : 0), reason: comment };
}

function analyzedTrace({ trace }: AssertionContext, config: Config | undefined): AnalyzedRun[] | undefined {
  if (trace === undefined || trace.spans.length === 0) return undefined;
  const spans = trace.spans.map((span): Span => ({
    traceId: trace.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId !== undefined && { parentSpanId: span.parentSpanId }),
    name: span.name,
    start: span.startTime,
    ...(span.endTime !== undefined && { end: span.endTime }),
    attributes: { ...span.attributes },
    events: [],
    status: { code: span.statusCode ?? 0, ...(span.statusMessage !== undefined && { message: span.statusMessage }) },
    droppedAttributes: 0,
    resource: {},
    place: { source: 'promptfoo' },
  }));
  const runs = analyzeSpans(spans, config === undefined ? {} : { config });
  return runs.length === 0 ? undefined : runs;
}
