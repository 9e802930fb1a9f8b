import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig, parseConfig } from '../../src/config/load.ts';

const folder = mkdtempSync(join(tmpdir(), 'fanlight-config-'));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return name;
};

describe('config', () => {
  test('a wrong key is an error that names the right one', () => {
    expect(() => parseConfig({ tool: {} })).toThrow('config: there is no key "tool"; did you mean "tools"?');
    expect(() => parseConfig({ tools: { book: { efect: 'write' } } })).toThrow(
      'there is no key "efect" in tools.book; did you mean "effect"?',
    );
    expect(() => parseConfig({ rules: { 'wasted-calls': 'off' } })).toThrow('there is no rule "wasted-calls"; did you mean "wasted-call"?');
    expect(() => parseConfig({ rules: { 'wasted-call': { ignoreTool: [] } } })).toThrow(/ignoreTool/u);
    expect(() => parseConfig({ thresholds: { confidence: 2 } })).toThrow(/thresholds\.confidence/u);
  });

  test('JSON and JavaScript files are read', async () => {
    expect(await loadConfig(file('a.json', '{"rules":{"wasted-call":"off"}}'), folder)).toEqual({ rules: { 'wasted-call': 'off' } });
    expect(await loadConfig(file('b.mjs', 'export default { thresholds: { confidence: 0.7 } };'), folder)).toEqual({
      thresholds: { confidence: 0.7 },
    });
  });

  test('models without a price of one’s own are looked up where the config says so', async () => {
    const config = await loadConfig(file('p.json', '{"prices":{"mine":{"input":1,"output":2}},"priceTable":"genai-prices"}'), folder);
    expect(config.prices?.['mine']).toEqual({ input: 1, output: 2 });
    expect(config.prices?.['gpt-4o']?.input).toBe(2.5);
    await expect(loadConfig(file('q.json', '{"priceTable":"mine"}'), folder)).rejects.toThrow(/priceTable/u);
  });

  test('a TypeScript file is read where Node can, and refused with a reason where it cannot', async () => {
    const name = file('f.ts', 'const confidence: number = 0.6; export default { thresholds: { confidence } };');
    const canStrip = 'typescript' in process.features && Boolean(process.features.typescript);
    if (canStrip) expect(await loadConfig(name, folder)).toEqual({ thresholds: { confidence: 0.6 } });
    else await expect(loadConfig(name, folder)).rejects.toThrow(/needs Node 22\.18 or newer.*rename it to fanlight\.config\.js/u);
  });

  test('no config file is an empty config; a named one must exist', async () => {
    expect(await loadConfig(undefined, mkdtempSync(join(tmpdir(), 'fanlight-none-')))).toEqual({});
    await expect(loadConfig('missing.json', folder)).rejects.toThrow('no such config file');
  });

  test('errors name the file and what to do', async () => {
    await expect(loadConfig(file('c.json', '{ nope'), folder)).rejects.toThrow(/c\.json: not valid JSON/u);
    await expect(loadConfig(file('d.mjs', 'export const x = 1;'), folder)).rejects.toThrow(/no default export/u);
    await expect(loadConfig(file('e.mjs', 'throw new Error("boom")'), folder)).rejects.toThrow(/could not be loaded: boom/u);
  });
});
