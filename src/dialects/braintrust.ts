import { readLogged } from './braintrust-fields.ts';
import type { SpanDialect } from './dialect.ts';
import { asString, objectOf, parseIfJson } from './json.ts';
import { errorOf, factsOf } from './span-facts.ts';

/**
 * Spans as Braintrust's SDKs for Java, Go, Ruby and C# write them, or an app by hand. Names:
 * https://www.braintrust.dev/docs/integrations/sdk-integrations/opentelemetry/attributes (Braintrust attributes).
 * Spans of other instrumentations that go to Braintrust carry only `braintrust.parent` and are read by their own dialect.
 */
const SPAN = 'braintrust.span_attributes';
const INPUT = ['braintrust.input_json', 'braintrust.input'] as const;
const OUTPUT = ['braintrust.output_json', 'braintrust.output'] as const;
const METADATA = 'braintrust.metadata';
const METRICS = 'braintrust.metrics';

export const braintrust: SpanDialect = {
  id: 'braintrust',
  content: { json: ['braintrust.input_json', 'braintrust.output_json'] },

  detect: ({ attributes }) => asString(objectOf(attributes[SPAN])['type']) !== undefined,

  read(span, logs) {
    const { attributes } = span;
    const { type, name } = objectOf(attributes[SPAN]);
    const contentOf = ([asJson, asText]: readonly [string, string]): unknown => {
      const json = parseIfJson(attributes[asJson]);
      // What is no JSON under that name was cut.
      return (typeof attributes[asJson] === 'string' && json === attributes[asJson] ? undefined : json) ?? attributes[asText];
    };
    return readLogged(
      {
        name: asString(name) ?? span.name,
        type: asString(type),
        input: contentOf(INPUT),
        output: contentOf(OUTPUT),
        metadata: objectOf(attributes[METADATA]),
        metrics: objectOf(attributes[METRICS]),
        error: errorOf(span, logs),
      },
      factsOf(span, braintrust.id),
    );
  },
};
