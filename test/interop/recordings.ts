import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = process.env['FANLIGHT_INTEROP'] ?? join(import.meta.dirname, '../../fixtures/interop');

/** One recorded conversation: what a writer exported of it, a JSON value a line, its log records included. */
export interface Recording {
  writer: string;
  file: string;
  values: unknown[];
}

/** All recordings of `fixtures/interop` that are JSON Lines, in a stable order. */
export function recordings(): Recording[] {
  const writers = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== 'unknown');
  return writers.flatMap(({ name: writer }) => {
    const names = readdirSync(join(FOLDER, writer)).filter((name) => name.endsWith('.jsonl'));
    return names
      .filter((name) => !name.endsWith('.logs.jsonl'))
      .toSorted()
      .map((name) => {
        const file = name.replace(/\.jsonl$/u, '');
        const logs = `${file}.logs.jsonl`;
        return {
          writer,
          file,
          values: [name, ...(names.includes(logs) ? [logs] : [])].flatMap((each) => linesOf(join(FOLDER, writer, each))),
        };
      });
  });
}

const linesOf = (path: string): unknown[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
