import { JsonElements, type Element } from './json-elements.ts';

export type DocumentPart = Element | { kind: 'problem'; reason: string; line: number };

const NEWLINE = 0x0a;
const BOM = '\uFEFF';

/**
 * JSON that spans lines: one value or several after each other, given as their elements complete. After an
 * error, reading goes on at the next line that begins a value in its first column.
 */
export async function* readDocuments(chunks: AsyncIterable<Buffer>): AsyncGenerator<DocumentPart[]> {
  let parts: DocumentPart[] = [];
  let json: JsonElements | undefined = new JsonElements();
  let line = 1;
  let isLineStart = true;

  const fail = (error: Error): void => {
    parts.push(...(json?.finish() ?? []), { kind: 'problem', reason: reasonOf(error), line });
    json = undefined;
  };
  const write = (piece: Buffer): void => {
    if (json !== undefined) json.line = line;
    if (isLineStart && beginsValue(piece)) {
      // A value that does not fit here may be the beginning of the next document.
      json?.write(piece.subarray(0, 1));
      if (json?.error !== undefined) fail(json.error);
      if (json === undefined) {
        json = new JsonElements(true);
        json.line = line;
        json.write(piece);
      } else json.write(piece.subarray(1));
    } else json?.write(piece);
    if (json?.error !== undefined) fail(json.error);
    else if (json !== undefined && json.ready.length > 0) parts.push(...json.ready.splice(0));
  };

  for await (const chunk of chunks) {
    let from: number = line === 1 && isLineStart && chunk.subarray(0, 3).toString('utf8') === BOM ? 3 : 0;
    while (from < chunk.length) {
      // Fed by line, so that an error and an element know where they are.
      const at: number = chunk.indexOf(NEWLINE, from);
      const to = at < 0 ? chunk.length : at + 1;
      write(chunk.subarray(from, to));
      isLineStart = at >= 0;
      if (isLineStart) line += 1;
      from = to;
    }
    if (parts.length > 0) yield parts;
    parts = [];
  }
  parts.push(...(json?.finish() ?? []));
  if (json?.error !== undefined) parts.push({ kind: 'problem', reason: reasonOf(json.error), line });
  yield parts;
}

const beginsValue = (piece: Buffer): boolean => piece[0] === 0x7b || piece[0] === 0x5b;

const reasonOf = (error: Error): string =>
  /breaks off|levels deep/u.test(error.message) ? error.message : 'not valid JSON here; reading goes on at the next value';
