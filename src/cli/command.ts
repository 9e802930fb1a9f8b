import { parseArgs, type ParseArgsConfig } from 'node:util';
import { closest } from '../config/closest.ts';

/** A wrong call of the command line: shown without a stack, exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

export interface Option {
  type: 'string' | 'boolean';
  short?: string;
  multiple?: boolean;
  /** What stands for the value in the help. */
  value?: string;
  help: string;
}

export type Values = Record<string, string | boolean | (string | boolean)[] | undefined>;

/** One command: its options are data, so that help and parsing cannot disagree. */
export interface Command {
  name: string;
  summary: string;
  /** What its own help says besides. */
  details?: string;
  usage: string;
  options: Readonly<Record<string, Option>>;
  examples: readonly (readonly [command: string, what: string])[];
  /** Returns the exit code. */
  run(values: Values, positionals: string[]): Promise<number>;
}

export function parseCommand(command: Command, args: readonly string[]): { values: Values; positionals: string[] } {
  try {
    const options = Object.fromEntries(
      Object.entries(command.options).map(([name, { type, short, multiple }]) => [
        name,
        { type, ...(short !== undefined && { short }), ...(multiple !== undefined && { multiple }) },
      ]),
    ) as NonNullable<ParseArgsConfig['options']>;
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true }) as { values: Values; positionals: string[] };
  } catch (error) {
    throw new UsageError(
      `${firstSentence((error as Error).message)}${suggestion(error as Error, command)}\nSee fanlight ${command.name} --help.`,
      { cause: error },
    );
  }
}

const firstSentence = (message: string): string => message.split(/\. (?=To )/u)[0]?.replace(/\.$/u, '') ?? message;

function suggestion(error: Error, command: Command): string {
  const wrong = /Unknown option '-{1,2}([\w-]+)'/u.exec(error.message)?.[1];
  const near = wrong === undefined ? undefined : closest(wrong, Object.keys(command.options));
  return near === undefined ? '' : `; did you mean --${near}?`;
}

export function helpOf(command: Command): string {
  const rows = Object.entries(command.options).map(([name, { short, value, help }]): [string, string] => [
    `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`,
    help,
  ]);
  const width = Math.max(...rows.map(([flag]) => flag.length)) + 2;
  return [
    command.summary,
    ...(command.details === undefined ? [] : [command.details]),
    '',
    `Usage: fanlight ${command.usage}`,
    '',
    'Options:',
    ...rows.map(([flag, help]) => `  ${flag.padEnd(width)}${help}`),
    '',
    'Examples:',
    ...command.examples.flatMap(([example, what]) => [`  # ${what}`, `  ${example}`, '']),
  ].join('\n');
}

/** Says that a name is none of those known, and which one may have been meant. */
export function unknownName(what: string, name: string, known: readonly string[]): UsageError {
  const near = closest(name, known);
  return new UsageError(`There is no ${what} "${name}"${near === undefined ? '.' : `; did you mean ${near}?`} Known: ${known.join(', ')}.`);
}
