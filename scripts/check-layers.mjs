// Checks that imports look down only. The layers and their reasons: docs/architecture.md.
//   node scripts/check-layers.mjs [folder]
import { globSync } from 'tinyglobby';
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** Each layer with the layers, or single files, that it may import, itself always among them. `*` is everything. */
export const LAYERS = {
  'src/text': [],
  'src/statistics': [],
  'src/model': [],
  'src/provenance': ['src/model', 'src/text'],
  analyzers: ['src/provenance', 'src/model', 'src/text'],
  'src/dialects': ['src/model', 'src/text'],
  'src/sources': ['src/dialects', 'src/model'],
  'src/config': ['analyzers', 'src/provenance', 'src/model'],
  'src/analysis': ['src/sources', 'src/dialects', 'src/config', 'analyzers', 'src/provenance', 'src/model', 'src/statistics'],
  'src/evaluate': [
    'src/export',
    'src/analysis',
    'src/sources',
    'src/config',
    'src/dialects',
    'analyzers',
    'src/provenance',
    'src/model',
    'src/text',
    'src/statistics',
    'instrumentation',
  ],
  'src/policy': ['src/analysis', 'src/runtime', 'src/config', 'analyzers', 'src/provenance', 'src/model', 'src/statistics'],
  'src/integrations': ['src/evaluate', 'src/report', 'src/analysis', 'src/sources', 'src/config', 'src/dialects', 'analyzers', 'src/model'],
  'src/report': [
    'src/policy',
    'src/evaluate',
    'src/analysis',
    'src/sources',
    'src/config',
    'analyzers',
    'src/provenance',
    'src/model',
    'src/statistics',
  ],
  'src/export': ['src/analysis', 'src/sources', 'src/config', 'src/dialects', 'analyzers', 'src/provenance', 'src/model'],
  'src/runtime': ['src/provenance', 'src/model', 'src/text', 'src/dialects', 'analyzers', 'instrumentation'],
  'src/cli': ['*'],
  'src/index.ts': ['*'],
  instrumentation: ['src/text'],
  // Runs in a browser: only the contract, and what is pure and small.
  page: ['src/report/page-data.ts', 'src/report/numbers.ts'],
};

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s(?:[^'";]*?\sfrom\s)?['"](?<specifier>[^'"]+)['"]|import\(\s*['"](?<dynamic>[^'"]+)['"]\s*\)/gu;

/** Sentences, one for each import that looks up and each folder that is no layer. */
export function checkLayers(root) {
  const violations = [];
  for (const file of globSync(['src/**/*.ts', 'analyzers/**/*.ts', 'instrumentation/**/*.ts', 'page/**/*.{ts,tsx}'], {
    cwd: root,
  }).toSorted()) {
    const layer = layerOf(file);
    if (layer === undefined) {
      violations.push(`${file}: in no layer; add its folder to scripts/check-layers.mjs and docs/architecture.md`);
      continue;
    }
    for (const { groups } of readFileSync(join(root, file), 'utf8').matchAll(IMPORT)) {
      const specifier = groups.specifier ?? groups.dynamic;
      if (!specifier.startsWith('.')) continue;
      const target = relative(root, resolve(root, dirname(file), specifier));
      const targetLayer = layerOf(target);
      const allowed = LAYERS[layer];
      if (targetLayer === layer || allowed.includes('*') || allowed.includes(targetLayer) || allowed.includes(target)) continue;
      violations.push(
        `${file} imports ${target}: ${layer} may import ${allowed.length === 0 ? 'nothing above it' : `only ${allowed.join(', ')}`} (docs/architecture.md)`,
      );
    }
  }
  return violations;
}

const layerOf = (file) => Object.keys(LAYERS).find((layer) => file === layer || file.startsWith(`${layer}/`));

if (process.argv[1] === import.meta.filename) {
  const violations = checkLayers(process.argv[2] ?? join(import.meta.dirname, '..'));
  for (const violation of violations) console.error(violation);
  process.exitCode = violations.length > 0 ? 1 : 0;
}
