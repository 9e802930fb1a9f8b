import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readOtlp } from '../../src/sources/otlp.ts';
import { decodeOtlp } from '../../src/sources/protobuf.ts';
import { framed, idOf, readContent, storedZstd, TRACE } from './support.ts';

const LEN = WireType.LengthDelimited;
type Write = (writer: BinaryWriter) => void;
const inside = (writer: BinaryWriter, field: number, write: Write): void => {
  writer.tag(field, LEN).fork();
  write(writer);
  writer.join();
};
const messageOf = (write: Write): Uint8Array => {
  const writer = new BinaryWriter();
  write(writer);
  return writer.finish();
};

/** AnyValue: integers as varint, other numbers as double, lists and maps nested. */
function writeValue(writer: BinaryWriter, value: unknown): void {
  if (typeof value === 'string') writer.tag(1, LEN).string(value);
  else if (typeof value === 'boolean') writer.tag(2, WireType.Varint).bool(value);
  else if (Number.isSafeInteger(value)) writer.tag(3, WireType.Varint).int64(value as number);
  else if (typeof value === 'number') writer.tag(4, WireType.Bit64).double(value);
  else if (Array.isArray(value)) inside(writer, 5, (list) => value.forEach((item) => inside(list, 1, (inner) => writeValue(inner, item))));
  else if (value !== null) inside(writer, 6, (map) => writePairs(map, 1, value as object));
}
const writePairs = (writer: BinaryWriter, field: number, pairs: object): void => {
  for (const [key, value] of Object.entries(pairs)) {
    inside(writer, field, (pair) => {
      pair.tag(1, LEN).string(key);
      inside(pair, 2, (inner) => writeValue(inner, value));
    });
  }
};

const writeSpan = (writer: BinaryWriter, n: number, attributes: object = {}): void => {
  writer.tag(1, LEN).bytes(Buffer.from(TRACE, 'hex'));
  writer.tag(2, LEN).bytes(Buffer.from(idOf(n), 'hex'));
  writer.tag(5, LEN).string(`span ${n}`);
  writer.tag(6, WireType.Varint).int32(1);
  writer.tag(7, WireType.Bit64).fixed64('1700000000000500000');
  writePairs(writer, 9, attributes);
  inside(writer, 15, (status) => status.tag(3, WireType.Varint).int32(2));
};
const writeLog = (writer: BinaryWriter): void => {
  writer.tag(1, WireType.Bit64).fixed64('1700000000000000000');
  inside(writer, 5, (body) => writeValue(body, { role: 'user' }));
  writer.tag(9, LEN).bytes(Buffer.from(TRACE, 'hex'));
  writer.tag(10, LEN).bytes(Buffer.from(idOf(0), 'hex'));
  writer.tag(12, LEN).string('gen_ai.user.message');
};
const scopeOf = (records: Write[], service = 'ferry'): Uint8Array =>
  messageOf((top) =>
    inside(top, 1, (resource) => {
      inside(resource, 1, (inner) => writePairs(inner, 1, { 'service.name': service }));
      inside(resource, 2, (scope) => {
        inside(scope, 1, (named) => named.tag(1, LEN).string('demo'));
        for (const record of records) inside(scope, 2, record);
      });
    }),
  );
const spans = (count: number, service?: string): Uint8Array =>
  scopeOf(
    Array.from(
      { length: count },
      (_, n): Write =>
        (writer) =>
          writeSpan(writer, n),
    ),
    service,
  );
const spansIn = (bytes: Uint8Array): ReturnType<typeof readOtlp>['spans'] => readOtlp(decodeOtlp(bytes).request, { source: 'test' }).spans;

test('attributes come back as they were written', () => {
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.string({ unit: 'grapheme' }),
      fc.maxSafeInteger(),
      fc.double({ noInteger: true, noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.array(tie('value')),
      fc.dictionary(fc.string(), tie('value')),
    ),
  })).value;
  fc.assert(
    fc.property(fc.dictionary(fc.string(), value), (attributes) => {
      const [span] = spansIn(scopeOf([(writer) => writeSpan(writer, 0, attributes)]));
      expect(JSON.stringify(span?.attributes)).toBe(JSON.stringify(attributes));
    }),
  );
});

test('all fields of a span, as JSON gives them', () => {
  expect(spansIn(spans(1))).toMatchObject([
    {
      traceId: TRACE,
      spanId: idOf(0),
      name: 'span 0',
      start: 1_700_000_000_000.5,
      status: { code: 2 },
      scope: 'demo',
      resource: { 'service.name': 'ferry' },
    },
  ]);
});

describe('telling what a message is', () => {
  test('log records', async () => {
    const { logs, reasons } = await readContent(scopeOf([writeLog]));
    expect(reasons).toEqual([]);
    expect(logs).toMatchObject([{ traceId: TRACE, eventName: 'gen_ai.user.message', body: { role: 'user' } }]);
  });

  test('metrics are passed over in silence', async () => {
    const metric: Write = (writer) => {
      writer.tag(1, LEN).string('system.cpu.usage');
      writer.tag(3, LEN).string('1');
      inside(writer, 5, (gauge) => inside(gauge, 1, (point) => point.tag(3, WireType.Bit64).fixed64('1')));
    };
    expect(await readContent(scopeOf([metric]))).toMatchObject({ spans: [], logs: [], reasons: [] });
  });

  test('a first resource without spans, and a first span without a trace id, hide nothing', () => {
    const empty = messageOf((top) => inside(top, 1, (resource) => inside(resource, 2, () => {})));
    expect(spansIn(Buffer.concat([empty, spans(2)]))).toHaveLength(2);
    const nameless: Write = (writer) => writer.tag(5, LEN).string('lost').tag(7, WireType.Bit64).fixed64('1');
    expect(spansIn(scopeOf([nameless, (writer) => writeSpan(writer, 1)]))).toHaveLength(1);
  });

  test.each([1, 200, 20_000, 3_000_000])('a single message as a file, %i bytes of resource', async (size) => {
    const { spans: read, reasons } = await readContent(spans(3, 'x'.repeat(size)));
    expect([read.length, reasons]).toEqual([3, []]);
  });
});

test('of a message over the limit the beginning is read', async () => {
  const { spans: read, reasons } = await readContent(spans(20_000), { maxLineBytes: 1_000_000 });
  expect(read.length).toBeGreaterThan(10_000);
  expect(reasons).toEqual([expect.stringContaining('only its beginning is read')]);
});

describe('damage', () => {
  test('a message cut anywhere gives the spans before the cut, or a reason', async () => {
    const whole = spans(20);
    for (let size = 1; size < whole.length; size += 37) {
      const { spans: read, problems } = await readContent(whole.subarray(0, size));
      expect(problems).toHaveLength(1);
      expect(read.length).toBeGreaterThanOrEqual(Math.floor((size - 60) / (whole.length / 20)) - 1);
    }
  });

  test('a damaged span costs only itself', () => {
    const bad: Write = (writer) => {
      writeSpan(writer, 1);
      writer.raw(Buffer.from([0x4a, 0x7f, 1]));
    };
    const { request, problems } = decodeOtlp(scopeOf([(writer) => writeSpan(writer, 0), bad, (writer) => writeSpan(writer, 2)]));
    expect(readOtlp(request, { source: 'test' }).spans.map((span) => span.name)).toEqual(['span 0', 'span 2']);
    expect(problems).toEqual([expect.stringContaining('one of `spans` cannot be decoded')]);
  });

  test('values nested without end do not overflow the stack', () => {
    let value = messageOf((writer) => writer.tag(1, LEN).string('bottom'));
    for (let i = 0; i < 3000; i++) {
      const inner = value;
      value = messageOf((writer) => inside(writer, 5, (list) => list.tag(1, LEN).bytes(inner)));
    }
    const deep: Write = (writer) => {
      writeSpan(writer, 0);
      inside(writer, 9, (pair) => pair.tag(1, LEN).string('deep').tag(2, LEN).bytes(value));
    };
    expect(JSON.stringify(spansIn(scopeOf([deep])))).not.toContain('bottom');
  });

  test('garbage never throws out of the reader', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom([], [0x0a], [0, 0, 0, 9, 0x0a], [0x1f, 0x8b], [0x28, 0xb5, 0x2f, 0xfd], [0x7b]),
        async (bytes, start) => {
          await readContent(Buffer.from([...start, ...bytes]));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('length-prefixed messages', () => {
  const file = (...bodies: Uint8Array[]): Buffer => Buffer.concat(bodies.map(framed));

  test('plain and as zstd frames', async () => {
    for (const wrap of [(body: Uint8Array) => body, storedZstd]) {
      const { spans: read, reasons } = await readContent(
        file(wrap(spans(2)), wrap(scopeOf([writeLog])), wrap(spans(1, 'x'.repeat(300_000)))),
      );
      expect([read.length, reasons]).toEqual([3, []]);
      expect(read.at(-1)?.place.line).toBe(3);
    }
  });

  test('JSON in zstd frames', async () => {
    const json = Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: TRACE, spanId: idOf(0) }] }] }] }));
    expect((await readContent(file(storedZstd(json), storedZstd(json)))).spans).toHaveLength(2);
  });

  test('a bad frame is named, the others are read', async () => {
    const broken = Buffer.concat([storedZstd(spans(1)).subarray(0, 20), Buffer.alloc(40, 0xff)]);
    const { spans: read, problems } = await readContent(file(spans(1), broken, spans(1)));
    expect(read).toHaveLength(2);
    expect(problems).toMatchObject([{ line: 2, reason: expect.stringContaining('damaged') as string }]);
  });

  test('a message over the limit is passed over', async () => {
    const { spans: read, reasons } = await readContent(file(spans(1), spans(1, 'x'.repeat(5_000_000)), spans(1)), {
      maxLineBytes: 1_000_000,
    });
    expect(read).toHaveLength(2);
    expect(reasons).toEqual(['a message of 5 MB, more than is read at once: skipped']);
  });

  test('a file that breaks off gives what came before', async () => {
    const { spans: read, reasons } = await readContent(file(spans(2), spans(5)).subarray(0, -20));
    expect(read).toHaveLength(6);
    expect(reasons).toEqual(['the file breaks off in message 2']);
  });
});
