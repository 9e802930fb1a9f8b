import { AsyncLocalStorage } from 'node:async_hooks';
import {
  context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
  type SpanContext,
  type SpanOptions,
} from '@opentelemetry/api';
import { asString } from '../content/message.ts';
import type { RecordedInput } from '../content/recorder.ts';
import { activeContext } from '../ambient.ts';
import { errorType } from '../error-type.ts';
import type { Instruments } from '../instruments.ts';
import { safely } from '../safely.ts';
import * as semconv from '../semconv.ts';
import { noteCalls, noteSpan } from '../sightings.ts';
import type { Telemetry } from '../telemetry.ts';
import { expectCalls, loops, settleCalls, turnOf, type Loop, type Turn } from '../turns.ts';
import type { Answer, Api, Assembly } from './api.ts';
import { providerOf, type Provider } from './provider.ts';
import { put } from './request.ts';

type Body = Record<string, unknown>;

/** The call whose request is being sent right now. */
let sending: ModelCall | undefined;

/**
 * The same for clients that fetch credentials before they send. Only for those: where nothing else in a process uses
 * an async storage, the first one slows every promise down.
 */
const sendingLater = new AsyncLocalStorage<ModelCall>();
const lateSenders = new WeakSet<object>();

/** The call that a request of the client is sent for. */
export const callBeingSent = (): ModelCall | undefined => sending ?? sendingLater.getStore();

/** Calls whose answer has not come, or not been read: ended with the process if nothing else ends them. */
const open = new Set<ModelCall>();

/** Ends the spans of calls that the app left unread; for a provider's shutdown. */
export function endOpenCalls(): void {
  for (const call of open) safely('ending a span', () => call.abandon());
}

/** What is known of a call that is told of when it is over. */
export interface KnownCall {
  /** Milliseconds since the epoch. */
  startTime?: number;
  conversationId?: string | undefined;
}

/**
 * One observed call of the client: its span from the request to the end of the answer. Every method may be called
 * in any order and more than once; the first end counts.
 *
 * This is what an app pays for on every call. Hence no `#private` members and no spreads, either of which costs
 * more than all that is computed here.
 */
export class ModelCall {
  private readonly api: Api;
  private readonly telemetry: Telemetry;
  /** Until the call is over. The app's promises hold on to this object for longer, and must not keep the content. */
  private span: Span | undefined;
  private readonly parent: Context;
  private readonly provider: Provider;
  private readonly model: string | undefined;
  private readonly loop: Loop | undefined;
  private readonly conversationId: string | undefined;
  private input: RecordedInput | undefined;
  private readonly startedAt: number;
  private firstChunkAt: number | undefined = undefined;
  private assembly: Assembly | undefined = undefined;
  private retries = 0;
  isSent = false;
  /** The answer is being read, so that its content will come. */
  isRead = false;
  /** Called when the response is there, before it is parsed. */
  onResponse: (() => void) | undefined = undefined;

  /** Undefined where nobody would see the span or a metric. */
  static start(api: Api, telemetry: Telemetry, client: object, body: Body, known?: KnownCall): ModelCall | undefined {
    const answered = api.answeredCalls(body);
    const previous = answered.length === 0 ? undefined : turnOf(answered[0] as string);
    settleCalls(answered);
    const call = new ModelCall(api, telemetry, client, body, previous, known);
    if (call.span?.isRecording() !== true && telemetry.instruments === undefined) return undefined;
    open.add(call);
    return call;
  }

  private constructor(
    api: Api,
    telemetry: Telemetry,
    client: object,
    body: Body,
    previous: Turn | undefined,
    known: KnownCall | undefined,
  ) {
    this.api = api;
    this.telemetry = telemetry;
    this.loop = loops.getStore();
    this.conversationId = api.conversationId(body) ?? known?.conversationId ?? this.loop?.conversationId ?? previous?.conversationId;
    this.startedAt = performance.now() - (known?.startTime === undefined ? 0 : Date.now() - known.startTime);
    const active = activeContext();
    // Nothing of the app's is active: the turns of one conversation still share a trace.
    this.parent = previous !== undefined && trace.getSpanContext(active) === undefined ? previous.root : active;
    this.model = asString(body['model']);
    this.provider = providerOf(client, telemetry.settings.provider);
    const attributes = this.labels();
    api.requestAttributes(body, attributes);
    put(attributes, semconv.CONVERSATION_ID, this.conversationId);
    const options: SpanOptions = { kind: SpanKind.CLIENT, attributes };
    if (known?.startTime !== undefined) options.startTime = known.startTime;
    const name = this.model === undefined ? api.operation : `${api.operation} ${this.model}`;
    const span = telemetry.tracer.startSpan(name, options, this.parent);
    this.span = span;
    this.input =
      telemetry.recorder.isOn && span.isRecording() ? safely('recording a request', () => this.recordInput(body, span)) : undefined;
    noteSpan(api.operation);
  }

  /** What spans and metrics of this call have in common. */
  private labels(): Attributes {
    const { name, address, port } = this.provider;
    const labels: Attributes = {};
    labels[semconv.OPERATION_NAME] = this.api.operation;
    labels[semconv.PROVIDER_NAME] = name;
    if (address !== undefined) labels[semconv.SERVER_ADDRESS] = address;
    if (port !== undefined) labels[semconv.SERVER_PORT] = port;
    if (this.model !== undefined) labels[semconv.REQUEST_MODEL] = this.model;
    return labels;
  }

  private recordInput(body: Body, span: Span): RecordedInput | undefined {
    const units = this.api.units(body);
    if (units === undefined) return undefined;
    const input = this.telemetry.recorder.input(units, this.api.message, span.spanContext(), {
      instructions: this.api.instructions(body),
      tools: body['tools'],
    });
    span.setAttributes(input.attributes);
    return input;
  }

  /** Runs what sends the request, so that spans below it are children of this one. */
  send<T>(request: () => T, client: object): T {
    const { span } = this;
    if (span === undefined) return request();
    const active = trace.setSpan(context.active(), span);
    if (lateSenders.has(client)) return sendingLater.run(this, () => context.with(active, request));
    const before = sending;
    // eslint-disable-next-line typescript/no-this-alias -- read by what `request` calls, before this returns
    sending = this;
    try {
      return context.with(active, request);
    } finally {
      sending = before;
      if (!this.isSent) lateSenders.add(client);
    }
  }

  /** The response is there, not yet parsed. @param retries how often the client tried again */
  noteResponse(retries: number): void {
    this.retries = retries;
    const { onResponse } = this;
    this.onResponse = undefined;
    onResponse?.();
  }

  /** Keeps the stream's chunks coming past. */
  noteChunk(chunk: unknown): void {
    this.isRead = true;
    if (this.span === undefined) return;
    this.firstChunkAt ??= performance.now();
    this.assembly ??= this.api.assembly(this.input !== undefined);
    this.assembly.add(chunk);
  }

  /** The stream is over: by itself, or because the app stopped reading. */
  endStream(isAborted: boolean): void {
    this.assembly ??= this.api.assembly(this.input !== undefined);
    const { isWhole } = this.assembly;
    this.end(this.assembly.answer(), isWhole ? undefined : { [semconv.STREAM_END]: isAborted ? 'aborted' : 'incomplete' });
  }

  /** The whole answer, parsed. */
  finish(data: unknown): void {
    if (this.span !== undefined) this.end(this.api.answer(data));
  }

  /** The call failed with this error, which the app gets. @param retries how often the client tried again, where it tells */
  fail(error: unknown, retries: number = this.retries): void {
    if (this.span === undefined) return;
    this.retries = retries;
    const failure: Attributes = { [semconv.ERROR_TYPE]: errorType(error) };
    const status = (error as { status?: unknown } | undefined)?.status;
    if (typeof status === 'number') failure[semconv.HTTP_STATUS] = status;
    setError(this.span, this.telemetry.recorder.errorText(error));
    this.end(this.assembly?.answer(), failure);
  }

  /** Nobody reads the answer: what is known is all there will be. */
  abandon(): void {
    if (this.assembly === undefined) this.end(undefined);
    else this.endStream(true);
  }

  /** The app took the stream and never read it. */
  abandonStream(): void {
    if (this.assembly === undefined) this.end(undefined, { [semconv.STREAM_END]: 'unread' });
    else this.endStream(true);
  }

  /** @param how attributes that say how it ended, if not by an answer */
  private end(answer: Answer | undefined, how?: Attributes): void {
    const { span, input } = this;
    if (span === undefined) return;
    this.span = this.input = this.assembly = undefined;
    open.delete(this);
    const now = performance.now();
    const firstChunk = this.firstChunkAt === undefined ? undefined : (this.firstChunkAt - this.startedAt) / 1000;
    try {
      if (span.isRecording()) this.describe(span, answer, input, how, firstChunk);
      if (this.loop !== undefined && answer !== undefined) countIn(this.loop, answer);
      if (answer !== undefined && answer.calls.length > 0) this.expect(answer, span.spanContext());
      const { instruments } = this.telemetry;
      if (instruments !== undefined) this.measure(instruments, (now - this.startedAt) / 1000, answer, how, firstChunk);
    } finally {
      span.end();
    }
  }

  private describe(
    span: Span,
    answer: Answer | undefined,
    input: RecordedInput | undefined,
    how: Attributes | undefined,
    firstChunk: number | undefined,
  ): void {
    if (how !== undefined) span.setAttributes(how);
    if (this.retries > 0) span.setAttribute(semconv.RETRIES, this.retries);
    if (firstChunk !== undefined) span.setAttribute(semconv.RESPONSE_TIME_TO_FIRST_CHUNK, firstChunk);
    if (answer === undefined) return;
    // An answer is described once: its attributes are ours to add to.
    const { attributes, usage, error } = answer;
    const { recorder } = this.telemetry;
    put(attributes, semconv.RESPONSE_MODEL, answer.model);
    put(attributes, semconv.RESPONSE_ID, answer.responseId);
    put(attributes, semconv.USAGE_INPUT_TOKENS, usage?.input);
    put(attributes, semconv.USAGE_OUTPUT_TOKENS, usage?.output);
    put(attributes, semconv.USAGE_CACHE_READ_TOKENS, usage?.cacheRead);
    put(attributes, semconv.USAGE_REASONING_TOKENS, usage?.reasoning);
    if (answer.calls.length > 0) attributes[semconv.BATCH_SIZE] = answer.calls.length;
    if (error !== undefined && how?.[semconv.ERROR_TYPE] === undefined) {
      attributes[semconv.ERROR_TYPE] = error.type;
      setError(span, recorder.errorText(error.message));
    }
    span.setAttributes(attributes);
    if (input === undefined) return;
    safely('recording an answer', () => {
      const messages = answer.messages();
      if (messages.length > 0) span.setAttributes(recorder.output(messages, input, span.spanContext()));
    });
  }

  private expect({ calls }: Answer, spanContext: SpanContext): void {
    noteCalls(calls.length);
    // The first turn of a conversation without a root is the root of those that follow.
    const root = trace.getSpanContext(this.parent) === undefined ? trace.setSpanContext(ROOT_CONTEXT, spanContext) : this.parent;
    expectCalls({ telemetry: this.telemetry, spanContext, root, conversationId: this.conversationId, loop: this.loop }, calls);
  }

  private measure(
    instruments: Instruments,
    seconds: number,
    answer: Answer | undefined,
    how: Attributes | undefined,
    firstChunk: number | undefined,
  ): void {
    const labels = this.labels();
    put(labels, semconv.RESPONSE_MODEL, answer?.model);
    put(labels, semconv.ERROR_TYPE, how?.[semconv.ERROR_TYPE] ?? answer?.error?.type);
    if (this.api.operation === 'embeddings') instruments.otherOperation(seconds, labels);
    else instruments.inference(seconds, labels, answer?.usage, firstChunk);
  }
}

function setError(span: Span, message: string | undefined): void {
  span.setStatus(message === undefined ? { code: SpanStatusCode.ERROR } : { code: SpanStatusCode.ERROR, message });
}

function countIn(loop: Loop, { usage }: Answer): void {
  loop.modelCalls++;
  loop.inputTokens += usage?.input ?? 0;
  loop.outputTokens += usage?.output ?? 0;
}
