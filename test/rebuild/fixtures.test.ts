import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadFixture, outcomeOf } from '../support/notation.ts';

const folder = new URL('../../fixtures/rebuild/', import.meta.url);

describe('rebuilding runs and batches', () => {
  for (const file of readdirSync(folder).toSorted()) {
    const fixture = loadFixture(new URL(file, folder));
    test(`${file.replace('.yaml', '')}: ${fixture.what}`, async () => {
      const { shown } = await outcomeOf(fixture);
      expect(shown).toEqual(fixture.expect);
    });
    const { spans } = fixture;
    if (spans === undefined) continue;
    test(`${file.replace('.yaml', '')}: the same with its spans in any order`, async () => {
      for (const shuffled of [spans.toReversed(), [...spans.slice(1), ...spans.slice(0, 1)]]) {
        const { shown } = await outcomeOf({ ...fixture, spans: shuffled });
        expect(shown).toEqual(fixture.expect);
      }
    });
  }
});
