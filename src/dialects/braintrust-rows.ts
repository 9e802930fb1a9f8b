import type { Observation } from '../model/observation.ts';
import { readLogged } from './braintrust-fields.ts';
import type { DocumentDialect } from './dialect.ts';
import { asArray, asString, isObject, objectOf, parseIfStructured, type Json } from './json.ts';
import { errorOf, periodOf } from './openai-calls.ts';
import type { Place } from './span.ts';

/**
 * Rows of Braintrust's logs and experiments, one a line, or as its API answers them (`{events}`, `{data}`):
 * https://www.braintrust.dev/docs/api-reference/logs/fetch-project-logs-get-form
 */
export const braintrustRows: DocumentDialect = {
  id: 'braintrust',
  detect: (value) => rowsOf(value as Json).some(isRow),
  read: (value, place) => rowsOf(value as Json).flatMap((row) => (isRow(row) ? [readRow(row, place)] : [])),
};

const rowsOf = (value: Json): unknown[] => [value, ...['events', 'data', 'rows'].flatMap((key) => asArray(value[key]))];

const isRow = (value: unknown): value is Json =>
  isObject(value) &&
  asString(value['span_id']) !== undefined &&
  asString(value['root_span_id']) !== undefined &&
  (isObject(value['span_attributes']) || asString(value['span_attributes']) !== undefined);

function readRow(row: Json, place: Place): Observation {
  const { name, type } = objectOf(row['span_attributes']);
  const metrics = objectOf(row['metrics']);
  const [parent] = asArray(parseIfStructured(row['span_parents']));
  const parentSpanId = asString(parent);
  return readLogged(
    {
      name: asString(name) ?? 'unknown',
      type: asString(type),
      input: parseIfStructured(row['input']),
      output: parseIfStructured(row['output']),
      metadata: objectOf(row['metadata']),
      metrics,
      error: errorOf(parseIfStructured(row['error'])),
    },
    {
      dialect: braintrustRows.id,
      origin: {
        ...place,
        traceId: String(row['root_span_id']),
        spanId: String(row['span_id']),
        ...(parentSpanId !== undefined && { parentSpanId }),
      },
      ...periodOf(metrics['start'] ?? row['created'], metrics['end']),
    },
  );
}
