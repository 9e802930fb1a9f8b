import * as fc from 'fast-check';

/** What is left of a span's attributes: each may be cut, gone, or of any other type. */
export function damaged(whole: Readonly<Record<string, unknown>>): fc.Arbitrary<Record<string, unknown>> {
  const message = fc.record({
    role: fc.constantFrom('user', 'tool', 'assistant'),
    content: fc.oneof(fc.anything(), fc.array(fc.anything())),
  });
  const other = fc.oneof(fc.anything({ maxDepth: 2 }), fc.json({ maxDepth: 2 }), fc.array(message, { maxLength: 2 }));
  const length = fc.nat(60).map((at) => ({ at }));
  const damage = fc.dictionary(
    fc.constantFrom(...Object.keys(whole)),
    fc.oneof(
      length,
      other.map((value) => ({ value })),
    ),
  );
  return damage.map((changes) => {
    const left = { ...whole };
    for (const [key, change] of Object.entries(changes)) {
      left[key] = 'at' in change ? cutAt(whole[key], change.at) : change.value;
    }
    return left;
  });
}

const cutAt = (value: unknown, length: number): unknown => (typeof value === 'string' ? value.slice(0, length) : undefined);
