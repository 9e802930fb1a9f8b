import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { rules } from '../../analyzers/index.ts';
import { configSchema, type Config } from './schema.ts';
import { closest } from './closest.ts';
import { ConfigError } from './error.ts';
import { withPriceTable } from './price-table.ts';

export { ConfigError };

const NAMES = ['fanlight.config.js', 'fanlight.config.mjs', 'fanlight.config.ts', 'fanlight.config.json'];

/** Loads the named config file, or the one in the folder if there is one; `{}` otherwise. Throws {@link ConfigError}. */
export async function loadConfig(path: string | undefined, folder: string): Promise<Config> {
  const file = path === undefined ? NAMES.map((name) => resolve(folder, name)).find((name) => existsSync(name)) : resolve(folder, path);
  if (file === undefined) return {};
  if (!existsSync(file)) throw new ConfigError(`${file}: no such config file`);
  const config = parseConfig(await readConfigFile(file), file);
  return config.priceTable === undefined ? config : { ...config, prices: await withPriceTable(config.prices ?? {}) };
}

/** Checks a config object; `name` stands in error messages. Throws {@link ConfigError}. */
export function parseConfig(value: unknown, name = 'config'): Config {
  const parsed = configSchema.safeParse(value);
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((issue) => `${name}: ${sentenceOf(issue)}`).join('\n'));
  const known = rules.map((rule) => rule.id);
  for (const id of Object.keys(parsed.data.rules ?? {})) {
    if (!known.includes(id)) throw new ConfigError(`${name}: there is no rule "${id}"${didYouMean(id, known)}`);
  }
  return parsed.data;
}

async function readConfigFile(file: string): Promise<unknown> {
  if (extname(file) === '.json') {
    try {
      return JSON.parse(await readFile(file, 'utf8')) as unknown;
    } catch (error) {
      throw new ConfigError(`${file}: not valid JSON: ${(error as Error).message}`, { cause: error });
    }
  }
  if (extname(file) === '.ts' && !('typescript' in process.features && process.features.typescript !== false)) {
    throw new ConfigError(
      `${file}: a TypeScript config needs Node 22.18 or newer (this is ${process.version}); rename it to fanlight.config.js`,
    );
  }
  try {
    const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
    if (module.default === undefined) throw new ConfigError(`${file}: no default export; write \`export default { … }\``);
    return module.default;
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`${file}: could not be loaded: ${(error as Error).message}`, { cause: error });
  }
}

function sentenceOf(issue: z.core.$ZodIssue): string {
  const place = issue.path.length === 0 ? '' : ` in ${issue.path.join('.')}`;
  if (issue.code === 'invalid_union' || issue.code === 'invalid_value') {
    const allowed = valuesAt(issue.path);
    if (allowed.length > 0) return `a value that is not known${place}; known: ${allowed.join(', ')}`;
  }
  if (issue.code === 'too_big') return `a value above ${issue.maximum}${place}`;
  if (issue.code === 'too_small') return `a value below ${issue.minimum}${place}`;
  if (issue.code !== 'unrecognized_keys') return `${issue.message}${place}`;
  const [key = ''] = issue.keys;
  const known = knownKeys(issue.path);
  return `there is no key "${key}"${place}${didYouMean(key, known)}`;
}

/** The words the schema allows at a path. */
function valuesAt(path: readonly PropertyKey[]): string[] {
  return schemasAt(path).flatMap((node) => node.enum ?? []);
}

/** The keys the schema allows at a path. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  return schemasAt(path).flatMap((node) => Object.keys(node.properties ?? {}));
}

function schemasAt(path: readonly PropertyKey[]): JsonSchema[] {
  const schema = z.toJSONSchema(configSchema) as JsonSchema;
  let at: JsonSchema[] = [schema];
  for (const step of path) {
    at = at
      .flatMap((node) => [...(node.anyOf ?? []), node])
      .flatMap((node) => {
        const next = node.properties?.[String(step)] ?? node.additionalProperties;
        return typeof next === 'object' ? [next] : [];
      });
  }
  return at.flatMap((node) => [...(node.anyOf ?? []), node]);
}

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  anyOf?: JsonSchema[];
  enum?: string[];
}

function didYouMean(word: string, known: readonly string[]): string {
  const near = closest(word, known);
  if (near !== undefined) return `; did you mean "${near}"?`;
  return known.length === 0 ? '' : `; known: ${known.join(', ')}`;
}
