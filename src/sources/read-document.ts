import { documentDialects } from '../dialects/index.ts';
import type { Json } from '../dialects/json.ts';
import type { Observation } from '../model/observation.ts';
import type { ProblemLog } from './problem.ts';
import type { SourceRecord } from './read.ts';
import { unknownTable } from './table-words.ts';

/** What the first dialect that knows a JSON document makes of it; a problem where none does, or where it is wrong. */
export function readDocument({ value, place, table }: Extract<SourceRecord, { kind: 'document' }>, problems: ProblemLog): Observation[] {
  const dialect = documentDialects.find((candidate) => candidate.detect(value));
  if (dialect === undefined) {
    if (table === undefined) problems.add({ ...place, reason: unknownObject(value) });
    else problems.addOnce({ source: place.source, reason: unknownTable(table) });
    return [];
  }
  try {
    return dialect.read(value, place);
  } catch (error) {
    problems.add({ ...place, reason: (error as Error).message });
    return [];
  }
}

function unknownObject({ data }: Json): string {
  if (Array.isArray(data) && data.length === 0)
    return 'an empty page: `data` holds no element. Ask for another page, time range or project';
  return 'a JSON object in no form that is known: neither spans (OTLP, Jaeger, Zipkin, …) nor a conversation (an object a line with `messages` or `input`; a message by itself has to be put into one)';
}
