import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readDocuments, type DocumentPart } from '../../src/sources/documents.ts';
import { chunksOf, readContent, request, spanJson } from './support.ts';

const pretty = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const one = request(1);

describe('forms of one or more documents', () => {
  test.each([
    ['one request, pretty-printed', pretty(request(3)), 3],
    ['one request on one line, no line break', JSON.stringify(request(3)), 3],
    ['requests one a line', `${JSON.stringify(one)}\n`.repeat(3), 3],
    ['CRLF, blank lines and a byte-order mark', `\uFEFF\r\n${JSON.stringify(one)}\r\n\r\n${JSON.stringify(one)}\r\n`, 2],
    ['pretty-printed with CRLF and a byte-order mark', `\uFEFF${pretty(request(3)).replaceAll('\n', '\r\n')}`, 3],
    ['several pretty-printed after each other', pretty(one).repeat(3), 3],
    ['several on one line', `${JSON.stringify(one)} ${JSON.stringify(one)}${JSON.stringify(one)}`, 3],
    ['an array, pretty-printed', pretty([one, request(2)]), 3],
    ['an array on one line', JSON.stringify([one, request(2)]), 3],
    ['an array with an element a line', `[\n${JSON.stringify(one)},\n${JSON.stringify(one)}\n]\n`, 2],
    ['an array that opens with its first element', `[${JSON.stringify(one)},\n${JSON.stringify(one)}]\n`, 2],
    [
      'elements of resourceSpans a line each',
      `{"resourceSpans": [\n${JSON.stringify(one.resourceSpans[0])},\n${JSON.stringify(one.resourceSpans[0])}\n]}\n`,
      2,
    ],
    ['snake_case, pretty-printed', pretty([{ resource_spans: request(2).resourceSpans }]), 2],
  ])('%s', async (_name, content, count) => {
    const { spans, documents, reasons } = await readContent(content);
    expect([spans.length, documents.length, reasons]).toEqual([count, 0, []]);
  });

  test('conversations: one, or an array of them, with the line where each begins', async () => {
    expect((await readContent('{"messages": []}\n')).documents).toEqual([{ value: { messages: [] }, line: 1 }]);
    const { documents, reasons } = await readContent(pretty([{ id: 1 }, { id: 2, resourceSpan: 1 }]));
    expect(documents).toEqual([
      { value: { id: 1 }, line: 2 },
      { value: { id: 2, resourceSpan: 1 }, line: 5 },
    ]);
    expect(reasons).toEqual([]);
  });

  test('metrics and empty requests are silent', async () => {
    const { documents, reasons } = await readContent(
      `{"resourceMetrics": [{}]}\n{"resourceSpans": []}\n${JSON.stringify({ resourceLogs: [] })}\n`,
    );
    expect([documents, reasons]).toEqual([[], []]);
  });
});

test('what is read does not depend on where chunks end', async () => {
  const bytes = Buffer.from(`${pretty(request(2))}${pretty([{ id: 'é' }, one])}{ broken }\n${pretty({ id: 3 })}`);
  const partsOf = async (cuts: number[]): Promise<DocumentPart[]> => {
    const parts: DocumentPart[] = [];
    for await (const batch of readDocuments(chunksOf(bytes, cuts))) parts.push(...batch);
    return parts;
  };
  const expected = await partsOf([]);
  expect(expected.map((part) => part.kind)).toEqual(['resourceSpans', 'value', 'resourceSpans', 'problem', 'value']);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(bytes.length)), async (cuts) => {
      expect(await partsOf(cuts)).toEqual(expected);
    }),
  );
});

describe('documents that break off', () => {
  test.each([
    ['pretty-printed', pretty],
    ['on one line', JSON.stringify],
  ] as const)('%s: the spans before the cut', async (_name, write) => {
    const text = write(request(50));
    const { spans, problems } = await readContent(text.slice(0, -Math.floor(text.length / 2)));
    expect(spans.length).toBeGreaterThan(20);
    expect(spans.map((span) => span.name)).toEqual(spans.map((_, n) => `span ${n}`));
    expect({ ...spans[0]?.resource }).toEqual({ 'service.name': 'ferry' });
    expect(problems).toHaveLength(1);
    expect(problems[0]?.reason).toContain('breaks off');
  });

  test('the conversations before the cut', async () => {
    const { documents, problems } = await readContent(pretty([{ id: 1 }, { id: 2 }, { id: 3 }]).slice(0, -10));
    expect(documents.map(({ value }) => value)).toEqual([{ id: 1 }, { id: 2 }]);
    expect(problems).toHaveLength(1);
  });
});

describe('broken parts among good ones', () => {
  test('a document in the middle', async () => {
    const { spans, problems } = await readContent(`${pretty(one)}{\n "a": tru,\n "b": 1\n}\n${pretty(one)}`);
    expect(spans).toHaveLength(2);
    expect(problems).toHaveLength(1);
  });

  test('a document that breaks off before the next', async () => {
    const { spans, problems } = await readContent(`${pretty(request(2)).slice(0, -30)}\n${pretty(request(3))}`);
    expect(spans).toHaveLength(5);
    expect(problems).toHaveLength(1);
  });

  test('an element of an array', async () => {
    const { documents, problems } = await readContent('[\n{"id":1},\n{"id":nope},\n{"id":3},\n{"id":4}\n]\n');
    expect(documents.map(({ value }) => value)).toEqual([{ id: 1 }, { id: 3 }, { id: 4 }]);
    expect(problems).toMatchObject([{ line: 3 }]);
  });

  test('the first line, one in the middle, and a truncated last one', async () => {
    const line = JSON.stringify(request(1));
    const { spans, problems } = await readContent(
      `${line.slice(0, 90)}\n${line}\nnot json\n${line}\n${JSON.stringify(request(9)).slice(0, -20)}`,
    );
    expect(spans).toHaveLength(10);
    expect(problems.map((problem) => problem.line)).toEqual([1, 3, 5]);
    expect(problems[1]?.reason).toBe('not valid JSON: "not json"');
  });

  test('a span that is complete only half is not read', async () => {
    const text = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [spanJson(0), spanJson(1, { attributes: [] })] }] }] });
    const { spans } = await readContent(text.slice(0, text.lastIndexOf('"attributes"')));
    expect(spans).toHaveLength(1);
  });

  test.each(['tru', '"abc', '{"a":1} "abc', '{"messages": [', '{"a":1}}', '12 {', '{"a":"x'])(
    'no broken line goes by in silence: %s',
    async (line) => {
      const { problems } = await readContent(`{"ok":1}\n${line}\n{"ok":2}\n`);
      expect(problems.length).toBeGreaterThan(0);
      expect(problems[0]).toMatchObject({ line: 2, reason: expect.stringMatching(/^(?:not valid JSON|a JSON number)/u) as string });
    },
  );
});

test('any jumble of JSON tokens is read without an exception, and never in silence', async () => {
  const token = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"',
    '5',
    'tru',
    'null',
    '\n',
    ' ',
    '\\',
    '{"resourceSpans":[',
    '{"scopeSpans":[{"spans":[',
    '{}',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(token, { minLength: 1, maxLength: 30 }), async (tokens) => {
      const text = tokens.join('');
      const { documents, spans, problems } = await readContent(text);
      const isGood = text.split('\n').every((line) => line.trim() === '' || isJson(line)) || isJson(text);
      if (!isGood && documents.length + spans.length === 0) expect(problems.length).toBeGreaterThan(0);
    }),
    { numRuns: 300, examples: [[['{', '5']], [['[', '\n', '5']]] },
  );
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
