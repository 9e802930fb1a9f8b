import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rules } from '../../analyzers/index.ts';
import { documentDialects, spanDialects } from '../../src/dialects/index.ts';

const root = join(import.meta.dirname, '../..');
const dialectPages = readdirSync(join(root, 'docs/dialects'));
const readme = readFileSync(join(root, 'README.md'), 'utf8');

test('the output on the first screen is real', () => {
  const shown = /```\n(?<output>[0-9a-f]{32} .*?)```/su.exec(readme)?.groups?.['output'] ?? '';
  const real = execFileSync(process.execPath, [join(root, 'dist/src/cli/main.js'), 'analyze', 'fixtures/booking/traces.jsonl'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  const lines = shown.split('\n').filter((line) => line.trim() !== '' && line !== '…');
  expect(lines.length).toBeGreaterThan(15);
  for (const line of lines) expect(real.split('\n')).toContain(line);
});

test('every rule is linked, every link to a file leads somewhere', () => {
  for (const rule of rules) expect(readme).toContain(`(docs/rules/${rule.id}.md)`);
  for (const page of [
    'README.md',
    'CONTRIBUTING.md',
    'docs/architecture.md',
    'docs/backends.md',
    'docs/exporter.md',
    'deploy/README.md',
    'docs/instrumentation.md',
    'docs/evaluation.md',
    'docs/integrations.md',
    'docs/policy.md',
    'docs/latency.md',
    'docs/graph.md',
    'docs/report.md',
    'fixtures/booking/README.md',
    'docs/runtime.md',
    'docs/runtime/tools.md',
    'docs/dialects.md',
    'docs/adding-a-dialect.md',
    'interop/README.md',
    ...rules.map((rule) => `docs/rules/${rule.id}.md`),
    ...dialectPages.map((name) => `docs/dialects/${name}`),
  ]) {
    const text = readFileSync(join(root, page), 'utf8').replaceAll(/```.*?```/gsu, '');
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:|#)(?<target>[^)#]+)\)/gu)) {
      expect(existsSync(join(root, page, '..', target)), `${page} links ${target}`).toBe(true);
    }
  }
});

test('every dialect has a page, every page is in the list of dialects', () => {
  const list = readFileSync(join(root, 'docs/dialects.md'), 'utf8');
  for (const name of dialectPages) expect(list).toContain(`(dialects/${name})`);
  const titles = dialectPages.map((name) => readFileSync(join(root, 'docs/dialects', name), 'utf8').split('\n')[0]);
  for (const { id } of [...spanDialects, ...documentDialects])
    expect(
      titles.filter((title) => title?.includes(`\`${id}\``)),
      id,
    ).toHaveLength(1);
});
