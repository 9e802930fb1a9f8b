import { askForTools, FINISH_REASONS } from '../dialects/finish-reasons.ts';
import { spanDialects } from '../dialects/index.ts';
import type { Limits } from './limits.ts';
import { parentIdOf } from '../sources/from-sdk.ts';
import { isLocalRoot, type ReadableSpan } from './otel.ts';
import { Recent } from './recent.ts';

/** What becomes of spans that were held. */
export interface Release {
  /** A run is over: all of its spans, in the order in which they ended. */
  run(spans: ReadableSpan[]): void;
  /** A bound was reached, or the run will not end any more. */
  givenUp(spans: ReadableSpan[]): void;
}

interface Trace {
  held: ReadableSpan[];
  characters: number;
  /** Of every span of the trace that came by, the parent. */
  parents: Map<string, string | undefined>;
  since: number;
  last: number;
  /** A model call that is the root of its trace, ended long before what follows it. */
  conversation: string | undefined;
  hasEndedAgent: boolean;
}

/**
 * Holds the spans of runs until these end. A run ends with the first span of its trace in this process; where that is
 * a model call (nothing else is traced around the conversation), with an answer that asks for no tool; where the span
 * around an agent goes on, some time after the agent has ended. Only spans that tell of models and tools are held.
 */
export class RunCollector {
  readonly #limits: Limits;
  readonly #release: Release;
  readonly #traces = new Map<string, Trace>();
  /** Spans that were let go: what comes after them is late, unless they are the root of a conversation. */
  readonly #released = new Recent<'late' | 'conversation'>(20_000);
  /** Traces of which nothing is held any more. */
  readonly #givenUp = new Recent<true>(10_000);
  #spans = 0;
  #characters = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(limits: Limits, release: Release) {
    this.#limits = limits;
    this.#release = release;
  }

  /** False for a span that is not held and goes on at once. */
  add(span: ReadableSpan): boolean {
    const { traceId, spanId } = span.spanContext();
    const parent = parentIdOf(span);
    const known = this.#traces.get(traceId);
    if (!isGenAi(span)) {
      known?.parents.set(spanId, parent);
      if (known !== undefined && isLocalRoot(span)) this.#endBelow(traceId, known, spanId);
      return false;
    }
    const above = parent === undefined ? undefined : this.#released.get(parent);
    if (above === 'late' || this.#givenUp.get(traceId) === true) {
      this.#released.set(spanId, 'late');
      return false;
    }
    const trace = known ?? this.#open(traceId);
    if (above === 'conversation') trace.conversation = parent;
    this.#hold(trace, span, spanId, parent);
    const isAnswer = isModelCall(span) && !asksForTools(span);
    if (isLocalRoot(span) && isModelCall(span) && !isAnswer) trace.conversation = spanId;
    else if (isLocalRoot(span)) this.#endBelow(traceId, trace, spanId);
    else if (isAnswer && trace.conversation !== undefined) this.#end(traceId, trace, trace.held, trace.conversation);
    if (operationOf(span) === 'invoke_agent') trace.hasEndedAgent = true;
    this.#keepBounds();
    return true;
  }

  /** Lets everything go: runs that are over as such, all else as it came. */
  flush(): void {
    for (const [traceId, trace] of this.#traces) {
      if (trace.hasEndedAgent) this.#end(traceId, trace, trace.held);
      else this.#giveUp(traceId, trace);
    }
  }

  #open(traceId: string): Trace {
    const now = Date.now();
    const trace: Trace = {
      held: [],
      characters: 0,
      parents: new Map(),
      since: now,
      last: now,
      conversation: undefined,
      hasEndedAgent: false,
    };
    this.#traces.set(traceId, trace);
    if (this.#timer === undefined) {
      this.#timer = setInterval(() => this.#checkAges(), Math.min(1000, this.#limits.maxAgeMs));
      this.#timer.unref();
    }
    return trace;
  }

  #hold(trace: Trace, span: ReadableSpan, spanId: string, parent: string | undefined): void {
    const characters = charactersOf(span);
    trace.held.push(span);
    trace.parents.set(spanId, parent);
    trace.characters += characters;
    trace.last = Date.now();
    this.#spans++;
    this.#characters += characters;
  }

  /** The run of this root is over; what belongs to another root in the same trace goes on being held. */
  #endBelow(traceId: string, trace: Trace, root: string): void {
    const below = trace.held.filter((span) => isBelow(span.spanContext().spanId, root, trace.parents));
    this.#end(traceId, trace, below);
  }

  #end(traceId: string, trace: Trace, spans: ReadableSpan[], conversation?: string): void {
    const run = this.#letGo(trace, spans, conversation);
    if (trace.held.length === 0) this.#forget(traceId);
    if (run.length > 0) this.#release.run(run);
  }

  #giveUp(traceId: string, trace: Trace): void {
    this.#givenUp.set(traceId, true);
    const spans = this.#letGo(trace, trace.held);
    this.#forget(traceId);
    if (spans.length > 0) this.#release.givenUp(spans);
  }

  #forget(traceId: string): void {
    this.#traces.delete(traceId);
    if (this.#traces.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #letGo(trace: Trace, spans: ReadableSpan[], conversation?: string): ReadableSpan[] {
    const gone = new Set(spans);
    trace.held = trace.held.filter((span) => !gone.has(span));
    const characters = trace.held.reduce((sum, span) => sum + charactersOf(span), 0);
    this.#spans -= gone.size;
    this.#characters -= trace.characters - characters;
    trace.characters = characters;
    for (const span of gone) {
      const { spanId } = span.spanContext();
      this.#released.set(spanId, spanId === conversation ? 'conversation' : 'late');
    }
    // What follows is a child of the root, or of any of its calls.
    if (conversation !== undefined) this.#released.set(conversation, 'conversation');
    return [...gone];
  }

  #keepBounds(): void {
    const { maxSpans, maxCharacters } = this.#limits;
    if (this.#spans <= maxSpans && this.#characters <= maxCharacters) return;
    for (const [traceId, trace] of this.#traces) {
      if (this.#spans <= maxSpans && this.#characters <= maxCharacters) return;
      this.#giveUp(traceId, trace);
    }
  }

  #checkAges(): void {
    const now = Date.now();
    const { maxAgeMs, quietMs } = this.#limits;
    for (const [traceId, trace] of this.#traces) {
      if (trace.hasEndedAgent && now - trace.last >= quietMs) this.#end(traceId, trace, trace.held);
      else if (now - trace.since >= maxAgeMs) this.#giveUp(traceId, trace);
    }
  }
}

function isBelow(start: string, root: string, parents: ReadonlyMap<string, string | undefined>): boolean {
  const seen = new Set<string>();
  for (let at: string | undefined = start; at !== undefined && !seen.has(at); at = parents.get(at)) {
    if (at === root) return true;
    seen.add(at);
  }
  return false;
}

const isGenAi = (span: ReadableSpan): boolean => spanDialects.some((dialect) => dialect.detect(span));

const operationOf = ({ attributes }: ReadableSpan): unknown => attributes['gen_ai.operation.name'];

const NOT_MODEL = new Set(['execute_tool', 'invoke_agent', 'create_agent', 'invoke_workflow', 'embeddings', 'retrieval']);

const isModelCall = (span: ReadableSpan): boolean => !NOT_MODEL.has(String(operationOf(span)));

function asksForTools({ attributes }: ReadableSpan): boolean {
  return Number(attributes['fanlight.batch.size'] ?? 0) > 0 || askForTools(attributes[FINISH_REASONS]);
}

/** A measure of memory: the texts are what is large. */
export function charactersOf({ attributes }: ReadableSpan): number {
  let sum = 500;
  for (const key in attributes) {
    const value = attributes[key];
    sum += key.length + (typeof value === 'string' ? value.length : 16);
  }
  return sum;
}
