import type { Observation, Origin, Scope } from '../model/observation.ts';
import type { DocumentDialect } from './dialect.ts';
import { asArray, asId, asString, isObject, parseIfStructured, type Json } from './json.ts';
import { observationOf } from './langfuse-observation.ts';
import { periodOf } from './openai-calls.ts';
import type { Place } from './span.ts';

/**
 * Observations and traces as Langfuse gives them back: answers of its API (`{data: [...]}`, a trace with its
 * observations), downloads of a trace, and rows of exports from the UI or to blob storage, whose cells may be JSON text.
 * https://langfuse.com/docs/api-and-data-platform/features/observations-api,
 * https://langfuse.com/docs/api-and-data-platform/features/blob-storage-export-fields. The API and the UI spell columns
 * in camel case, blob storage in snake case.
 */
export const langfuseExport: DocumentDialect = {
  id: 'langfuse-export',

  withoutCalls: 'holds no generation, and generations say what was asked and answered: export the observations too, not the traces alone',

  detect: (value) => rowsIn(value as Json).some((row) => isObservation(row) || isTrace(row)),

  read: (value, place) => rowsIn(value as Json).flatMap((row) => readRow(row, undefined, place)),
};

type Row = ReadonlyMap<string, unknown>;

/** Columns under names that no spelling tells apart: `traceId`, `trace_id` and `Trace ID` are `traceid`. */
const rowOf = (value: Json): Row =>
  new Map(Object.entries(value).map(([column, cell]) => [column.replaceAll(/[^a-z\d]/giu, '').toLowerCase(), cell]));

/** The rows of an answer with pages, or the document as the only one. */
function rowsIn(value: Json): Row[] {
  const data = asArray(value['data']).filter(isObject);
  return data.length > 0 && value['id'] === undefined ? data.map(rowOf) : [rowOf(value)];
}

const TYPES: ReadonlySet<unknown> = new Set('SPAN GENERATION EVENT AGENT TOOL CHAIN RETRIEVER EVALUATOR EMBEDDING GUARDRAIL'.split(' '));

const isObservation = (row: Row): boolean =>
  TYPES.has(row.get('type')) && has(row, 'id') && has(row, 'traceid') && row.get('starttime') !== undefined;

/** With its observations, or one row of a table of traces, which holds these columns whatever is in them. */
function isTrace(row: Row): boolean {
  if (row.has('messages')) return false;
  const observations = observationsIn(row).map(rowOf);
  return observations.length > 0
    ? observations.some(isObservation)
    : has(row, 'id') && row.has('timestamp') && ((row.has('bookmarked') && row.has('public')) || has(row, 'htmlpath'));
}

const has = (row: Row, column: string): boolean => asString(row.get(column)) !== undefined;

const observationsIn = (row: Row): Json[] => asArray(parseIfStructured(row.get('observations'))).filter(isObject);

function readRow(row: Row, sessionId: unknown, place: Place): Observation[] {
  if (isObservation(row)) return [readObservation(row, sessionId, place)];
  if (!isTrace(row)) return [];
  // A download has the trace beside its observations.
  const inner = row.get('trace');
  const trace = isObject(inner) ? rowOf(inner) : row;
  const session = trace.get('sessionid') ?? sessionId;
  const observations = observationsIn(row).flatMap((observation) => readRow(rowOf(observation), session, place));
  return has(trace, 'id') ? [readTrace(trace, place), ...observations] : observations;
}

/** What a trace holds as its input and output is said again by the observations in it. */
function readTrace(trace: Row, place: Place): Scope {
  const id = asString(trace.get('id')) ?? '';
  const conversationId = asId(trace.get('sessionid'));
  return {
    kind: 'scope',
    dialect: langfuseExport.id,
    origin: { ...place, traceId: id, spanId: id },
    name: asString(trace.get('name')) ?? 'trace',
    agent: false,
    ...(conversationId !== undefined && { conversationId }),
  };
}

function readObservation(row: Row, sessionId: unknown, place: Place): Observation {
  const metadata = parseIfStructured(row.get('metadata'));
  return observationOf({
    dialect: langfuseExport.id,
    origin: originOf(row, place),
    ...periodOf(row.get('starttime'), row.get('endtime')),
    type: String(row.get('type')).toLowerCase(),
    name: asString(row.get('name')) ?? 'unknown',
    input: row.get('input'),
    output: row.get('output'),
    metadata: isObject(metadata) ? metadata : {},
    model: asString(row.get('providedmodelname')) ?? row.get('model'),
    usage: usageIn(row),
    level: row.get('level'),
    statusMessage: row.get('statusmessage'),
    sessionId: row.get('sessionid') ?? sessionId,
  });
}

/** The first observation of a trace stands under the trace. */
function originOf(row: Row, place: Place): Origin {
  const traceId = asString(row.get('traceid')) ?? '';
  const parentSpanId = asString(row.get('parentobservationid')) ?? traceId;
  return { ...place, traceId, spanId: asString(row.get('id')) ?? '', parentSpanId };
}

/** `usageDetails`, or what the API had before it, in which no key stands for cached tokens. */
function usageIn(row: Row): unknown {
  const details = parseIfStructured(row.get('usagedetails'));
  return isObject(details) && Object.keys(details).length > 0 ? details : row.get('usage');
}
