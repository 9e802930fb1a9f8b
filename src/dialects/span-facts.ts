import type { Usage } from '../model/message.ts';
import type { Origin } from '../model/observation.ts';
import { asNumber, asString } from './json.ts';
import { originOf, type Attributes, type LogRecord, type Span } from './span.ts';

/** What every observation of a span has, whatever wrote it. */
export interface SpanFacts {
  dialect: string;
  origin: Origin;
  start?: number;
  end?: number;
  conversationId?: string;
}

/** Of the conventions; other writers use it beside their own attributes. */
const CONVERSATION_ID = 'gen_ai.conversation.id';

export function factsOf(span: Span, dialect: string): SpanFacts {
  const conversationId = asString(span.attributes[CONVERSATION_ID]);
  return {
    dialect,
    origin: originOf(span),
    ...(span.start !== undefined && { start: span.start }),
    ...(span.end !== undefined && { end: span.end }),
    ...(conversationId !== undefined && { conversationId }),
  };
}

const ERROR_TYPE = 'error.type';
/** `exception`, `gen_ai.execute_tool.exception`, `gen_ai.client.operation.exception`. */
const EXCEPTION = /(?:^|\.)exception$/u;

/** What a span that failed says of it: the message of its exception, else of its status, else the type of the error. */
export function errorOf(span: Span, logs: readonly LogRecord[]): string | undefined {
  const type = asString(span.attributes[ERROR_TYPE]);
  if (span.status.code !== 2 && type === undefined) return undefined;
  const events = [...span.events, ...logs.map(({ eventName, attributes }) => ({ name: eventName ?? '', attributes }))];
  const exception = events.find(({ name }) => EXCEPTION.test(name))?.attributes['exception.message'];
  return asString(exception) ?? asString(span.status.message) ?? type ?? 'error';
}

/** Under which attributes a dialect counts tokens; of several spellings the first that is there. */
export interface UsageKeys {
  input: readonly string[];
  output: readonly string[];
  /** Of the input tokens, those that the provider had cached. */
  cached: readonly string[];
}

export function usageOf(attributes: Attributes, keys: UsageKeys): Usage | undefined {
  const inputTokens = asNumber(first(attributes, keys.input));
  const outputTokens = asNumber(first(attributes, keys.output));
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  const cachedInputTokens = asNumber(first(attributes, keys.cached));
  return {
    ...(inputTokens !== undefined && { inputTokens }),
    ...(outputTokens !== undefined && { outputTokens }),
    ...(cachedInputTokens !== undefined && { cachedInputTokens }),
  };
}

export function first(attributes: Attributes, keys: readonly string[]): unknown {
  for (const key of keys) if (attributes[key] !== undefined) return attributes[key];
  return undefined;
}
