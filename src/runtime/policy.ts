import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { GuardMode } from './guard.ts';
import { withRunAloneHint } from './run-alone-hint.ts';
import { toolSettingsSchema } from './tool-settings.ts';
import type { Tool } from './tool.ts';

/** What is to change in an agent, as data: made by hand or by an analysis, applied by the runtime. */
const policySchema = z.strictObject({
  version: z.literal(1),
  /** Calls of one turn that run at once. */
  maxToolConcurrency: z.number().int().positive().optional(),
  parallelToolCalls: z.boolean().optional(),
  guard: z.enum(['off', 'warn', 'defer']).optional(),
  tools: z
    .record(
      z.string(),
      toolSettingsSchema.extend({
        /** Why, for those who read the file. */
        reason: z.string().optional(),
      }),
    )
    .optional(),
});

export type Policy = z.infer<typeof policySchema>;

/** A policy file that cannot be used; the message names the file, the place in it, and what is wrong. */
export class PolicyError extends Error {
  override name = 'PolicyError';
}

/** @throws PolicyError */
export async function loadPolicy(path: string): Promise<Policy> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new PolicyError(`${path} cannot be read: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}.`, {
      cause: error,
    });
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new PolicyError(`${path} is not valid JSON: ${(error as Error).message}.`, { cause: error });
  }
  return parsePolicy(value, path);
}

/** @param source what the message of an error calls it */
export function parsePolicy(value: unknown, source = 'the policy'): Policy {
  const parsed = policySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new PolicyError(`${source}: ${issue?.path.map(String).join('.') || 'the top level'}: ${issue?.message ?? 'not a policy'}.`);
}

/** What of a policy goes to `runAgent` or `guardTools`. */
export interface PolicySettings {
  maxToolConcurrency?: number;
  parallelToolCalls?: boolean;
  guard?: GuardMode;
}

/** The tools as the policy wants them. It may name tools that are not there. */
export function applyPolicy(
  tools: readonly Tool[],
  { tools: changes = {}, version: _version, ...settings }: Policy,
): { tools: Tool[]; settings: PolicySettings } {
  const changed = tools.map((tool) => {
    const { reason: _reason, ...change } = Object.hasOwn(changes, tool.name) ? (changes[tool.name] ?? {}) : {};
    const description = change.parallelizable === false ? withRunAloneHint(tool.description) : tool.description;
    return { ...tool, ...change, description } as Tool;
  });
  return { tools: changed, settings: settings as PolicySettings };
}
