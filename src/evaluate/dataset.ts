import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { ReportProblem } from '../analysis/report.ts';
import { checkSchema } from './checks/schema.ts';
import { EvaluationError } from './error.ts';
import { sentencesOf } from './sentences.ts';

export const exampleSchema = z.strictObject({
  id: z.union([z.string().min(1), z.number()]).transform(String),
  /** Whatever the suite's `run` makes of it. */
  input: z.unknown().optional(),
  reference: z.string().optional().describe('What a right answer says; the judge compares with it.'),
  rubric: z.string().optional().describe('What the judge looks for in this example, instead of the suite’s rubric.'),
  checks: z.array(checkSchema).optional(),
  weight: z.number().positive().optional().describe('How often such tasks come in your traffic; default 1.'),
});

/** One task of the dataset. */
export type Example = z.output<typeof exampleSchema>;

export interface Dataset {
  examples: Example[];
  /** Lines that are no examples, and why. */
  problems: ReportProblem[];
}

/** Reads JSON Lines, an example a line. A broken line costs itself only; a file without any example is an error. */
export async function readDataset(path: string): Promise<Dataset> {
  if (!existsSync(path)) throw new EvaluationError(`${path}: no such dataset`);
  const examples: Example[] = [];
  const problems: ReportProblem[] = [];
  const seen = new Set<string>();
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) {
    line += 1;
    if (text.trim() === '') continue;
    const read = exampleOf(text);
    if (typeof read === 'string') problems.push({ source: path, line, reason: read });
    else if (seen.has(read.id))
      problems.push({ source: path, line, reason: `there is an example ${JSON.stringify(read.id)} already; ids are unique` });
    else {
      seen.add(read.id);
      examples.push(read);
    }
  }
  if (examples.length > 0) return { examples, problems };
  const why = problems.slice(0, 5).map((problem) => `\n  line ${problem.line}: ${problem.reason}`);
  throw new EvaluationError(`${path}: no example in it; write one JSON object a line, {"id": …, "input": …}${why.join('')}`);
}

function exampleOf(text: string): Example | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `not valid JSON: ${(error as Error).message}`;
  }
  const parsed = exampleSchema.safeParse(value);
  return parsed.success ? parsed.data : sentencesOf(parsed.error).join('; ');
}
