import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Attributes, type Context, type Span } from '@opentelemetry/api';
import { setAmbient } from '../ambient.ts';
import { asString, isJson, type Json } from '../content/message.ts';
import { chat } from '../openai/chat.ts';
import { ModelCall } from '../openai/call.ts';
import { responses } from '../openai/responses.ts';
import { safely } from '../safely.ts';
import * as semconv from '../semconv.ts';
import type { InstrumentationOptions } from '../settings.ts';
import { noteSpan } from '../sightings.ts';
import { currentTelemetry, Telemetry } from '../telemetry.ts';
import { ToolSpan } from '../tools/execute.ts';
import { responseItemOf } from './items.ts';

/** What is read of a trace of `@openai/agents`. */
export interface AgentsTrace {
  traceId: string;
  name: string;
  groupId?: string | null;
}

/** What is read of its spans. */
export interface AgentsSpan {
  traceId: string;
  spanId: string;
  parentId: string | null;
  spanData: { type: string };
  error: { message: string } | null;
}

export interface AgentsTraceProcessorOptions extends InstrumentationOptions {
  /**
   * `getCurrentSpan` of `@openai/agents`. With it, model calls of an instrumented client and traced tools take their
   * place in the agents' tree, and stand in it once.
   */
  getCurrentSpan?: () => { spanId: string } | null;
}

/** One open span of ours for one of theirs. */
interface Open {
  context: Context;
  end(span: AgentsSpan): void;
  /** The client below made a span of its own for this model call. */
  isSeen: boolean;
}

/**
 * Turns the native spans of `@openai/agents` into GenAI spans: runs and agents into `invoke_agent`, generations and
 * responses into `chat`, functions into `execute_tool`; hand-offs and guardrails keep their names, turns and tasks
 * are left out and their children attached to what is above them.
 *
 *     import { addTraceProcessor, getCurrentSpan } from '@openai/agents';
 *     addTraceProcessor(new AgentsTraceProcessor({ getCurrentSpan, content: 'full' }));
 */
export class AgentsTraceProcessor {
  readonly #own: Telemetry | undefined;
  readonly #open = new Map<string, Open>();
  readonly #conversations = new Map<string, string>();

  constructor(options: AgentsTraceProcessorOptions = {}) {
    const { getCurrentSpan, ...telemetry } = options;
    this.#own = Object.keys(telemetry).length === 0 ? undefined : new Telemetry(telemetry);
    if (getCurrentSpan !== undefined) setAmbient(() => this.#contextOf(getCurrentSpan()?.spanId));
  }

  get #telemetry(): Telemetry {
    return this.#own ?? currentTelemetry();
  }

  async onTraceStart(run: AgentsTrace): Promise<void> {
    safely('starting a span', () => {
      if (typeof run.groupId === 'string') this.#conversations.set(run.traceId, run.groupId);
      this.#startAgent(run.traceId, run.traceId, context.active(), run.name);
    });
  }

  async onTraceEnd(run: AgentsTrace): Promise<void> {
    safely('ending a span', () => {
      this.#end(run.traceId, undefined);
      this.#conversations.delete(run.traceId);
    });
  }

  async onSpanStart(span: AgentsSpan): Promise<void> {
    safely('starting a span', () => this.#startSpan(span));
  }

  async onSpanEnd(span: AgentsSpan): Promise<void> {
    safely('ending a span', () => this.#end(span.spanId, span));
  }

  /** The spans belong to the app's provider, which it flushes and shuts down itself. */
  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {
    safely('ending spans', () => {
      for (const id of this.#open.keys()) this.#end(id, undefined);
    });
  }

  #startSpan(span: AgentsSpan): void {
    const data = span.spanData as Json;
    const parent = this.#parentOf(span);
    const name = asString(data['name']) ?? '';
    switch (span.spanData.type) {
      case 'agent':
        this.#startAgent(span.spanId, span.traceId, parent, name);
        return;
      case 'function':
        this.#startTool(span, parent, name);
        return;
      case 'generation':
      case 'response':
        this.#startModelCall(span, parent);
        return;
      case 'handoff':
      case 'guardrail':
      case 'mcp_tools':
        this.#start(span.spanId, span.traceId, parent, [span.spanData.type, name].filter(Boolean).join(' '), {}, attributesOf);
        return;
      default:
        // Turns and tasks carry no more than what is below them.
        this.#hold(span.spanId, parent, () => {});
    }
  }

  #startAgent(id: string, traceId: string, parent: Context, name: string): void {
    const labels = { [semconv.OPERATION_NAME]: 'invoke_agent', [semconv.AGENT_NAME]: name };
    this.#start(id, traceId, parent, `invoke_agent ${name}`, labels);
    noteSpan('invoke_agent');
  }

  #start(id: string, traceId: string, parent: Context, name: string, attributes: Attributes, late?: (data: Json) => Attributes): void {
    const conversationId = this.#conversations.get(traceId);
    const span = this.#telemetry.tracer.startSpan(
      name,
      {
        kind: SpanKind.INTERNAL,
        attributes: { ...attributes, ...(conversationId !== undefined && { [semconv.CONVERSATION_ID]: conversationId }) },
      },
      parent,
    );
    this.#hold(id, trace.setSpan(parent, span), (theirs) => {
      if (late !== undefined) span.setAttributes(late(theirs.spanData as Json));
      if (theirs.error !== null) this.#fail(span, theirs.error.message);
      span.end();
    });
  }

  #startTool(span: AgentsSpan, parent: Context, name: string): void {
    const tool = ToolSpan.start({ name, arguments: undefined, telemetry: this.#own, isLate: true }, parent);
    this.#hold(span.spanId, tool?.context ?? parent, ({ error, spanData }) => {
      const { input, output } = spanData as Json;
      tool?.learnArguments(input);
      if (error === null) tool?.succeed(output);
      else tool?.fail(new Error(error.message));
    });
  }

  /** Its span is made at the end: if the client below is instrumented, the call has one already. */
  #startModelCall(span: AgentsSpan, parent: Context): void {
    const startTime = Date.now();
    const open = this.#hold(span.spanId, parent, (ended) => {
      if (open.isSeen) return;
      const data = ended.spanData as Json;
      const isResponse = ended.spanData.type === 'response';
      const { body, answer } = isResponse ? responseOf(data) : generationOf(data);
      const known = { startTime, conversationId: this.#conversations.get(ended.traceId) };
      const call = context.with(parent, () => ModelCall.start(isResponse ? responses : chat, this.#telemetry, UNKNOWN_CLIENT, body, known));
      if (ended.error !== null) call?.fail(new Error(ended.error.message));
      else call?.finish(answer);
    });
  }

  #hold(id: string, active: Context, end: Open['end']): Open {
    const open: Open = { context: active, end, isSeen: false };
    this.#open.set(id, open);
    return open;
  }

  #end(id: string, span: AgentsSpan | undefined): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    this.#open.delete(id);
    open.end(span ?? NOTHING);
  }

  #parentOf(span: AgentsSpan): Context {
    return (
      (span.parentId === null ? undefined : this.#open.get(span.parentId)?.context) ?? this.#open.get(span.traceId)?.context ?? ROOT_CONTEXT
    );
  }

  /** Where a model call or a tool that begins now belongs. */
  #contextOf(spanId: string | undefined): Context | undefined {
    const open = spanId === undefined ? undefined : this.#open.get(spanId);
    if (open !== undefined) open.isSeen = true;
    return open?.context;
  }

  #fail(span: Span, text: string): void {
    const message = this.#telemetry.recorder.errorText(text);
    span.setAttribute(semconv.ERROR_TYPE, 'Error');
    span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) });
  }
}

const NOTHING: AgentsSpan = { traceId: '', spanId: '', parentId: null, spanData: { type: '' }, error: null };

/** Their spans do not say where requests go. */
const UNKNOWN_CLIENT = {};

const attributesOf = (data: Json): Attributes =>
  Object.fromEntries(
    [
      ['fanlight.handoff.from', data['from_agent']],
      ['fanlight.handoff.to', data['to_agent']],
      ['fanlight.guardrail.triggered', data['triggered']],
    ].filter((entry): entry is [string, string | boolean] => typeof entry[1] === 'string' || typeof entry[1] === 'boolean'),
  );

function responseOf({ _input: input, _response: response, response_id: id }: Json): { body: Json; answer: Json } {
  const answer = isJson(response) ? response : { ...(id !== undefined && { id }) };
  const { model, instructions, tools, parallel_tool_calls, previous_response_id, temperature } = answer as Json;
  return {
    body: {
      ...given({ model, instructions, tools, parallel_tool_calls, previous_response_id, temperature }),
      ...(input !== undefined && { input: Array.isArray(input) ? input.map(responseItemOf) : input }),
    },
    answer,
  };
}

function generationOf({ input, output, model, model_config: config }: Json): { body: Json; answer: unknown } {
  return {
    body: {
      ...(isJson(config) && given({ temperature: config['temperature'], parallel_tool_calls: config['parallel_tool_calls'] })),
      ...given({ model, messages: input }),
    },
    answer: Array.isArray(output) ? output[0] : undefined,
  };
}

const given = (fields: Json): Json =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));
