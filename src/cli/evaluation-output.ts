import { createWriteStream } from 'node:fs';
import { closest } from '../config/closest.ts';
import { UsageError, type Option } from './command.ts';
import { openOutput } from './output.ts';

/** A way of printing an evaluation or a comparison, whole. */
export type Print<T> = (value: T, colour: boolean) => string;

export const outputOptions = (formats: Readonly<Record<string, unknown>>): Readonly<Record<string, Option>> => ({
  format: { type: 'string', short: 'f', value: 'NAME', help: `how to print: ${Object.keys(formats).join(', ')} (default pretty)` },
  output: { type: 'string', short: 'o', value: 'FILE', help: 'write there instead of standard output' },
});

/** @throws UsageError for a format there is not */
export function printerOf<T>(formats: Readonly<Record<string, Print<T>>>, name = 'pretty'): Print<T> {
  const print = formats[name];
  if (print !== undefined && Object.hasOwn(formats, name)) return print;
  const near = closest(name, Object.keys(formats));
  throw new UsageError(
    `There is no format "${name}"${near === undefined ? '.' : `; did you mean ${near}?`} Known: ${Object.keys(formats).join(', ')}.`,
  );
}

export async function printTo<T>(path: string | undefined, print: Print<T>, value: T): Promise<void> {
  const output = openOutput(path, createWriteStream, process.stdout);
  output.write(print(value, output.colour));
  await output.close();
}
