import type { Observation, Scope, ToolExecution } from '../model/observation.ts';
import type { SpanDialect } from './dialect.ts';
import { readTool } from './gen-ai-tool.ts';
import { asString, isObject, parseIfJson } from './json.ts';
import { factsOf } from './span-facts.ts';
import type { LogRecord, Span } from './span.ts';

/**
 * What OpenLLMetry (Traceloop) adds to the GenAI conventions: spans of workflows, tasks, agents and tools. Its model
 * calls are GenAI spans. Names:
 * https://github.com/traceloop/openllmetry/blob/main/packages/opentelemetry-semantic-conventions-ai
 */
const KIND = 'traceloop.span.kind';
const NAME = 'traceloop.entity.name';
const INPUT = 'traceloop.entity.input';
const OUTPUT = 'traceloop.entity.output';

export const traceloop: SpanDialect = {
  id: 'traceloop',
  content: { text: ['traceloop.entity.input', 'traceloop.entity.output'] },

  // Any other span that says what it did in the words of the conventions as well is read by those.
  detect: ({ attributes }) =>
    attributes[KIND] === 'tool' || (asString(attributes[KIND]) !== undefined && attributes['gen_ai.operation.name'] === undefined),

  read(span, logs): Observation {
    return span.attributes[KIND] === 'tool' ? readExecution(span, logs) : readScope(span);
  },
};

function readExecution(span: Span, logs: readonly LogRecord[]): ToolExecution {
  const { attributes } = span;
  const execution = readTool(span, logs, traceloop.id);
  execution.name = asString(attributes[NAME]) ?? execution.name.replace(/\.tool$/u, '');
  const args = argumentsOf(whole(attributes[INPUT]));
  if (args !== undefined) execution.arguments ??= args;
  const output = whole(attributes[OUTPUT]);
  if (output !== undefined) execution.result ??= output;
  return execution;
}

/** Decoded JSON, or text; JSON that breaks off is unknown. */
function whole(value: unknown): unknown {
  const decoded = parseIfJson(value);
  return typeof decoded === 'string' && decoded === value && /^\s*[[{"]/u.test(decoded) ? undefined : (decoded ?? undefined);
}

/**
 * The function's own parameters, `{args, kwargs}`. A tool's arguments are one object, as `args`, the only one of
 * `args`, or `kwargs`; values by position do not say which argument they are.
 */
function argumentsOf(input: unknown): unknown {
  if (!isObject(input) || !('args' in input || 'kwargs' in input)) return input;
  const { args, kwargs } = input;
  if (isObject(args)) return args;
  if (Array.isArray(args) && args.length > 0) return args.length === 1 && isObject(args[0]) ? args[0] : undefined;
  return isObject(kwargs) ? kwargs : undefined;
}

function readScope(span: Span): Scope {
  const kind = span.attributes[KIND];
  return {
    ...factsOf(span, traceloop.id),
    kind: 'scope',
    name: asString(span.attributes[NAME]) ?? span.name,
    // A task is one step of the agent or workflow above it.
    agent: kind === 'agent' || kind === 'workflow',
  };
}
