import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

const { checkLayers } = (await import(new URL('../../scripts/check-layers.mjs', import.meta.url).href)) as {
  checkLayers: (root: string) => string[];
};

function tree(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'fanlight-layers-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

describe('layers', () => {
  test('the tree keeps them', () => {
    expect(checkLayers(join(import.meta.dirname, '../..'))).toEqual([]);
  });

  test.each([
    ['src/model/a.ts', "import { b } from '../provenance/b.ts';"],
    ['src/dialects/a.ts', "import type { B } from '../../analyzers/b.ts';"],
    ['analyzers/a.ts', "export { b } from '../src/report/b.ts';"],
    ['src/sources/a.ts', "const b = await import('../analysis/b.ts');"],
    ['instrumentation/a.ts', "import '../src/model/b.ts';"],
    ['page/a.tsx', "import { b } from '../src/report/safe.ts';"],
    ['src/provenance/a.ts', "import {\n  b,\n} from '../config/b.ts';"],
  ])('an import upwards from %s is told', (file, text) => {
    expect(checkLayers(tree({ [file]: text }))).toEqual([expect.stringContaining(`${file} imports`)]);
  });

  test('a folder that is no layer is told', () => {
    expect(checkLayers(tree({ 'src/helpers/a.ts': '' }))).toEqual([expect.stringContaining('in no layer')]);
  });
});
