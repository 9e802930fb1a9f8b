import { documentDialects } from '../dialects/index.ts';
import type { Observation } from '../model/observation.ts';
import type { ProblemLog } from './problem.ts';
import type { SourceRecord } from './read.ts';

/** What the first dialect that knows a JSON document makes of it; a problem where none does, or where it is wrong. */
export function readDocument({ value, place }: Extract<SourceRecord, { kind: 'document' }>, problems: ProblemLog): Observation[] {
  const dialect = documentDialects.find((candidate) => candidate.detect(value));
  if (dialect === undefined) {
    problems.add({
      ...place,
      reason:
        'a JSON object in no form that is known: neither spans (OTLP, Jaeger, Zipkin, …) nor a conversation (an object a line with `messages` or `input`; a message by itself has to be put into one)',
    });
    return [];
  }
  try {
    return dialect.read(value, place);
  } catch (error) {
    problems.add({ ...place, reason: (error as Error).message });
    return [];
  }
}
