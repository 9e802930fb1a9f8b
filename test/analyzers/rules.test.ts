import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { rules } from '../../analyzers/index.ts';
import { loadFixture, outcomeOf } from '../support/notation.ts';

const root = new URL('../../', import.meta.url);

describe.each(rules.map((rule) => [rule.id] as const))('%s', (id) => {
  const folder = new URL(`fixtures/${id}/`, root);

  for (const file of readdirSync(folder).toSorted()) {
    const fixture = loadFixture(new URL(file, folder));
    test(`${file.replace('.yaml', '')}: ${fixture.what}`, async () => {
      const { shown, reports } = await outcomeOf(fixture);
      expect(shown).toEqual(fixture.expect);
      const findings = reports.flatMap((report) => report.findings);
      if (fixture.findings !== undefined)
        expect(findings.filter(({ rule }) => rule === id).map(({ calls }) => calls.join(' '))).toEqual(fixture.findings);
      for (const finding of findings) {
        expect(finding.calls.length).toBeGreaterThan(0);
        expect(finding.evidence.length).toBeGreaterThan(0);
        expect(finding.fix).toMatch(/\.$/u);
      }
    });
  }

  test('has its page, with the headings every rule page has', () => {
    const page = new URL(`docs/rules/${id}.md`, root);
    expect(existsSync(page)).toBe(true);
    const headings = readFileSync(page, 'utf8').match(/^#+ .*$/gmu);
    expect(headings).toEqual([
      `# ${id}`,
      '## What it flags',
      '## Why it costs',
      '## Example',
      '## How to fix it',
      '## How sure it is',
      '## How to silence it',
    ]);
  });
});
