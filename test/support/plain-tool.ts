import type { Tool } from '../../src/runtime/tool.ts';

/** A reading tool that takes whatever it is given, as it stands after `defineTool`. */
export const plainTool = (name: string, execute: Tool['execute'], more: Partial<Tool> = {}): Tool => ({
  name,
  description: `${name}.`,
  schema: { type: 'object', properties: {}, additionalProperties: true },
  strict: false,
  effect: 'read',
  parallelizable: true,
  onConflict: 'serialize',
  dependsOn: [],
  timeoutMs: undefined,
  validate: async (value) => ({ ok: true, value }),
  execute,
  ...more,
});
