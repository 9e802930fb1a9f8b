import { context, SpanKind, SpanStatusCode, trace, type Attributes } from '@opentelemetry/api';
import { errorType } from './error-type.ts';
import { safely } from './safely.ts';
import * as semconv from './semconv.ts';
import type { InstrumentationOptions } from './settings.ts';
import { noteSpan } from './sightings.ts';
import { currentTelemetry, Telemetry } from './telemetry.ts';
import { loops, newLoop } from './turns.ts';

export interface RunOptions {
  /** `gen_ai.agent.name`. */
  name?: string;
  /** `gen_ai.conversation.id`, on every span of the run. Left out where the app has none: it is never made up. */
  conversationId?: string;
  userId?: string;
  attributes?: Attributes;
  telemetry?: InstrumentationOptions;
}

/**
 * Runs an agent's task in an `invoke_agent` span: the model calls and tools inside become its children. What `run`
 * returns or throws is passed on.
 *
 *     const answer = await withRun({ name: 'booking' }, () => agent(message));
 */
export function withRun<T>(options: RunOptions, run: () => T): T {
  const started = safely('starting a span', () => start(options));
  if (started === undefined) return run();
  let result: T;
  try {
    result = loops.run(started.loop, () => context.with(started.context, run));
  } catch (error) {
    started.end(error, true);
    throw error;
  }
  if (typeof result !== 'object' || result === null || typeof (result as { then?: unknown }).then !== 'function') {
    started.end(undefined, false);
    return result;
  }
  return (result as unknown as PromiseLike<unknown>).then(
    (value) => {
      started.end(undefined, false);
      return value;
    },
    (error: unknown) => {
      started.end(error, true);
      throw error;
    },
  ) as T;
}

function start(options: RunOptions) {
  const telemetry = options.telemetry === undefined ? currentTelemetry() : new Telemetry(options.telemetry);
  const { name, conversationId, userId } = options;
  const labels = { [semconv.OPERATION_NAME]: 'invoke_agent', ...(name !== undefined && { [semconv.AGENT_NAME]: name }) };
  const span = telemetry.tracer.startSpan(name === undefined ? 'invoke_agent' : `invoke_agent ${name}`, {
    kind: SpanKind.INTERNAL,
    attributes: {
      ...options.attributes,
      ...labels,
      ...(conversationId !== undefined && { [semconv.CONVERSATION_ID]: conversationId }),
      ...(userId !== undefined && { [semconv.USER_ID]: userId }),
    },
  });
  noteSpan('invoke_agent');
  const loop = newLoop(conversationId);
  const startedAt = performance.now();
  const end = (error: unknown, failed: boolean): void =>
    void safely('ending a span', () => {
      const type = failed ? errorType(error) : undefined;
      if (type !== undefined) {
        const message = telemetry.recorder.errorText(error);
        span.setAttribute(semconv.ERROR_TYPE, type);
        span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) });
      }
      if (loop.inputTokens > 0) span.setAttribute(semconv.USAGE_INPUT_TOKENS, loop.inputTokens);
      if (loop.outputTokens > 0) span.setAttribute(semconv.USAGE_OUTPUT_TOKENS, loop.outputTokens);
      span.end();
      const measured = { ...labels, ...(type !== undefined && { [semconv.ERROR_TYPE]: type }) };
      telemetry.instruments?.run((performance.now() - startedAt) / 1000, loop.modelCalls, loop.toolCalls, measured);
    });
  return { loop, context: trace.setSpan(context.active(), span), end };
}
