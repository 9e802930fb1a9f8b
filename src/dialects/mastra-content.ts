import type { Message } from '../model/message.ts';
import { asArray, asString, isObject, parseIfJson, type Json } from './json.ts';
import { readInputMessages } from './gen-ai-messages.ts';
import { lacks, withoutGaps } from './left-out.ts';
import type { Span } from './span.ts';
import { readVercelMessages } from './vercel-ai-messages.ts';

/** What kind of span Mastra says it is: `agent_run`, `model_step`, `tool_call`, … */
export const typeOf = ({ attributes }: Pick<Span, 'attributes'>): string | undefined => asString(attributes['mastra.span.type']);

/** What Mastra puts in the place of what is too deep, too long or too much (`serializationOptions`), or looks like a secret. */
const CUT = /\[MaxDepth\]|\[REDACTED\]|…\[truncated\]|\[…\d+ more items\]|"__truncated":"\d+ more keys omitted"/u;

export const isCutValue = (value: unknown): boolean => lacks(value, CUT);

/** What a loop was given: `{messages}` as the AI SDK hands them over, or, where the loop is written as the call, the conventions' form. */
export function readGiven(loop: Span): Message[] | undefined {
  const { attributes } = loop;
  const input = parseIfJson(attributes['mastra.model_generation.input'] ?? attributes['input']);
  const list = isObject(input) ? input['messages'] : undefined;
  // A list that was cut ends with a sentence instead of a message.
  if (Array.isArray(list) && !list.every(isObject)) return undefined;
  return withoutGaps(readVercelMessages(list) ?? readInputMessages(attributes['gen_ai.input.messages']), CUT);
}

/** The answer of a step: `{text, toolCalls}`; undefined where it was not recorded or is not whole. */
export function readAnswer(span: Span, type: string): Message | undefined {
  const output = parseIfJson(span.attributes[`mastra.${type}.output`] ?? span.attributes['output']);
  if (!isObject(output) || !Array.isArray(output['toolCalls']) || !output['toolCalls'].every(isObject)) return undefined;
  const calls = output['toolCalls'].map((call: Json) => ({ ...call, type: 'tool-call' }));
  const content = [{ type: 'text', text: asString(output['text']) }, ...asArray(calls)];
  const [answer] = withoutGaps(readVercelMessages([{ role: 'assistant', content }]), CUT) ?? [];
  return answer && { ...answer, choice: 0 };
}
