import { AsyncLocalStorage } from 'node:async_hooks';
import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Attributes, type Context, type Span } from '@opentelemetry/api';
import type { RecordedInput } from '../content/recorder.ts';
import { activeContext } from '../ambient.ts';
import { errorType } from '../error-type.ts';
import { safely } from '../safely.ts';
import * as semconv from '../semconv.ts';
import { noteCalls, noteSpan } from '../sightings.ts';
import type { Telemetry } from '../telemetry.ts';
import { expectCalls, loops, settleCalls, turnOf, type Loop, type Turn } from '../turns.ts';
import type { Answer, Api, Assembly } from './api.ts';
import { providerAttributes } from './provider.ts';
import { put } from './request.ts';

type Body = Record<string, unknown>;

/** The call whose request is being sent, for what the client does below. */
export const sending: AsyncLocalStorage<ModelCall> = new AsyncLocalStorage<ModelCall>();

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
 */
export class ModelCall {
  readonly #api: Api;
  readonly #telemetry: Telemetry;
  readonly #span: Span;
  readonly #parent: Context;
  readonly #labels: Attributes;
  readonly #loop: Loop | undefined;
  readonly #conversationId: string | undefined;
  readonly #input: RecordedInput | undefined;
  readonly #startedAt: number;
  #firstChunkAt: number | undefined;
  #assembly: Assembly | undefined;
  #isOpen = true;
  #isSent = false;
  #retries = 0;
  /** The answer is being read, so that its content will come. */
  isRead = false;

  /** Undefined where nobody would see the span or a metric. */
  static start(api: Api, telemetry: Telemetry, client: object, body: Body, known: KnownCall = {}): ModelCall | undefined {
    const answered = api.answeredCalls(body);
    const previous = answered.length === 0 ? undefined : turnOf(answered[0] as string);
    settleCalls(answered);
    const call = new ModelCall(api, telemetry, client, body, previous, known);
    if (!call.#span.isRecording() && telemetry.instruments === undefined) return undefined;
    open.add(call);
    return call;
  }

  private constructor(api: Api, telemetry: Telemetry, client: object, body: Body, previous: Turn | undefined, known: KnownCall) {
    this.#api = api;
    this.#telemetry = telemetry;
    this.#loop = loops.getStore();
    this.#conversationId = api.conversationId(body) ?? known.conversationId ?? this.#loop?.conversationId ?? previous?.conversationId;
    this.#startedAt = performance.now() - (known.startTime === undefined ? 0 : Date.now() - known.startTime);
    const active = activeContext();
    // Nothing of the app's is active: the turns of one conversation still share a trace.
    this.#parent = trace.getSpanContext(active) === undefined && previous !== undefined ? previous.root : active;
    const model = typeof body['model'] === 'string' ? body['model'] : undefined;
    this.#labels = {
      [semconv.OPERATION_NAME]: api.operation,
      ...providerAttributes(client, telemetry.settings.provider),
      ...(model !== undefined && { [semconv.REQUEST_MODEL]: model }),
    };
    const attributes: Attributes = { ...this.#labels };
    api.requestAttributes(body, attributes);
    put(attributes, semconv.CONVERSATION_ID, this.#conversationId);
    const options = { kind: SpanKind.CLIENT, attributes, ...(known.startTime !== undefined && { startTime: known.startTime }) };
    this.#span = telemetry.tracer.startSpan(model === undefined ? api.operation : `${api.operation} ${model}`, options, this.#parent);
    this.#input = this.#span.isRecording() ? safely('recording a request', () => this.#recordInput(body)) : undefined;
    noteSpan(api.operation);
  }

  #recordInput(body: Body): RecordedInput | undefined {
    const { recorder } = this.#telemetry;
    const units = recorder.isOn ? this.#api.units(body) : undefined;
    if (units === undefined) return undefined;
    const input = recorder.input(units, this.#api.message, this.#span.spanContext(), {
      instructions: this.#api.instructions(body),
      tools: body['tools'],
    });
    this.#span.setAttributes(input.attributes);
    return input;
  }

  /** Runs what sends the request, so that spans below it are children of this one. */
  send<T>(request: () => T): T {
    return sending.run(this, () => context.with(trace.setSpan(context.active(), this.#span), request));
  }

  /** The client sends the request: true the first time, false for a retry. */
  noteRequest(): boolean {
    if (this.#isSent) this.#retries++;
    const isFirst = !this.#isSent;
    this.#isSent = true;
    return isFirst;
  }

  /** Keeps the stream's chunks coming past. */
  noteChunk(chunk: unknown): void {
    this.isRead = true;
    if (!this.#isOpen) return;
    this.#firstChunkAt ??= performance.now();
    this.#assembly ??= this.#api.assembly(this.#recordsContent);
    this.#assembly.add(chunk);
  }

  /** The stream is over: by itself, or because the app stopped reading. */
  endStream(isAborted: boolean): void {
    this.#assembly ??= this.#api.assembly(this.#recordsContent);
    const { isWhole } = this.#assembly;
    this.#end(this.#assembly.answer(), isWhole ? {} : { [semconv.STREAM_END]: isAborted ? 'aborted' : 'incomplete' });
  }

  /** The whole answer, parsed. */
  finish(data: unknown): void {
    if (this.#isOpen) this.#end(this.#api.answer(data), {});
  }

  /** The call failed with this error, which the app gets. */
  fail(error: unknown): void {
    if (!this.#isOpen) return;
    const type = errorType(error);
    const message = this.#telemetry.recorder.errorText(error);
    this.#span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) });
    const status = (error as { status?: unknown } | undefined)?.status;
    this.#end(this.#assembly?.answer(), {
      [semconv.ERROR_TYPE]: type,
      ...(typeof status === 'number' && { [semconv.HTTP_STATUS]: status }),
    });
  }

  /** Nobody reads the answer: what is known is all there will be. */
  abandon(): void {
    if (this.#assembly === undefined) this.#end(undefined, {});
    else this.endStream(true);
  }

  /** The app took the stream and never read it. */
  abandonStream(): void {
    if (this.#assembly === undefined) this.#end(undefined, { [semconv.STREAM_END]: 'unread' });
    else this.endStream(true);
  }

  get #recordsContent(): boolean {
    return this.#input !== undefined;
  }

  #end(answer: Answer | undefined, extra: Attributes): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    open.delete(this);
    const now = performance.now();
    const error = (extra[semconv.ERROR_TYPE] as string | undefined) ?? answer?.error?.type;
    const firstChunk = this.#firstChunkAt === undefined ? undefined : (this.#firstChunkAt - this.#startedAt) / 1000;
    try {
      if (this.#span.isRecording()) this.#describe(answer, extra, firstChunk);
      if (answer !== undefined) this.#expect(answer);
      this.#measure((now - this.#startedAt) / 1000, answer, error, firstChunk);
    } finally {
      this.#span.end();
    }
  }

  #describe(answer: Answer | undefined, extra: Attributes, firstChunk: number | undefined): void {
    // An answer is described once: its attributes are ours to add to.
    const attributes: Attributes = Object.assign(answer?.attributes ?? {}, extra);
    if (this.#retries > 0) attributes[semconv.RETRIES] = this.#retries;
    if (firstChunk !== undefined) attributes[semconv.RESPONSE_TIME_TO_FIRST_CHUNK] = firstChunk;
    if (answer !== undefined) {
      if (answer.model !== undefined) attributes[semconv.RESPONSE_MODEL] = answer.model;
      if (answer.responseId !== undefined) attributes[semconv.RESPONSE_ID] = answer.responseId;
      const { usage } = answer;
      if (usage?.input !== undefined) attributes[semconv.USAGE_INPUT_TOKENS] = usage.input;
      if (usage?.output !== undefined) attributes[semconv.USAGE_OUTPUT_TOKENS] = usage.output;
      if (usage?.cacheRead !== undefined) attributes[semconv.USAGE_CACHE_READ_TOKENS] = usage.cacheRead;
      if (usage?.reasoning !== undefined) attributes[semconv.USAGE_REASONING_TOKENS] = usage.reasoning;
      if (answer.calls.length > 0) attributes[semconv.BATCH_SIZE] = answer.calls.length;
    }
    this.#span.setAttributes(attributes);
    if (answer?.error !== undefined && attributes[semconv.ERROR_TYPE] === undefined) {
      const message = this.#telemetry.recorder.errorText(answer.error.message);
      this.#span.setAttribute(semconv.ERROR_TYPE, answer.error.type);
      this.#span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) });
    }
    const input = this.#input;
    if (answer === undefined || input === undefined) return;
    safely('recording an answer', () => {
      const messages = answer.messages();
      if (messages.length > 0) this.#span.setAttributes(this.#telemetry.recorder.output(messages, input, this.#span.spanContext()));
    });
  }

  #expect({ calls }: Answer): void {
    const loop = this.#loop;
    if (loop !== undefined) loop.modelCalls++;
    if (calls.length === 0) return;
    noteCalls(calls.length);
    const spanContext = this.#span.spanContext();
    // The first turn of a conversation without a root is the root of those that follow.
    const root = trace.getSpanContext(this.#parent) === undefined ? trace.setSpanContext(ROOT_CONTEXT, spanContext) : this.#parent;
    expectCalls({ telemetry: this.#telemetry, spanContext, root, conversationId: this.#conversationId, loop }, calls);
  }

  #measure(seconds: number, answer: Answer | undefined, error: string | undefined, firstChunk: number | undefined): void {
    const loop = this.#loop;
    if (loop !== undefined) {
      loop.inputTokens += answer?.usage?.input ?? 0;
      loop.outputTokens += answer?.usage?.output ?? 0;
    }
    const instruments = this.#telemetry.instruments;
    if (instruments === undefined) return;
    const labels = {
      ...this.#labels,
      ...(answer?.model !== undefined && { [semconv.RESPONSE_MODEL]: answer.model }),
      ...(error !== undefined && { [semconv.ERROR_TYPE]: error }),
    };
    if (this.#api.operation === 'embeddings') instruments.otherOperation(seconds, labels);
    else instruments.inference(seconds, labels, answer?.usage, firstChunk);
  }
}
