import type { Effect } from '../provenance/effect.ts';
import { SchemaError, type JsonSchema } from './json-schema.ts';
import { readParameters } from './parameters.ts';
import { withRunAloneHint } from './run-alone-hint.ts';
import type { StandardSchema } from './standard-schema.ts';
import { toStrictSchema } from './strict-schema.ts';
import { settledOf } from './tool-settings.ts';
import type { Tool, ToolContext } from './tool.ts';
import { validatorOf } from './validate.ts';

/** A tool that cannot be defined: the message names the tool, what is wrong and what to write instead. */
export class ToolDefinitionError extends Error {
  override name = 'ToolDefinitionError';
}

/** A Zod schema, any Standard Schema (https://standardschema.dev), or a JSON Schema object. */
export type ToolParameters = StandardSchema | Readonly<Record<string, unknown>>;

/** What `execute` is given: what the schema makes of the arguments; of a plain JSON Schema, an object. */
export type InputOf<Schema> = Schema extends { readonly '~standard': { readonly types?: infer Types } }
  ? NonNullable<Types> extends { readonly output: infer Output }
    ? Output
    : unknown
  : Record<string, unknown>;

export interface ToolDefinition<Schema extends ToolParameters> {
  /** Letters, digits, `_` and `-`; 64 at most. */
  name: string;
  description: string;
  parameters: Schema;
  /** JSON Schema of what the model sends, for a schema library that cannot tell it. */
  jsonSchema?: Readonly<Record<string, unknown>> | undefined;
  /** Runs the tool. What it returns or resolves to is the result; what it throws is told to the model as a failure. */
  execute(input: InputOf<Schema>, context: ToolContext): unknown;
  /** What the tool does to the world. Default: told from its name and description. */
  effect?: Effect | undefined;
  /** False for a tool that nothing of its turn may run beside; the model is told so in the description. Default true. */
  parallelizable?: boolean | undefined;
  /**
   * What happens to a run-alone call that comes beside others: `serialize` runs it after them, `defer` gives it back
   * for the model to issue again with their results. Default: `defer` for a tool that writes, else `serialize`.
   */
  onConflict?: 'serialize' | 'defer' | undefined;
  /** Names of the tools whose results this one needs. */
  dependsOn?: readonly string[] | undefined;
  /** Makes the schema strict, so that the model cannot leave out or invent arguments. Default true. */
  strict?: boolean | undefined;
  /** Longest time of one call, in milliseconds. Default: only what the run sets. */
  timeoutMs?: number | undefined;
}

/** Makes a tool of a definition. Throws {@link ToolDefinitionError} where it can say now what would fail later. */
export function defineTool<const Schema extends ToolParameters>(definition: ToolDefinition<Schema>): Tool<InputOf<Schema>> {
  const { name, description, strict = true, timeoutMs } = definition;
  checkDefinition(definition);
  const settings = settledOf(name, description, definition);
  const { parameters, schema } = schemasOf(definition, strict);
  return {
    name,
    description: settings.parallelizable ? description : withRunAloneHint(description),
    schema,
    strict,
    ...settings,
    timeoutMs,
    validate: validatorOf<InputOf<Schema>>(name, parameters),
    execute: (input, context) => definition.execute(input, context),
  };
}

function schemasOf(
  { name, parameters: given, jsonSchema }: Pick<ToolDefinition<ToolParameters>, 'name' | 'parameters' | 'jsonSchema'>,
  strict: boolean,
): { parameters: ReturnType<typeof readParameters>; schema: JsonSchema } {
  try {
    const parameters = readParameters(given, jsonSchema, strict);
    return { parameters, schema: strict ? strictOf(name, parameters.schema) : parameters.schema };
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    throw new ToolDefinitionError(`Tool "${name}": its parameters cannot be used: ${error.message}.`, { cause: error });
  }
}

function strictOf(name: string, schema: JsonSchema): JsonSchema {
  try {
    return toStrictSchema(schema);
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    throw new ToolDefinitionError(
      `Tool "${name}": its parameters cannot be strict, at ${error.path}: ${error.message}. Change the schema, or set strict: false.`,
      { cause: error },
    );
  }
}

const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** For those who write JavaScript: types say most of this. */
function checkDefinition({
  name,
  description,
  execute,
  effect,
  onConflict,
  dependsOn = [],
  timeoutMs,
}: ToolDefinition<ToolParameters>): void {
  const refuse = (what: string): never => {
    throw new ToolDefinitionError(`Tool ${JSON.stringify(name)}: ${what}.`);
  };
  if (typeof name !== 'string' || !/^[a-zA-Z0-9_-]{1,64}$/u.test(name)) refuse('a name is 1 to 64 letters, digits, "_" or "-"');
  if (typeof description !== 'string') refuse('the description has to be a text');
  if (typeof execute !== 'function') refuse('execute has to be a function');
  if (effect !== undefined && !['read', 'write', 'unknown'].includes(effect)) refuse('effect is "read", "write" or "unknown"');
  if (onConflict !== undefined && !['serialize', 'defer'].includes(onConflict)) refuse('onConflict is "serialize" or "defer"');
  if (!Array.isArray(dependsOn) || dependsOn.some((other) => typeof other !== 'string')) refuse('dependsOn is a list of tool names');
  if (dependsOn.includes(name)) refuse('dependsOn names the tool itself');
  if (timeoutMs !== undefined && !(timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS)) {
    refuse(`timeoutMs is a number of milliseconds from 1 to ${MAX_TIMEOUT_MS}; leave it out for no limit`);
  }
}
