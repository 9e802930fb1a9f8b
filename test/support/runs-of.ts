import { Readable } from 'node:stream';
import type { Run } from '../../src/model/run.ts';
import { readTraces } from '../../src/sources/read-traces.ts';

/** The runs that a reader makes of documents, one a line; a problem with any of them is an error. */
export async function runsOf(documents: readonly object[]): Promise<Run[]> {
  const stdin = Readable.from([documents.map((document) => JSON.stringify(document)).join('\n')]);
  const problems: string[] = [];
  const runs: Run[] = [];
  for await (const run of readTraces('-', { stdin, onProblem: ({ reason }) => problems.push(reason) })) runs.push(run);
  if (problems.length > 0) throw new Error(problems.join('; '));
  return runs;
}
