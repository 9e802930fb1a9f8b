import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { VERSION } from '../../../instrumentation/version.ts';

/** Packages whose versions change what a comparison measures. */
const PACKAGES = ['openai', '@openai/agents', 'ai', '@langchain/core', '@langchain/openai', '@langchain/langgraph', '@mastra/core'];

/** What makes two evaluations differ beside their variants: versions, as installed where the suite lies. */
export function environmentOf(folder: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const require = createRequire(join(folder, 'suite.js'));
  const versions = PACKAGES.flatMap((name) => {
    const version = versionOf(name, require);
    return version === undefined ? [] : [[name, version] as const];
  });
  return { node: process.versions.node, fanlight: VERSION, ...Object.fromEntries(versions), ...more };
}

/** `package.json` is seldom exported: it is looked for in the folders a module would be found in. */
function versionOf(name: string, require: NodeJS.Require): string | undefined {
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      return (JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as { version?: string }).version;
    } catch {
      // Not there: the next folder may have it.
    }
  }
  return undefined;
}

/**
 * What speaks against comparing two evaluations, a sentence each. `openai`'s `runTools` ran the calls of a batch one
 * after another in 6.20 and all at once in 6.49 (openai/openai-node#1949).
 */
export function confoundsOf(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): string[] {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].toSorted();
  return names.flatMap((name) => {
    const [before, after] = [a[name] ?? 'none', b[name] ?? 'none'];
    if (before === after) return [];
    const batches =
      name === 'openai' && runsAtOnce(before) !== runsAtOnce(after)
        ? '; `runTools` runs a batch at once in one of them and not in the other'
        : '';
    return [`${name} is ${before} in one and ${after} in the other${batches}`];
  });
}

function runsAtOnce(version: string): boolean | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (Number.isNaN(major)) return undefined;
  return major > 6 || (major === 6 && minor > 20);
}
