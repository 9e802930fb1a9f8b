import type { ModelCall } from '../model/observation.ts';
import { asString } from './json.ts';
import { originOf, type Attributes, type Span } from './span.ts';

/** What model calls, tools and agents of OpenInference have in common. */

export const ID = 'openinference';
export const KIND = 'openinference.span.kind';
export const INPUT = 'input.value';
export const INPUT_TYPE = 'input.mime_type';
export const OUTPUT = 'output.value';
export const OUTPUT_TYPE = 'output.mime_type';
export const AGENT_NAME = 'agent.name';
export const MODEL = 'llm.model_name';
const SESSION = 'session.id';

export function common(span: Span): Pick<ModelCall, 'dialect' | 'origin' | 'start' | 'end' | 'conversationId'> {
  const conversationId = asString(span.attributes[SESSION]);
  return {
    dialect: ID,
    origin: originOf(span),
    ...(span.start !== undefined && { start: span.start }),
    ...(span.end !== undefined && { end: span.end }),
    ...(conversationId !== undefined && { conversationId }),
  };
}

/** Some writers put the stack behind the message. */
const STACK = /\s*\n\s+at /u;

export function errorOf({ status, events }: Span): string | undefined {
  if (status.code !== 2) return undefined;
  const exception = events.find(({ name }) => name === 'exception')?.attributes['exception.message'];
  const message = asString(exception) ?? asString(status.message) ?? 'error';
  return message.split(STACK)[0];
}

export const first = (attributes: Attributes, keys: readonly string[]): string | undefined =>
  keys.map((key) => asString(attributes[key])).find((value) => value !== undefined);
