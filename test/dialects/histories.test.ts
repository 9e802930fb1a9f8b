import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseHistory } from '../../src/dialects/histories.ts';

test('what a list repeats is the same objects, and only what is new is parsed', () => {
  const first = parseHistory('[{"a":1},{"b":2}]', 'one') as unknown[];
  const second = parseHistory('[{"a":1},{"b":2}, {"c":3}]', 'one') as unknown[];
  expect(second).toEqual([{ a: 1 }, { b: 2 }, { c: 3 }]);
  expect(second[0]).toBe(first[0]);
  expect(second[1]).toBe(first[1]);
  expect(parseHistory('[{"a":1},{"b":2}, {"c":3}]', 'one')).toBe(second);
  expect((parseHistory('[{"a":1},{"b":2}]', 'other') as unknown[])[0]).not.toBe(first[0]);
});

test.each(['[1,]', '[1,2', '[1,2],[3]', '[1,2]]', '[1, 2,,3]', '[1 ,'])('%s after a list that it begins with is not JSON', (text) => {
  parseHistory('[1]', text);
  parseHistory('[1,2]', text);
  expect(parseHistory(text, text)).toBe(text);
});

test('whatever is asked in whatever order, it is what the text says', () => {
  const messages = fc.array(fc.record({ role: fc.constantFrom('user', 'assistant'), content: fc.json() }), { maxLength: 12 });
  const asked = fc.array(fc.record({ upTo: fc.nat(12), indent: fc.constantFrom(0, 2), conversation: fc.constantFrom('a', 'b') }));
  fc.assert(
    fc.property(fc.tuple(messages, messages), asked, (histories, requests) => {
      for (const { upTo, indent, conversation } of requests) {
        for (const history of histories) {
          const text = JSON.stringify(history.slice(0, upTo), null, indent);
          expect(parseHistory(text, conversation)).toEqual(JSON.parse(text));
        }
      }
    }),
  );
});
