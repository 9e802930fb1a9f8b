import { context, createContextKey, SpanKind, SpanStatusCode, trace, type Attributes, type Context, type Span } from '@opentelemetry/api';
import { activeContext } from '../ambient.ts';
import { errorType } from '../error-type.ts';
import { safely } from '../safely.ts';
import * as semconv from '../semconv.ts';
import { noteSpan } from '../sightings.ts';
import { currentTelemetry, type Telemetry } from '../telemetry.ts';
import { claimCall, loops, sameArguments, type PendingCall } from '../turns.ts';

export interface Execution {
  name: string;
  /** `tool_call_id` of the model's call; found by name and arguments if left out. */
  callId?: string | undefined;
  /** Arguments as the tool gets them, or as the model wrote them. */
  arguments: unknown;
  description?: string | undefined;
  telemetry?: Telemetry | undefined;
  /** On the span, beside what is put there anyway. */
  attributes?: Attributes;
  /** The arguments become known only while the tool runs: see {@link ToolSpan.learnArguments}. */
  isLate?: boolean;
}

/**
 * Runs a tool in a span of its own: `execute_tool <name>`, active while the tool runs and never longer, so that
 * tools of one batch are siblings however they are scheduled. What the tool returns or throws is passed on: values,
 * promises, async iterators.
 */
export function executeTool<T>(execution: Execution, run: () => T): T {
  const span = safely('starting a span', () => ToolSpan.start(execution));
  if (span === undefined) return run();
  let result: T;
  try {
    result = context.with(span.context, run);
  } catch (error) {
    safely('ending a span', () => span.fail(error));
    throw error;
  }
  return safely('observing a tool', () => watch(result, span)) ?? result;
}

function watch<T>(result: T, span: ToolSpan): T | undefined {
  if (typeof result === 'object' && result !== null) {
    if (typeof (result as { then?: unknown }).then === 'function') {
      const promise = result as unknown as PromiseLike<unknown>;
      return promise.then(
        (value) => {
          safely('ending a span', () => span.succeed(value));
          return value;
        },
        (error: unknown) => {
          safely('ending a span', () => span.fail(error));
          throw error;
        },
      ) as T;
    }
    if (Symbol.asyncIterator in result && typeof (result as unknown as AsyncIterator<unknown>).next === 'function') {
      watchIterator(result as unknown as AsyncIterator<unknown>, span);
      return result;
    }
  }
  span.succeed(result);
  return result;
}

/** A tool that yields: each step runs inside its span, which the last one ends. What it yielded last is its result. */
function watchIterator(iterator: AsyncIterator<unknown>, span: ToolSpan): void {
  let last: unknown;
  for (const method of ['next', 'return', 'throw'] as const) {
    const original = iterator[method]?.bind(iterator) as ((...args: unknown[]) => Promise<IteratorResult<unknown>>) | undefined;
    if (original === undefined) continue;
    const step = (...args: unknown[]): Promise<IteratorResult<unknown>> =>
      context
        .with(span.context, () => original(...args))
        .then(
          (result) => {
            if (result.done !== true) last = result.value;
            else safely('ending a span', () => span.succeed(result.value ?? last));
            return result;
          },
          (error: unknown) => {
            safely('ending a span', () => span.fail(error));
            throw error;
          },
        );
    Object.defineProperty(iterator, method, { value: step, configurable: true, writable: true });
  }
}

/** The execution that a context belongs to. */
const EXECUTION = createContextKey('fanlight.execution');

export class ToolSpan {
  readonly context: Context;
  readonly #span: Span;
  readonly #name: string;
  readonly #telemetry: Telemetry;
  #recorded: Attributes | undefined;
  readonly #startedAt = performance.now();
  #isOpen = true;

  static start(execution: Execution, active: Context = activeContext()): ToolSpan | undefined {
    if (isSameExecution(active.getValue(EXECUTION) as Execution | undefined, execution)) return undefined;
    const call =
      execution.isLate === true
        ? undefined
        : claimCall(execution.callId, execution.name, execution.arguments, trace.getSpanContext(active)?.traceId);
    const telemetry = execution.telemetry ?? call?.turn.telemetry ?? currentTelemetry();
    const loop = loops.getStore();
    if (loop !== undefined) loop.toolCalls++;
    const parent = parentOf(active, call);
    const span = telemetry.tracer.startSpan(
      `execute_tool ${execution.name}`,
      {
        kind: SpanKind.INTERNAL,
        attributes: {
          ...execution.attributes,
          ...attributesOf(execution),
          ...attributesOfCall(execution.callId, call, loop?.conversationId),
        },
      },
      parent,
    );
    if (!span.isRecording() && telemetry.instruments === undefined) return undefined;
    noteSpan('execute_tool');
    const recorded = span.isRecording()
      ? safely('recording arguments', () => telemetry.recorder.toolArguments(execution.name, argumentsOf(execution.arguments)))
      : undefined;
    if (recorded !== undefined) span.setAttributes(recorded);
    return new ToolSpan(span, trace.setSpan(parent, span).setValue(EXECUTION, execution), execution.name, telemetry, recorded);
  }

  private constructor(span: Span, active: Context, name: string, telemetry: Telemetry, recorded: Attributes | undefined) {
    this.#span = span;
    this.context = active;
    this.#name = name;
    this.#telemetry = telemetry;
    this.#recorded = recorded;
  }

  /** Arguments that become known only while the tool runs, and with them the call. */
  learnArguments(args: unknown): void {
    if (!this.#isOpen || !this.#span.isRecording() || args === undefined) return;
    const call = claimCall(undefined, this.#name, args, this.#span.spanContext().traceId);
    this.#span.setAttributes(attributesOfCall(undefined, call, undefined));
    this.#recorded = safely('recording arguments', () => this.#telemetry.recorder.toolArguments(this.#name, argumentsOf(args)));
    if (this.#recorded !== undefined) this.#span.setAttributes(this.#recorded);
  }

  succeed(result: unknown): void {
    if (!this.#isOpen) return;
    if (this.#span.isRecording()) {
      safely('recording a result', () => this.#span.setAttributes(this.#telemetry.recorder.toolResult(this.#name, result, this.#recorded)));
    }
    this.#end(undefined);
  }

  fail(error: unknown): void {
    if (!this.#isOpen) return;
    const type = errorType(error);
    const message = safely('recording an error', () => this.#telemetry.recorder.errorText(error, `tools.${this.#name}.error`));
    this.#span.setAttribute(semconv.ERROR_TYPE, type);
    this.#span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) });
    this.#end(type);
  }

  #end(error: string | undefined): void {
    this.#isOpen = false;
    this.#span.end();
    this.#telemetry.instruments?.tool((performance.now() - this.#startedAt) / 1000, {
      [semconv.TOOL_NAME]: this.#name,
      ...(error !== undefined && { [semconv.ERROR_TYPE]: error }),
    });
  }
}

/** A dispatcher and the tool it calls may both be traced: the outer one has the span. */
const isSameExecution = (outer: Execution | undefined, inner: Execution): boolean =>
  outer !== undefined &&
  outer.name === inner.name &&
  (outer.isLate === true ||
    ((inner.callId === undefined || inner.callId === outer.callId) && sameArguments(outer.arguments, inner.arguments)));

/** Under what is active; where nothing is, under the model call that asked for it. */
function parentOf(active: Context, call: PendingCall | undefined): Context {
  if (call === undefined || trace.getSpanContext(active) !== undefined) return active;
  return trace.setSpanContext(active, call.turn.spanContext);
}

const attributesOf = ({ name, description }: Execution): Attributes => ({
  [semconv.OPERATION_NAME]: 'execute_tool',
  [semconv.TOOL_NAME]: name,
  [semconv.TOOL_TYPE]: 'function',
  ...(description !== undefined && { [semconv.TOOL_DESCRIPTION]: description }),
});

function attributesOfCall(callId: string | undefined, call: PendingCall | undefined, conversationOfLoop: string | undefined): Attributes {
  const id = callId ?? call?.id;
  const conversationId = call?.turn.conversationId ?? conversationOfLoop;
  return {
    ...(id !== undefined && { [semconv.TOOL_CALL_ID]: id }),
    ...(conversationId !== undefined && { [semconv.CONVERSATION_ID]: conversationId }),
    ...(call !== undefined && {
      [semconv.BATCH_SIZE]: call.batchSize,
      [semconv.BATCH_INDEX]: call.index,
      [semconv.BATCH_TURN]: call.turn.spanContext.spanId,
    }),
  };
}

/** Arguments that are JSON text are recorded as what they say. */
function argumentsOf(args: unknown): unknown {
  if (typeof args !== 'string') return args;
  try {
    return JSON.parse(args) as unknown;
  } catch {
    return args;
  }
}
