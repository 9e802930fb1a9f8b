import { readFileSync, statSync } from 'node:fs';
import type { LearnedGraph } from '../analysis/learned/graph-schema.ts';
import { learnedGraphSchema } from '../analysis/learned/graph-schema.ts';
import { learn } from '../analysis/learned/learn.ts';
import type { Config } from '../config/schema.ts';
import type { Backend } from '../sources/backends/backend.ts';
import { UsageError, type Option, type Values } from './command.ts';
import { progressLine } from './progress.ts';

/** Options of commands that judge with what other runs taught. */
export const learnedOptions: Readonly<Record<string, Option>> = {
  learn: { type: 'boolean', help: 'read the input twice: learn first what feeds which argument, then judge with it' },
  learned: { type: 'string', value: 'FILE', help: 'judge with what fanlight graph --format json wrote' },
};

/** What the command line gives to judge with. Throws {@link UsageError}. */
export async function learnedFrom(
  values: Values,
  inputs: readonly string[],
  backends: readonly Backend[],
  { config, maxLineBytes }: { config: Config; maxLineBytes?: number },
): Promise<LearnedGraph | undefined> {
  const file = values['learned'] as string | undefined;
  if (values['learn'] !== true) return file === undefined ? undefined : readLearned(file);
  if (file !== undefined) throw new UsageError('Either --learn or --learned: both say what to judge with.');
  const once = inputs.find((input) => input === '-' || !isReadTwice(input)) ?? backends[0]?.kind;
  if (once !== undefined) {
    throw new UsageError(
      `--learn reads everything twice, and ${once === '-' ? 'standard input' : once} can be read once. Save it to a file, or learn from earlier traces: fanlight graph <files> --format json -o learned.json, then --learned learned.json.`,
    );
  }
  const progress = progressLine(process.stderr);
  try {
    return await learn(inputs, { config, reading: { onProgress: progress.reading, ...(maxLineBytes !== undefined && { maxLineBytes }) } });
  } finally {
    progress.clear();
  }
}

/** Files and folders are, and so is what a glob finds; a pipe is not. */
function isReadTwice(input: string): boolean {
  const found = statSync(input, { throwIfNoEntry: false });
  return found === undefined || found.isFile() || found.isDirectory();
}

function readLearned(file: string): LearnedGraph {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new UsageError(`${file} cannot be read: ${isMissing ? 'there is no such file' : (error as Error).message}.`, { cause: error });
  }
  const parsed = learnedGraphSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(
    `${file} is not what fanlight graph --format json writes: ${issue?.path.join('.') || 'the top level'}: ${issue?.message ?? 'something else'}.`,
  );
}
