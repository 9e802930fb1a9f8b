import { defineRule, type Rule } from './rule.ts';
import { queueFindings } from './rate-limited/queues.ts';
import { refusedModelCalls } from './rate-limited/refused-model-calls.ts';
import { refusedToolCalls } from './rate-limited/refused-tool-calls.ts';

/** Calls refused for coming too fast, and calls that waited for a free slot. What counts: `docs/rules/rate-limited.md`. */
export const rateLimited: Rule = defineRule({
  id: 'rate-limited',
  summary: 'Calls that a rate limit refused, or that waited for a free slot',
  severity: 'warning',
  analyze: (context) => [...refusedToolCalls(context), ...refusedModelCalls(context), ...queueFindings(context)],
});
