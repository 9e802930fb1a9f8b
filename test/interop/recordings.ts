import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

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
    const names = readdirSync(join(FOLDER, writer)).filter((name) => LINES.test(name));
    const logs = names.filter((name) => LOGS.test(name));
    return names
      .filter((name) => !logs.includes(name))
      .toSorted()
      .map((name) => {
        const file = name.replace(LINES, '');
        const beside = logs.filter((log) => log.replace(LOGS, '') === file);
        return { writer, file, values: [name, ...beside].flatMap((each) => linesOf(join(FOLDER, writer, each))) };
      });
  });
}

const LINES = /\.jsonl(?:\.gz)?$/u;
const LOGS = /\.logs\.jsonl(?:\.gz)?$/u;

function linesOf(path: string): unknown[] {
  const bytes = readFileSync(path);
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
}
