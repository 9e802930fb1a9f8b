import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitLines, type Line } from '../../src/sources/lines.ts';
import { chunksOf } from './support.ts';

async function linesOf(text: string, cuts: number[], maxBytes = 1e6): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const batch of splitLines(chunksOf(Buffer.from(text), cuts), maxBytes)) lines.push(...batch);
  return lines;
}

test('lines do not depend on where chunks end', async () => {
  const text = fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant(''), fc.constant('\r'))).map((lines) => lines.join('\n'));
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.nat(500)), fc.constantFrom(3, 1e6), async (text, cuts, maxBytes) => {
      expect(await linesOf(text, cuts, maxBytes)).toEqual(await linesOf(text, [], maxBytes));
    }),
  );
});

test('lines are those of `split`, empty ones only counted', async () => {
  const lines = await linesOf('\uFEFFone\n\n\ntwo\r\nthree', [1, 2, 9]);
  expect(lines.map(({ number, text, isOpen }) => [number, text, isOpen])).toEqual([
    [1, 'one', false],
    [4, 'two\r', false],
    [5, 'three', true],
  ]);
});

test('a line over the limit has a size and no text', async () => {
  const lines = await linesOf(`short\n${'x'.repeat(100)}\nshort`, [10, 20, 30], 50);
  expect(lines.map(({ text, bytes }) => [text, bytes])).toEqual([
    ['short', 5],
    [undefined, 100],
    ['short', 5],
  ]);
});
