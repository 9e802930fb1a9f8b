import { asString, isJson, type Json } from '../content/message.ts';
import { safely } from '../safely.ts';
import { Telemetry } from '../telemetry.ts';
import type { InstrumentationOptions } from '../settings.ts';
import { executeTool } from './execute.ts';
import { traceRunnable } from './runnable.ts';
import { isTraced, markTraced, type AnyFunction } from './traced.ts';

export interface TracedToolOptions {
  /** `gen_ai.tool.name`. Default: the function's own name. */
  name?: string;
  description?: string;
  /** Finds `tool_call_id` in what the function is called with. Default: by name and arguments, from the turn in flight. */
  callId?: (...args: unknown[]) => string | undefined;
  /** Where spans go and what they hold. Default: as the client that made the call. */
  telemetry?: InstrumentationOptions;
}

/**
 * The function, each call of it an `execute_tool` span. Its first argument is taken for the tool's arguments.
 *
 *     const search = tracedTool(async ({ query }) => …, { name: 'search' });
 */
export function tracedTool<F extends (...args: never[]) => unknown>(run: F, options: TracedToolOptions = {}): F {
  if (typeof run !== 'function' || isTraced(run)) return run;
  const telemetry = options.telemetry === undefined ? undefined : new Telemetry(options.telemetry);
  return traced(run as unknown as AnyFunction, options.name ?? run.name, { ...options, telemetry }) as unknown as F;
}

interface Tracing {
  description?: string | undefined;
  callId?: ((...args: unknown[]) => string | undefined) | undefined;
  /** Which argument holds the tool's arguments. */
  argumentsAt?: number;
  telemetry?: Telemetry | undefined;
}

function traced(run: AnyFunction, name: string, { description, callId, argumentsAt = 0, telemetry }: Tracing): AnyFunction {
  const wrapper = function (this: unknown, ...args: unknown[]): unknown {
    const id = callId === undefined ? undefined : safely('reading a call id', () => callId(...args));
    return executeTool({ name, callId: id, arguments: args[argumentsAt], description, telemetry }, () => run.apply(this, args));
  };
  return markTraced(wrapper, run);
}

/**
 * A whole tool table, traced; the table and its tools stay as they are. Knows
 * - an object of functions, by name, or of tools with `execute` (Vercel AI SDK),
 * - a list of `runTools` tools, of `@openai/agents` function tools, or of functions.
 *
 * What it does not know it hands back untouched.
 */
export function traceTools<T extends object>(tools: T, options: { telemetry?: InstrumentationOptions } = {}): T {
  const telemetry = options.telemetry === undefined ? undefined : new Telemetry(options.telemetry);
  const trace = (tool: unknown, name: string | undefined): unknown =>
    safely('wrapping a tool', () => traceOne(tool, name, telemetry)) ?? tool;
  if (Array.isArray(tools)) return tools.map((tool: unknown) => trace(tool, undefined)) as unknown as T;
  if (isRunnable(tools)) return trace(tools, undefined) as T;
  return Object.fromEntries(Object.entries(tools).map(([name, tool]) => [name, trace(tool, name)])) as T;
}

const isRunnable = (tool: object): boolean =>
  typeof (tool as Json)['type'] === 'string' && ('function' in tool || 'invoke' in tool || 'execute' in tool);

function traceOne(tool: unknown, key: string | undefined, telemetry: Telemetry | undefined): unknown {
  if (typeof tool === 'function') return isTraced(tool) ? tool : traced(tool as AnyFunction, key ?? tool.name, { telemetry });
  if (!isJson(tool)) return tool;
  if (isJson(tool['function'])) return traceRunnable(tool, telemetry);
  const name = key ?? asString(tool['name']);
  const description = asString(tool['description']);
  // @openai/agents: invoke(runContext, input, { toolCall })
  if (typeof tool['invoke'] === 'function' && name !== undefined) {
    const callId = (_context: unknown, _input: unknown, details: unknown): string | undefined =>
      isJson(details) && isJson(details['toolCall']) ? asString(details['toolCall']['callId']) : undefined;
    return withMethod(tool, 'invoke', name, { description, callId, argumentsAt: 1, telemetry });
  }
  // Vercel AI SDK: execute(input, { toolCallId })
  if (typeof tool['execute'] === 'function' && name !== undefined) {
    const callId = (_input: unknown, details: unknown): string | undefined =>
      isJson(details) ? asString(details['toolCallId']) : undefined;
    return withMethod(tool, 'execute', name, { description, callId, telemetry });
  }
  return tool;
}

/** A copy of the tool that differs in one method; methods it inherits, and hidden properties, stay. */
function withMethod(tool: Json, method: string, name: string, tracing: Tracing): Json {
  const original = tool[method] as AnyFunction;
  if (isTraced(original)) return tool;
  const copy = Object.create(Object.getPrototypeOf(tool) as object | null, Object.getOwnPropertyDescriptors(tool)) as Json;
  Object.defineProperty(copy, method, { value: traced(original, name, tracing), enumerable: true, configurable: true, writable: true });
  return copy;
}

/** A call as the model made it: of chat completions, or an item of the Responses API. */
export interface ToolCallLike {
  id?: string | null;
  call_id?: string | null;
  name?: string;
  arguments?: unknown;
  function?: { name: string; arguments: string };
}

/**
 * Runs one tool call of the model's in an `execute_tool` span, for loops that dispatch by hand:
 *
 *     const result = await withToolCall(call, () => tools[call.function.name](JSON.parse(call.function.arguments)));
 */
export function withToolCall<T>(call: ToolCallLike, run: () => T): T {
  const execution = safely('reading a tool call', () => ({
    name: call.function?.name ?? call.name ?? 'unknown',
    callId: call.call_id ?? call.id ?? undefined,
    arguments: call.function?.arguments ?? call.arguments,
  }));
  return execution === undefined ? run() : executeTool(execution, run);
}
