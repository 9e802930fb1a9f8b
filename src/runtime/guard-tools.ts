import { AsyncResource } from 'node:async_hooks';
import { diag, trace } from '@opentelemetry/api';
import type { Message, Part } from '../model/message.ts';
import { isObject, type Json } from '../dialects/json.ts';
import { readOpenAiMessages } from '../dialects/openai-messages.ts';
import type { Waits } from './batch.ts';
import { checkCount, checkOneOf } from './checks.ts';
import { executeBatch, type ExecutedCall } from './execute-batch.ts';
import type { GuardFinding, GuardMode } from './guard.ts';
import { quietly } from './quietly.ts';
import { jsonText } from './result-text.ts';
import { withRunAloneHint } from './run-alone-hint.ts';
import { isStandardSchema } from './standard-schema.ts';
import { settledOf, toolSettingsSchema, type ToolSettings } from './tool-settings.ts';
import type { Tool } from './tool.ts';

export interface GuardToolsOptions {
  /** By tool name. */
  tools?: Readonly<Record<string, ToolSettings>>;
  /** Calls of one turn that run at once. Default 8. */
  maxToolConcurrency?: number;
  /** Default `defer`, where the conversation can be seen: in the Vercel AI SDK, or with `history`. */
  guard?: GuardMode;
  /** For `@openai/agents`, whose tools are not told the conversation: its items up to the call. */
  history?: (runContext: unknown) => readonly unknown[];
  /** What the model was told beside the messages, for the guard: the Vercel AI SDK does not tell tools its `system`. */
  instructions?: string;
  onGuard?: (finding: GuardFinding, isHeld: boolean) => void;
}

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

/** A call that a runner has begun, and waits for. */
interface Begun {
  id: string;
  name: string;
  /** As JSON. */
  input: string;
  description: string;
  /** JSON Schema of its input, where the library tells: choices it names are no guesses. */
  schema: Json;
  /** The same for calls of one turn, and for no others: what their runner hands to all of them. */
  turn: unknown;
  history: Message[] | undefined;
  signal: AbortSignal | undefined;
  run(): unknown;
  tellWaits(waits: Waits): void;
  isSettled: boolean;
  settle(this: Begun, executed: ExecutedCall): void;
  resolve(value: unknown): void;
}

/**
 * The tools of `@openai/agents` (a list) or of the Vercel AI SDK (an object), to be given to their own runners: the
 * calls of one turn run at once up to a cap, run-alone tools by themselves, and writes on a guess are held back. What a
 * tool returns or throws is passed on; a call that is held returns a text that tells the model to issue it again.
 *
 *     const agent = new Agent({ tools: guardTools([calendar, booking], { tools: { booking: { parallelizable: false } } }) });
 */
export function guardTools<T extends object>(tools: T, options: GuardToolsOptions = {}): T {
  checkOneOf('guard', options.guard ?? 'defer', ['off', 'warn', 'defer']);
  checkNames(tools, options.tools ?? {});
  const gate = new Gate(options);
  if (Array.isArray(tools)) return tools.map((tool: unknown) => guarded(tool, undefined, gate, options)) as unknown as T;
  return Object.fromEntries(Object.entries(tools).map(([name, tool]) => [name, guarded(tool, name, gate, options)])) as T;
}

/** A tool that is misspelt would be left unprotected. */
function checkNames(tools: object, settings: Readonly<Record<string, ToolSettings>>): void {
  const names = Array.isArray(tools) ? tools.map((tool: unknown) => (tool as Json | null)?.['name']) : Object.keys(tools);
  const unknown = Object.keys(settings).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new TypeError(`guardTools: there is no tool ${JSON.stringify(unknown)}; there are ${names.join(', ')}.`);
  for (const [name, setting] of Object.entries(settings)) checkSetting(name, setting);
}

function checkSetting(name: string, setting: ToolSettings): void {
  const [issue] = toolSettingsSchema.safeParse(setting).error?.issues ?? [];
  if (issue !== undefined) throw new TypeError(`guardTools: ${[name, ...issue.path].join('.')}: ${issue.message}.`);
}

function guarded(tool: unknown, key: string | undefined, gate: Gate, { history, tools: settings = {} }: GuardToolsOptions): unknown {
  if (typeof tool !== 'object' || tool === null) return tool;
  const { name = key, description = '', invoke, execute } = tool as Json;
  if (typeof name !== 'string') return tool;
  const about = { name, description: String(description), schema: schemaOf(tool as Json) };
  const hint = settings[name]?.parallelizable === false ? withRunAloneHint(String(description)) : undefined;
  // @openai/agents: invoke(runContext, input as JSON, { toolCall })
  if (typeof invoke === 'function') {
    return withMethod(tool, 'invoke', hint, function (this: unknown, ...args) {
      const [context, input, details] = args;
      const call = (details as { toolCall?: { callId?: string } } | undefined)?.toolCall;
      return gate.enter({
        ...about,
        id: call?.callId,
        input: argumentsText(input),
        turn: context,
        history: historyOf(history, context),
        signal: undefined,
        run: () => (invoke as AnyFunction).apply(this, args),
      });
    });
  }
  // Vercel AI SDK: execute(input, { toolCallId, messages, abortSignal })
  // A tool that yields gives its results bit by bit: its runner has to have it as it is.
  if (typeof execute === 'function' && execute.constructor.name !== 'AsyncGeneratorFunction') {
    return withMethod(tool, 'execute', hint, function (this: unknown, ...args) {
      const [input, details] = args as [unknown, { toolCallId?: string; messages?: unknown; abortSignal?: AbortSignal } | undefined];
      return gate.enter({
        ...about,
        id: details?.toolCallId,
        input: argumentsText(input),
        turn: details?.messages,
        history: Array.isArray(details?.messages) ? details.messages.map(vercelMessage) : undefined,
        signal: details?.abortSignal,
        run: () => (execute as AnyFunction).apply(this, args),
      });
    });
  }
  return tool;
}

/** What the guard reads; the tool is given its input as it came. */
function argumentsText(input: unknown): string {
  if (typeof input === 'string') return input;
  try {
    return jsonText(input ?? {});
  } catch {
    return '{}';
  }
}

/** `parameters` of `@openai/agents`; of the Vercel AI SDK a Standard Schema, or its own `jsonSchema`. */
function schemaOf({ parameters, inputSchema }: Json): Json {
  const given = inputSchema ?? parameters;
  try {
    if (isStandardSchema(given)) return given['~standard'].jsonSchema?.input({ target: 'draft-2020-12' }) ?? {};
    return isObject(given) ? (isObject(given['jsonSchema']) ? given['jsonSchema'] : given) : {};
  } catch {
    return {};
  }
}

/** A history that cannot be had is none: the guard is off for the turn. */
function historyOf(history: GuardToolsOptions['history'], context: unknown): Message[] | undefined {
  let messages: Message[] | undefined;
  quietly(() => {
    const items: unknown = history?.(context);
    if (Array.isArray(items)) messages = readOpenAiMessages(items.map(agentsItem));
    // A promise that fails is noticed; one that does not comes too late.
    return items;
  });
  return messages;
}

function withMethod(tool: object, method: string, description: string | undefined, value: AnyFunction): object {
  const copy = Object.create(Object.getPrototypeOf(tool) as object | null, Object.getOwnPropertyDescriptors(tool)) as object;
  Object.defineProperty(copy, method, { value, enumerable: true, configurable: true, writable: true });
  if (description !== undefined)
    Object.defineProperty(copy, 'description', { value: description, enumerable: true, configurable: true, writable: true });
  return copy;
}

/** Brings the calls together that a runner begins at once: those are one turn's. */
class Gate {
  readonly #options: GuardToolsOptions;
  readonly #cap: number;
  #begun: Begun[] = [];
  #made = 0;

  constructor(options: GuardToolsOptions) {
    this.#options = options;
    this.#cap = checkCount('maxToolConcurrency', options.maxToolConcurrency ?? 8);
  }

  enter(call: Omit<Begun, 'settle' | 'isSettled' | 'resolve' | 'tellWaits' | 'id'> & { id: string | undefined }): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const settle = function (this: Begun, { outcome, value, error, result }: ExecutedCall): void {
        this.isSettled = true;
        if (outcome === 'ok') resolve(value);
        else if (outcome === 'error') reject(error as Error);
        else resolve(result);
      };
      // The batch is run where its first call came from; each tool runs, and tells its waits, where its own did.
      const run = AsyncResource.bind(call.run);
      const tellWaits = AsyncResource.bind(tellWaitsOf(call.id));
      // An id of our own: those of a model may be missing, or come twice.
      this.#begun.push({ ...call, id: `${++this.#made} ${call.id ?? ''}`, run, tellWaits, isSettled: false, settle, resolve });
      // Runners begin the calls of a turn in one go, or a few promises apart.
      if (this.#begun.length === 1) setImmediate(() => setImmediate(() => this.#run()));
    });
  }

  #run(): void {
    const begun = this.#begun;
    this.#begun = [];
    // Conversations may run at the same time.
    const turns = new Map<unknown, Begun[]>();
    for (const call of begun) turns.set(call.turn, [...(turns.get(call.turn) ?? []), call]);
    for (const calls of turns.values()) {
      this.#runTurn(calls).catch((error: unknown) => {
        diag.warn('fanlight: guardTools failed, the calls of a turn run as they would without it', error);
        for (const { isSettled, run, resolve } of calls) if (!isSettled) resolve(Promise.resolve().then(run));
      });
    }
  }

  async #runTurn(calls: readonly Begun[]): Promise<void> {
    const { guard = 'defer', onGuard, instructions } = this.#options;
    const tools = new Map(calls.map((call) => [call.name, toolOf(call, calls, this.#options.tools?.[call.name] ?? {})]));
    const said = instructions === undefined ? [] : [{ role: 'system' as const, parts: [{ type: 'text' as const, text: instructions }] }];
    const history = calls[0]?.history && [...said, ...calls[0].history];
    const byCallId = new Map(calls.map((call) => [call.id, call]));
    await executeBatch(
      calls.map(({ id, name, input }) => ({ id, name, arguments: input })),
      {
        tools,
        cap: this.#cap,
        // A guard that does not see the conversation takes everything for a guess.
        guard: history === undefined ? 'off' : guard,
        history: history ?? [],
        turn: 0,
        toolTimeoutMs: undefined,
        signal: calls[0]?.signal ?? new AbortController().signal,
        mergesWrites: false,
        onGuard: (finding, isHeld) => quietly(() => onGuard?.(finding, isHeld)),
        onDone: (call) => byCallId.get(call.id)?.settle(call),
        onStart: (id, waits) => byCallId.get(id)?.tellWaits(waits),
      },
    );
  }
}

function toolOf({ name, description, schema }: Begun, calls: readonly Begun[], settings: ToolSettings): Tool {
  const byId = new Map(calls.map((call) => [call.id, call]));
  return {
    name,
    description,
    schema,
    strict: false,
    ...settledOf(name, description, settings),
    timeoutMs: undefined,
    validate: async (value) => ({ ok: true, value }),
    execute: (_, { callId }) => byId.get(callId)?.run(),
  };
}

/** Waiting is told from slowness: on the span that is active around the tool. */
const tellWaitsOf =
  (id: string | undefined) =>
  ({ slotMs, barrierMs }: Waits): void => {
    if (slotMs + barrierMs < 1) return;
    trace.getActiveSpan()?.addEvent('fanlight.wait', {
      'fanlight.wait.call': id ?? '',
      'fanlight.wait.slot_ms': slotMs,
      'fanlight.wait.barrier_ms': barrierMs,
    });
  };

/** Items of `@openai/agents` spell the ids in camel case. */
function agentsItem(item: unknown): unknown {
  const { callId, ...rest } = (item ?? {}) as Json;
  return callId === undefined ? item : { ...rest, call_id: callId };
}

/** A message of the Vercel AI SDK: text, or parts. */
function vercelMessage(message: unknown): Message {
  const { role, content } = message as { role: Message['role']; content: unknown };
  if (typeof content === 'string') return { role, parts: [{ type: 'text', text: content }] };
  const parts = (Array.isArray(content) ? (content as Json[]) : []).flatMap((part): Part[] => {
    if (part['type'] === 'text') return [{ type: 'text', text: String(part['text']) }];
    if (part['type'] === 'reasoning') return [{ type: 'reasoning', text: String(part['text']) }];
    if (part['type'] === 'tool-call')
      return [
        { type: 'tool_call', id: String(part['toolCallId']), name: String(part['toolName']), arguments: part['input'] ?? part['args'] },
      ];
    if (part['type'] === 'tool-result') {
      const output = (part['output'] ?? part['result']) as Json | undefined;
      return [
        {
          type: 'tool_result',
          id: String(part['toolCallId']),
          content: output !== undefined && 'value' in output ? output['value'] : output,
        },
      ];
    }
    return [];
  });
  return { role, parts };
}
