import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalForm, tokenize } from '../../src/text/tokens.ts';

describe('the same value in another dress has the same normal form', () => {
  test.each([
    ['1,234.50', '$1234.5'],
    ['1,234,567', '1234567'],
    ['27.60', '27.6'],
    ['2026-05-05', 'May 5'],
    ['2026-05-05', '5th of May, 2026'],
    ['2026-05-05', 'May 5th, 2026'],
    ['2026-05-05T15:00:00Z', 'May 5, 3 pm'],
    ['2026-12-09T08:05:00+02:00', '9 December 08:05'],
    ['15:00', '3 p.m.'],
    ['12:00 am', '00:00'],
    ['not_submitted', 'Not submitted'],
    ['ORDER-77-X', 'order 77 x'],
    ['Zürich', 'ZURICH'],
    ['ﬁle ７', 'File 7'],
    ['activated', 'activates'],
    ['deliveries', 'delivery'],
  ])('%s and %s', (a, b) => {
    expect(normalForm(a)).toBe(normalForm(b));
  });

  test('an ambiguous slash date is read both ways', () => {
    expect(normalForm('5/4/2026')).toBe('@05-04 @04-05');
  });

  test.each([
    ['2026-05-05', '2026-05-06'],
    ['27.6', '276'],
    ['3 pm', '3 am'],
    ['slot-8841', 'slot-8842'],
  ])('%s and %s stay apart', (a, b) => {
    expect(normalForm(a)).not.toBe(normalForm(b));
  });

  test('an impossible date is no date', () => {
    expect(normalForm('2026-13-45')).not.toContain('@');
  });
});

describe('tokens of any text', () => {
  test('lie in it, in order, without overlap', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        let until = 0;
        for (const { norm, start, end } of tokenize(text)) {
          expect(norm).not.toBe('');
          expect(start).toBeGreaterThanOrEqual(Math.min(until, start));
          expect(end).toBeLessThanOrEqual(text.length);
          until = end;
        }
      }),
    );
  });

  test('do not depend on the case of ASCII letters', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9 .,-]{0,80}$/u), (text) => {
        expect(normalForm(text.toUpperCase())).toBe(normalForm(text));
      }),
    );
  });
});

test('words end at the same places whether letters are plain or not', () => {
  const ideograph = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}`;
  const clitic = String.raw`(?:['’](?:s|t|re|ll|ve|d|m)\b)?`;
  const word = new RegExp(String.raw`[${ideograph}]|(?:(?![${ideograph}])[\p{L}\p{M}\p{N}])+${clitic}`, 'giu');
  const piece = fc.constantFrom('we', "'ll", '’s', "'", 'Öl', 'é', 'e\u0301', '漢', 'ไ', '😀', '\ud83d', ' ', '-', '_', '½', 'ß', 'K', 'x');
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join('');
      expect(tokenize(text).map(({ start, end }) => text.slice(start, end))).toEqual([...text.matchAll(word)].map(([found]) => found));
    }),
  );
});
