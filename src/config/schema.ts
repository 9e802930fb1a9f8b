import { z } from 'zod';

const severity = z.enum(['off', 'info', 'warning', 'error']);

const ruleOptions = z.strictObject({
  severity: severity.optional().describe("The rule's severity; `off` silences it."),
  ignoreTools: z.array(z.string()).optional().describe('Tools the rule leaves alone; `*` matches any characters.'),
  onlyTools: z.array(z.string()).optional().describe('The only tools the rule looks at; `*` matches any characters.'),
});

const toolOptions = z.strictObject({
  effect: z.enum(['read', 'write', 'unknown']).optional().describe('What the tool does to the world.'),
  speculative: z.boolean().optional().describe('Calls of this tool are started ahead of need on purpose: counted apart, never flagged.'),
});

const price = z.strictObject({
  input: z.number().nonnegative().describe('US dollars for a million input tokens.'),
  output: z.number().nonnegative().describe('US dollars for a million output tokens.'),
  cachedInput: z.number().nonnegative().optional().describe('US dollars for a million input tokens that the provider had cached.'),
});

export const configSchema = z.strictObject({
  tools: z.record(z.string(), toolOptions).optional().describe('What your tools do, by name.'),
  rules: z
    .record(z.string(), z.union([severity, ruleOptions]))
    .optional()
    .describe('Options by rule id.'),
  thresholds: z
    .strictObject({
      confidence: z.number().min(0).max(1).optional().describe('Findings below this confidence are left out (default 0.5).'),
    })
    .optional(),
  prices: z.record(z.string(), price).optional().describe('Prices by model name.'),
  priceTable: z
    .literal('genai-prices')
    .optional()
    .describe('Where models without a price above are looked up: the package @pydantic/genai-prices.'),
  reading: z
    .strictObject({ maxLineBytes: z.number().int().positive().optional().describe('Longest line that is read (default 64 MiB).') })
    .optional(),
});

/** What `fanlight.config.{js,ts,json}` holds. */
export type Config = z.infer<typeof configSchema>;

/** Types a config file: `export default defineConfig({ … })`. */
export function defineConfig(config: Config): Config {
  return config;
}
