import { textOf } from '../model/canonical.ts';
import type { ToolCall } from '../model/run.ts';
import { RATE_LIMIT } from '../text/words.ts';
import type { Facts } from './facts.ts';

/** A refusal is short; what is long is about something else. */
const SHORT = 1000;

/** What a call was told that was refused for too many requests; undefined for any other. Only a failure says so of itself. */
export function refusalOf(call: ToolCall, facts: Facts): string | undefined {
  if (facts.outcome(call) !== 'failure') return undefined;
  const text = textOf(call.result?.content);
  return text.length <= SHORT && RATE_LIMIT.test(text) ? text : undefined;
}
