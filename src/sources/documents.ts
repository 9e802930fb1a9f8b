import { JSONParser } from '@streamparser/json';
import { StringDecoder } from 'node:string_decoder';
import { isObject, type Json } from '../dialects/json.ts';

export type Element =
  /** An element of `resourceSpans` or `resourceLogs`. */
  | { kind: 'resourceSpans' | 'resourceLogs'; value: Json; line: number }
  /** A whole object: the document itself or an element of the array that is the document. */
  | { kind: 'object'; value: Json; line: number };

/**
 * JSON that spans lines: one value or several after each other. Elements come out as soon as they are
 * complete, so that a document that breaks off still gives what it holds; then an error is thrown, with the
 * line in its `line` property.
 */
export async function* readDocuments(chunks: AsyncIterable<Buffer>): AsyncGenerator<Element[]> {
  let ready: Element[] = [];
  let line = 1;
  let inner = 0;
  const parser = new JSONParser({
    separator: '',
    paths: [
      '$.resourceSpans.*',
      '$.resource_spans.*',
      '$.resourceLogs.*',
      '$.resource_logs.*',
      '$.*.resourceSpans.*',
      '$.*.resourceLogs.*',
      '$.*',
      '$',
    ],
  });
  parser.onValue = ({ value, key, stack }) => {
    const names = [...stack.map((frame) => frame.key), key].filter((name) => typeof name === 'string');
    const last = names.at(-1);
    const isElement = typeof key === 'number';
    if (isElement && isObject(value) && (last === 'resourceSpans' || last === 'resource_spans')) {
      ready.push({ kind: 'resourceSpans', value, line });
      inner += 1;
    } else if (isElement && isObject(value) && (last === 'resourceLogs' || last === 'resource_logs')) {
      ready.push({ kind: 'resourceLogs', value, line });
      inner += 1;
    } else if (isElement && stack.length === 1 && isObject(value)) {
      if (inner === 0) ready.push({ kind: 'object', value, line });
      inner = 0;
    } else if (key === undefined) {
      if (inner === 0 && isObject(value)) ready.push({ kind: 'object', value, line });
      inner = 0;
    }
  };
  let failure: Error | undefined;
  parser.onError = (error) => {
    failure ??= error;
  };
  const decoder = new StringDecoder('utf8');
  for await (const chunk of chunks) {
    const text = decoder.write(chunk);
    // Fed by line, so that an error and an element know where they are.
    for (const piece of text.split(/(?<=\n)/u)) {
      try {
        parser.write(piece);
      } catch (error) {
        failure ??= error as Error;
      }
      if (failure !== undefined) break;
      if (piece.endsWith('\n')) line += 1;
    }
    if (ready.length > 0) yield ready;
    ready = [];
    if (failure !== undefined) throw Object.assign(failure, { line });
  }
  if (!parser.isEnded && line > 0 && !isBetweenValues(parser))
    throw Object.assign(new Error('the JSON document breaks off before its end'), { line });
}

/** True when every value that was begun is complete. */
function isBetweenValues(parser: JSONParser): boolean {
  try {
    parser.end();
    return parser.isEnded;
  } catch {
    return false;
  }
}
