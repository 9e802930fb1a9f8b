import { existsSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readDataset, type Dataset } from '../dataset.ts';
import { EvaluationError } from '../error.ts';
import { checkSuite, type CheckedSuite, type RunRequest, type RunOutput, type Suite, type SuiteFile, type SuiteOptions } from './suite.ts';

export interface LoadedSuite {
  suite: CheckedSuite;
  dataset: Dataset;
  /** Where its relative paths start. */
  folder: string;
}

/** Loads a suite file, its `run` and its dataset. @throws EvaluationError */
export async function loadSuite(path: string, options: SuiteOptions): Promise<LoadedSuite> {
  const file = resolve(path);
  if (/\.jsonl?$/iu.test(file)) {
    throw new EvaluationError(`${path}: that is data; name the suite file, which exports \`defineSuite({ … })\` and names its dataset`);
  }
  if (!existsSync(file))
    throw new EvaluationError(`${path}: no such suite file; it exports \`defineSuite({ … })\` of fanlight/eval by default`);
  const exported = (await importModule(file)).default as SuiteFile | undefined;
  if (exported === undefined) throw new EvaluationError(`${path}: no default export; write \`export default defineSuite({ … })\``);
  const made = typeof exported === 'function' ? await exported(options) : exported;
  return resolveSuite(made, dirname(file), path);
}

/** Checks a suite that is in memory and reads what it names. */
export async function resolveSuite(made: Suite, folder: string, file?: string): Promise<LoadedSuite> {
  const suite = checkSuite(made, file);
  const dataset =
    typeof suite.dataset === 'string' ? await readDataset(resolve(folder, suite.dataset)) : { examples: [...suite.dataset], problems: [] };
  checkFunctions(suite, dataset, file);
  if (typeof suite.run === 'string') return { suite: { ...suite, run: await importRun(resolve(folder, suite.run)) }, dataset, folder };
  return { suite, dataset, folder };
}

/** A check that names a function the suite does not have would say nothing of any run. */
function checkFunctions({ checks = {} }: CheckedSuite, { examples }: Dataset, file = 'suite'): void {
  for (const { id, checks: wanted = [] } of examples) {
    for (const check of wanted) {
      if (check.type !== 'function' || Object.hasOwn(checks, check.function)) continue;
      const known = Object.keys(checks).join(', ') || 'none';
      throw new EvaluationError(
        `${file}: example ${JSON.stringify(id)} names the check ${JSON.stringify(check.function)}; the suite's \`checks\` are: ${known}`,
      );
    }
  }
}

async function importRun(file: string): Promise<(request: RunRequest) => Promise<RunOutput>> {
  if (!existsSync(file)) throw new EvaluationError(`${file}: no such module; the suite's \`run\` names it`);
  const module = await importModule(file);
  const run = module.run ?? module.default;
  if (typeof run !== 'function') throw new EvaluationError(`${file}: exports no function as \`run\` or by default`);
  return run as (request: RunRequest) => Promise<RunOutput>;
}

async function importModule(file: string): Promise<{ default?: unknown; run?: unknown }> {
  if (extname(file) === '.ts' && !('typescript' in process.features && process.features.typescript !== false)) {
    throw new EvaluationError(`${file}: TypeScript needs Node 22.18 or newer (this is ${process.version}); write it as .mjs`);
  }
  try {
    return (await import(pathToFileURL(file).href)) as { default?: unknown; run?: unknown };
  } catch (error) {
    throw new EvaluationError(`${file}: could not be loaded: ${(error as Error)?.message ?? String(error)}`, { cause: error });
  }
}
