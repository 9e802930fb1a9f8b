import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Vocabulary } from '../../src/provenance/ngrams.ts';
import { tokenize } from '../../src/text/tokens.ts';

/** All of a text, `size` and place behind each. */
function gramsOf(words: readonly string[]): string[] {
  return words.flatMap((_, at) =>
    [1, 2, 3].filter((size) => at + size <= words.length).map((size) => words.slice(at, at + size).join(' ')),
  );
}

const words = fc.array(fc.constantFrom('amber', 'basin', 'cedar', 'delta'), { maxLength: 12 });

test('a vocabulary finds the runs of one to three words that its texts and another have in common, in order', () => {
  fc.assert(
    fc.property(fc.array(words, { maxLength: 3 }), words, (texts, other) => {
      const known = new Set(texts.flatMap(gramsOf));
      const vocabulary = new Vocabulary(texts.map((text) => tokenize(text.join(' '))));
      const found: string[] = [];
      vocabulary.visit(tokenize(other.join(' ')), ({ key, size }, at) => {
        expect(other.slice(at, at + size).join(' ')).toBe(key);
        found.push(key);
      });
      expect(found).toEqual(gramsOf(other).filter((key) => known.has(key)));
    }),
  );
});
