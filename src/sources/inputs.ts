import { realpath, stat } from 'node:fs/promises';
import { glob, isDynamicPattern } from 'tinyglobby';
import type { ProblemLog } from './problem.ts';

export interface InputFile {
  /** Path, or `-` for standard input. */
  path: string;
  /** Bytes on disk; undefined for standard input. */
  size: number | undefined;
}

/** In folders: endings of trace files, with or without `.gz` or `.zst`; files without an ending are tried too. */
const TRACE_NAME = /(?:(?:^|\/)[^/.]+|\.(?:jsonl?|ndjson|csv|parquet|pb|bin|binpb|otlp|proto))(?:\.gz|\.zst)?$/iu;
/** Fixtures keep what is expected beside the input; an evaluation keeps its results there. */
const LEFT_OUT = /\.(?:expected\.json|results\.jsonl|verdicts\.jsonl)$/iu;

/** Files, folders, globs and `-` as files, in a stable order. What does not exist is a problem, not an error. */
export async function expandInputs(inputs: readonly string[], problems: ProblemLog): Promise<InputFile[]> {
  const files: InputFile[] = [];
  for (const input of inputs) {
    if (input === '-') files.push({ path: '-', size: undefined });
    else files.push(...(await expandOne(input, problems)));
  }
  return distinct(files);
}

/** Named twice, or reached again through a link, a file is still read once, under its shortest path. */
async function distinct(files: InputFile[]): Promise<InputFile[]> {
  const byTarget = new Map<string, InputFile>();
  for (const file of files) {
    const target = file.path === '-' ? '-' : await realpath(file.path).catch(() => file.path);
    const known = byTarget.get(target);
    if (known === undefined || file.path.length < known.path.length) byTarget.set(target, file);
  }
  const kept = new Set(byTarget.values());
  return files.filter((file) => kept.has(file));
}

async function expandOne(input: string, problems: ProblemLog): Promise<InputFile[]> {
  const found = await stat(input).catch((error: NodeJS.ErrnoException) => error);
  // Not `instanceof`: in Jest, errors of Node are of another realm.
  if ('isDirectory' in found) {
    if (!found.isDirectory()) return [{ path: input, size: found.size }];
    const names = await glob('**/*', { cwd: input, ignore: ['**/node_modules/**'], dot: false });
    const files = await withSizes(
      names.filter((name) => TRACE_NAME.test(name) && !LEFT_OUT.test(name)).map((name) => `${input.replace(/\/+$/u, '')}/${name}`),
    );
    if (files.length === 0)
      problems.add({ source: input, reason: 'the folder holds no trace files (.json, .jsonl, .pb, .csv, .parquet, plain or .gz or .zst)' });
    return files;
  }
  if (isDynamicPattern(input)) {
    const files = await withSizes((await glob(input, { absolute: false })).filter((name) => !LEFT_OUT.test(name)));
    if (files.length === 0) problems.add({ source: input, reason: 'no file matches this pattern' });
    return files;
  }
  problems.add({
    source: input,
    reason: found.code === 'ENOENT' ? 'no such file or folder' : `cannot be read: ${found.message}`,
  });
  return [];
}

/** `trace-2` before `trace-10`, the same everywhere. */
const natural = new Intl.Collator('en', { numeric: true });

async function withSizes(paths: string[]): Promise<InputFile[]> {
  const files = await Promise.all(
    paths.map(async (path) => {
      // A dangling link, or a file that is gone by now: left to the reader to say so.
      const found = await stat(path).catch(() => undefined);
      return found?.isDirectory() === true ? [] : [{ path, size: found?.size ?? 0 }];
    }),
  );
  return files.flat().toSorted((a, b) => natural.compare(a.path, b.path) || (a.path < b.path ? -1 : 1));
}
