import type { SpanDialect } from './dialect.ts';
import { asString, type Json } from './json.ts';
import { observationOf } from './langfuse-observation.ts';
import { originOf, type Attributes } from './span.ts';

/**
 * Spans of Langfuse's SDKs, as they go over OTLP to Langfuse or anywhere else. Names:
 * https://github.com/langfuse/langfuse-js/blob/main/packages/core/src/constants.ts. Each attribute holds text, or JSON as text.
 */
const PREFIX = 'langfuse.observation.';
const TYPE = `${PREFIX}type`;
const METADATA = `${PREFIX}metadata`;
const SESSIONS = ['session.id', 'langfuse.session.id'];

export const langfuse: SpanDialect = {
  id: 'langfuse',
  content: { text: ['langfuse.observation.input', 'langfuse.observation.output'] },

  detect: ({ attributes }) => asString(attributes[TYPE]) !== undefined,

  read: (span) => {
    const { attributes } = span;
    const told = (key: string): unknown => attributes[`${PREFIX}${key}`];
    return observationOf({
      dialect: langfuse.id,
      origin: originOf(span),
      type: String(attributes[TYPE]).toLowerCase(),
      name: span.name,
      input: told('input'),
      output: told('output'),
      metadata: metadataIn(attributes),
      model: told('model.name'),
      usage: told('usage_details'),
      level: told('level'),
      statusMessage: told('status_message'),
      sessionId: SESSIONS.map((key) => attributes[key]).find((id) => id !== undefined),
      ...(span.start !== undefined && { start: span.start }),
      ...(span.end !== undefined && { end: span.end }),
    });
  },
};

/** One attribute a key. */
function metadataIn(attributes: Attributes): Json {
  const metadata: Json = {};
  for (const [key, value] of Object.entries(attributes))
    if (key.startsWith(`${METADATA}.`)) metadata[key.slice(METADATA.length + 1)] = value;
  return metadata;
}
