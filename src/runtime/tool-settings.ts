import { z } from 'zod';
import { effectOf } from '../provenance/effect.ts';
import type { Effect, Tool } from './tool.ts';

/** What may be said of a tool beside its definition: by `guardTools`, and by a policy. */
export const toolSettingsSchema = z.strictObject({
  effect: z.enum(['read', 'write', 'unknown']).optional(),
  parallelizable: z.boolean().optional(),
  onConflict: z.enum(['serialize', 'defer']).optional(),
  dependsOn: z.array(z.string()).optional(),
});

export interface ToolSettings {
  effect?: Effect | undefined;
  parallelizable?: boolean | undefined;
  onConflict?: 'serialize' | 'defer' | undefined;
  dependsOn?: readonly string[] | undefined;
}

/** Without a prototype: a tool may be called `constructor`. */
const NOTHING_CONFIGURED = Object.create(null) as Record<string, Effect>;

/** The settings of a tool, with what is left open filled in. The reasons for the defaults: docs/runtime.md. */
export function settledOf(
  name: string,
  description: string,
  { effect, parallelizable = true, onConflict, dependsOn = [] }: ToolSettings,
): Pick<Tool, 'effect' | 'parallelizable' | 'onConflict' | 'dependsOn'> {
  const does = effect ?? effectOf(name, new Map([[name, { name, description }]]), NOTHING_CONFIGURED);
  return { effect: does, parallelizable, onConflict: onConflict ?? (does === 'write' ? 'defer' : 'serialize'), dependsOn: [...dependsOn] };
}
