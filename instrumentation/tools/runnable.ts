import type { Telemetry } from '../telemetry.ts';
import { asString, isJson, type Json } from '../content/message.ts';
import { executeTool } from './execute.ts';
import { isTraced, markTraced, type AnyFunction } from './traced.ts';

/**
 * The body of `runTools` with its tools traced. Tools are inherited from, not copied: the client's helpers mark theirs
 * with properties that a copy would lose, and the app's own objects stay as they are.
 */
export function traceRunnableTools(body: unknown, telemetry: Telemetry): unknown {
  if (!isJson(body) || !Array.isArray(body['tools'])) return body;
  return { ...body, tools: body['tools'].map((tool: unknown) => traceRunnable(tool, telemetry)) };
}

export function traceRunnable(tool: unknown, telemetry: Telemetry | undefined): unknown {
  if (!isJson(tool) || !isJson(tool['function'])) return tool;
  const made = tool['function'];
  const own = made['function'];
  if (typeof own === 'function') {
    if (isTraced(own)) return tool;
    const name = asString(made['name']) ?? own.name;
    return inherit(tool, { function: inherit(made, { function: tracedRunnable(own as AnyFunction, name, made, telemetry) }) });
  }
  const callback = tool['$callback'];
  if (typeof callback !== 'function' || isTraced(callback)) return tool;
  return inherit(tool, {
    $callback: tracedRunnable(callback as AnyFunction, asString(made['name']) ?? callback.name, undefined, telemetry),
  });
}

/** @param self what the function is a method of: the client calls it on its holder */
function tracedRunnable(run: AnyFunction, name: string, self: Json | undefined, telemetry: Telemetry | undefined): AnyFunction {
  const traced = function (this: unknown, ...args: unknown[]): unknown {
    return executeTool({ name, arguments: args[0], telemetry }, () => run.apply(self ?? this, args));
  };
  return markTraced(traced, run);
}

const inherit = (from: Json, changed: Json): Json =>
  Object.create(
    from,
    Object.fromEntries(
      Object.entries(changed).map(([key, value]) => [key, { value, enumerable: true, configurable: true, writable: true }]),
    ),
  ) as Json;
