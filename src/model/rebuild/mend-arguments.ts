import type { ToolCall } from '../run.ts';
import type { Keyed } from './fingerprint.ts';

/**
 * Some writers mix up the arguments of calls whose pieces a stream brings by turns: one call has the pieces of all,
 * the others none. Where a recorded batch holds arguments that are no JSON, what the next request repeats under the
 * same ids is what was called.
 */
export function mendArguments(batch: readonly ToolCall[], ids: ReadonlyMap<ToolCall, string>, history: readonly Keyed[]): void {
  if (!batch.some((call) => typeof call.arguments === 'string')) return;
  const repeated = new Map(
    history.flatMap(({ role, part }) =>
      role === 'assistant' && part.type === 'tool_call' && part.id !== undefined ? [[part.id, part.arguments] as const] : [],
    ),
  );
  for (const call of batch) call.arguments = repeated.get(ids.get(call) ?? '') ?? call.arguments;
}
