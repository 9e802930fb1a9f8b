import { createReadStream, existsSync } from 'node:fs';
import { appendFile, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { ReportProblem } from '../analysis/report.ts';
import { EvaluationError } from './error.ts';
import { cellOf, runResultSchema, type RunResult } from './result.ts';
import { sentencesOf } from './sentences.ts';
import { thresholdsSchema } from './thresholds.ts';

/** The first line of a results file: what was run, and with what. */
const headerSchema = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal('fanlight-results'),
  suite: z.string(),
  note: z.string().optional(),
  /** False until every cell has its result: what an interrupted evaluation goes on from. */
  finished: z.boolean(),
  /** Changes with the dataset, the variants and the environment: results under another key are not gone on from. */
  key: z.string(),
  variants: z.array(z.object({ name: z.string(), settings: z.record(z.string(), z.unknown()) })),
  baseline: z.string(),
  gate: z.array(z.string()),
  thresholds: thresholdsSchema,
  trials: z.number().int().positive(),
  environment: z.record(z.string(), z.string()),
});

export type ResultsHeader = z.infer<typeof headerSchema>;

export interface ResultsFile {
  header: ResultsHeader;
  results: RunResult[];
  problems: ReportProblem[];
}

const ENDING = '.results.jsonl';

/** What an evaluation keeps in its folder. Readers of traces leave all but the traces out, by their names. */
export const filesOf = (folder: string, suite: string): { results: string; traces: string; verdicts: string } => ({
  results: join(folder, `${suite}${ENDING}`),
  traces: join(folder, 'traces.jsonl'),
  verdicts: join(folder, 'judge.verdicts.jsonl'),
});

/** The results file that a path names, or that lies in the folder it names; undefined if it is neither. */
export async function resultsFileAt(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) {
    const names = (await readdir(path, { recursive: true })).filter((entry) => entry.endsWith(ENDING)).toSorted();
    const [name, another] = names.map((entry) => join(path, entry));
    if (another !== undefined) throw new EvaluationError(`${path} holds ${names.length} evaluations; name one of them, such as ${name}`);
    return name;
  }
  if (found === undefined) return undefined;
  for await (const line of linesOf(path)) return line.includes('"kind":"fanlight-results"') ? path : undefined;
  return undefined;
}

/** Reads results; a line that is none, such as the half one of a killed process, is a problem and nothing more. */
export async function readResults(path: string): Promise<ResultsFile> {
  if (!existsSync(path)) throw new EvaluationError(`${path}: no such results file`);
  let header: ResultsHeader | undefined;
  const cells = new Map<string, RunResult>();
  const problems: ReportProblem[] = [];
  let line = 0;
  for await (const text of linesOf(path)) {
    line += 1;
    if (text.trim() === '') continue;
    const value = jsonOf(text);
    if (header === undefined) {
      const parsed = headerSchema.safeParse(value);
      if (!parsed.success) throw new EvaluationError(`${path}: not a results file of fanlight: ${sentencesOf(parsed.error).join('; ')}`);
      header = parsed.data;
      continue;
    }
    const parsed = runResultSchema.safeParse(value);
    if (parsed.success) cells.set(cellOf(parsed.data), parsed.data);
    else problems.push({ source: path, line, reason: value === undefined ? 'not valid JSON' : sentencesOf(parsed.error).join('; ') });
  }
  if (header === undefined) throw new EvaluationError(`${path}: an empty results file`);
  return { header, results: [...cells.values()], problems };
}

/** Writes the whole file, sorted, so that two of them can be compared line by line; it is there whole or not at all. */
export async function writeResults(path: string, header: ResultsHeader, results: readonly RunResult[]): Promise<void> {
  await writeFile(`${path}.tmp`, [header, ...sortResults(header, results)].map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  await rename(`${path}.tmp`, path);
}

/** By variant, as the suite lists them, then example and trial. */
export function sortResults({ variants }: ResultsHeader, results: readonly RunResult[]): RunResult[] {
  const order = new Map(variants.map(({ name }, i) => [name, i]));
  return results.toSorted(
    (a, b) =>
      (order.get(a.variant) ?? 0) - (order.get(b.variant) ?? 0) ||
      (a.example < b.example ? -1 : a.example > b.example ? 1 : a.trial - b.trial),
  );
}

/** Adds a result at once, so that a killed process loses none it had. */
export const appendResult = (path: string, result: RunResult): Promise<void> => appendFile(path, `${JSON.stringify(result)}\n`);

const linesOf = (path: string): AsyncIterable<string> => createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity });

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
