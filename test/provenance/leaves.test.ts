import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leavesOf } from '../../src/provenance/leaves.ts';

const shown = (value: unknown): string[] => leavesOf(value).map((leaf) => `${leaf.path} = ${JSON.stringify(leaf.value)}`);

describe('leaves', () => {
  test('of JSON text and of JSON are the same', () => {
    const value = { order: { id: 'A1', lines: [{ qty: 2 }, { qty: 3 }] }, 'odd key': null };
    expect(shown(JSON.stringify(value))).toEqual(shown(value));
    expect(shown(value)).toEqual(['$.order.id = "A1"', '$.order.lines[0].qty = 2', '$.order.lines[1].qty = 3', '$["odd key"] = null']);
  });

  test('of YAML-like text, escapes resolved', () => {
    expect(shown('owner: Mira\nboats:\n- name: Tern\n  note: "two\\nlines"')).toEqual([
      '$.owner = "Mira"',
      '$.boats[0].name = "Tern"',
      '$.boats[0].note = "two\\nlines"',
    ]);
  });

  test('of prose are the prose', () => {
    const text = 'The kiln is hot: do not open it.\nIt cools until noon.';
    expect(shown(text)).toEqual([`$ = ${JSON.stringify(text)}`]);
  });

  test('an empty list says so', () => {
    expect(leavesOf({ hits: [] })).toEqual([{ path: '$.hits', key: 'hits', value: null, empty: true }]);
  });

  test('of anything never throw', () => {
    fc.assert(fc.property(fc.oneof(fc.jsonValue(), fc.string(), fc.anything()), (value) => void leavesOf(value)));
  });

  test('a YAML bomb is read as text', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x]\n${'bcdefgh'.replaceAll(/./gu, (c) => `${c}: &${c} [*${String.fromCodePoint((c.codePointAt(0) ?? 0) - 1)},*${String.fromCodePoint((c.codePointAt(0) ?? 0) - 1)}]\n`)}`;
    expect(leavesOf(bomb)).toHaveLength(1);
  });
});
