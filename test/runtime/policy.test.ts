import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyPolicy, defineTool, loadPolicy, parsePolicy, PolicyError } from '../../src/runtime/index.ts';

const book = defineTool({ name: 'book', description: 'Books.', parameters: { type: 'object', properties: {} }, execute: () => 1 });
const inFile = (text: string): string => {
  const file = join(mkdtempSync(join(tmpdir(), 'fanlight-policy-')), 'policy.json');
  writeFileSync(file, text);
  return file;
};

test('a policy changes the tools it names, and tells the model', async () => {
  const policy = await loadPolicy(
    inFile(
      '{"version":1,"maxToolConcurrency":4,"guard":"warn","tools":{"book":{"parallelizable":false,"reason":"stale slots"},"gone":{}}}',
    ),
  );
  const { tools, settings } = applyPolicy([book], policy);
  expect(tools[0]).toMatchObject({ parallelizable: false, description: 'Books. This tool must be called alone.', onConflict: 'defer' });
  expect(settings).toEqual({ maxToolConcurrency: 4, guard: 'warn' });
  expect(book.parallelizable).toBe(true);
});

describe('a policy that cannot be used says where', () => {
  test.each([
    ['{"version":1,"tools":{"book":{"alone":true}}}', /policy\.json: tools\.book: .*alone/u],
    ['{"version":2}', /version/u],
    ['{"version":', /not valid JSON/u],
  ])('%s', async (text, message) => {
    await expect(loadPolicy(inFile(text))).rejects.toThrow(message);
  });

  test('a file that is not there', async () => {
    await expect(loadPolicy('nowhere.json')).rejects.toThrow('there is no such file');
    expect(() => parsePolicy([])).toThrow(PolicyError);
  });
});
