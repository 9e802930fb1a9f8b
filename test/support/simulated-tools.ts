import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Random numbers from a seed. */
export class Dice {
  readonly #generator;

  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed);
  }

  /** A whole number between the two, both included. */
  between(from: number, to: number): number {
    return uniformInt(this.#generator, from, to);
  }

  chance(probability: number): boolean {
    return this.between(0, 999) < 1000 * probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.between(0, list.length - 1)] as T;
  }

  text(length: number, characters: string): string {
    return Array.from({ length }, () => characters.charAt(this.between(0, characters.length - 1))).join('');
  }
}

export type Format = (dice: Dice) => string | number;

const SYLLABLES = ['ka', 'lo', 'mi', 'tu', 're', 'so', 'ven', 'dar', 'pil', 'gro', 'has', 'yo', 'ber', 'nim', 'fex', 'qua'];
const DIGITS = '0123456789';
const HEX = `${DIGITS}abcdef`;
const MIXED = `${DIGITS}abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ`;

export const word = (dice: Dice): string => Array.from({ length: dice.between(2, 3) }, () => dice.pick(SYLLABLES)).join('');

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
export const day: Format = (dice) => `2026-0${dice.between(5, 7)}-${dice.between(10, 28)}`;

/** A way of writing identifiers, as one API would have it. */
function newFormat(dice: Dice): Format {
  const prefix = dice.text(dice.between(2, 4), 'ABCDEFGHKLMNPRSTVWXZ');
  const host = word(dice);
  const digits = dice.between(5, 9);
  return dice.pick<Format>([
    (d) => `${prefix}-${d.between(1000, 99_999)}`,
    (d) => `${prefix.toLowerCase()}_${d.text(10, MIXED)}`,
    (d) => [8, 4, 4, 4, 12].map((length) => d.text(length, HEX)).join('-'),
    (d) => d.text(16, HEX),
    (d) => d.between(10 ** (digits - 1), 10 ** digits - 1),
    (d) => `${word(d)}.${word(d)}${d.between(10, 99)}@${host}.example`,
    (d) => `https://${host}.example/${word(d)}/${d.between(1000, 999_999)}`,
    (d) => `${word(d)}-${word(d)}-${d.between(100, 999)}`,
    (d) => `${prefix}/${d.between(2020, 2026)}/${d.text(6, DIGITS)}`,
    // Values from small sets, which other fields hold by chance.
    (d) => `${capital(word(d))} ${capital(word(d))}`,
    (d) => d.between(100, 999),
    day,
    (d) => `${day(d)}T${String(d.between(8, 18)).padStart(2, '0')}:${d.pick(['00', '15', '30', '45'])}:00Z`,
    (d) => `${prefix.charAt(0)}${d.text(2, 'ABCDEFGHKLMNPRSTVWXZ')}`,
  ]);
}

/** One field of the records that a tool answers with. */
export interface SimField {
  name: string;
  format: Format;
  /** Where it stands, with `[*]` for the index. */
  path: string;
}

export type Source =
  /** Taken from a field of another tool's result, in `share` of the calls; the user gives it in the others. */
  | { kind: 'fed'; tool: SimTool; field: SimField; share: number; isList: boolean }
  | { kind: 'user'; format: Format }
  | { kind: 'subject' }
  | { kind: 'constant'; values: readonly (string | number | boolean)[]; isOffered: boolean }
  | { kind: 'prose' };

export interface SimArgument {
  name: string;
  source: Source;
  isOptional: boolean;
}

export interface SimTool {
  name: string;
  /** Keys from the top of the result down to the records. */
  container: string[];
  isList: boolean;
  fields: SimField[];
  arguments: SimArgument[];
  /** Repeats in its result what it was asked. */
  echoes: boolean;
  /** Its records hold a second field with the same value, now and then. */
  hasAlias: boolean;
  /** A field with which its records point at those of another tool. */
  foreign?: { name: string; tool: SimTool; field: SimField };
  isYaml: boolean;
  verb: 'get' | 'list' | 'create' | 'update';
}

/** A set of tools whose feeds are known: nobody wrote it, so that nothing can be fitted to it. */
export function simulateTools(dice: Dice): SimTool[] {
  const tools: SimTool[] = [];
  const count = dice.between(7, 11);
  while (tools.length < count) tools.push(newTool(dice, tools));
  return tools;
}

function newTool(dice: Dice, earlier: readonly SimTool[]): SimTool {
  const noun = word(dice);
  const isRoot = earlier.length < 2;
  const verb = isRoot ? dice.pick(['get', 'list'] as const) : dice.pick(['get', 'list', 'create', 'update'] as const);
  const container = dice.pick([[], [`${noun}s`], ['data'], ['response', `${noun}s`]]);
  const isList = dice.chance(0.6);
  const base = `$${container.map((key) => `.${key}`).join('')}${isList ? '[*]' : ''}`;
  const names = dice.pick([['id'], [`${noun}_id`], ['id', `${word(dice)}_ref`], [`${noun}Id`, 'email', 'code']]);
  const tool: SimTool = {
    name: `${verb}_${noun}${earlier.some(({ name }) => name.endsWith(`_${noun}`)) ? `_${earlier.length}` : ''}`,
    container,
    isList,
    fields: names.map((name) => ({ name, format: newFormat(dice), path: `${base}.${name}` })),
    arguments: [],
    echoes: dice.chance(0.4),
    hasAlias: dice.chance(0.3),
    isYaml: dice.chance(0.2),
    verb,
  };
  if (earlier.length > 1 && dice.chance(0.4)) {
    const other = dice.pick(earlier);
    tool.foreign = { name: `${word(dice)}_id`, tool: other, field: dice.pick(other.fields) };
  }
  for (let feeds = isRoot ? 0 : dice.between(1, 2); feeds > 0; feeds--) {
    const feeder = dice.pick(earlier.slice(-5));
    const field = dice.pick(feeder.fields);
    const name = dice.pick([field.name, `${feeder.name.split('_')[1]}_${field.name}`, 'target', word(dice)]);
    if (tool.arguments.some((argument) => argument.name === name)) continue;
    const share = dice.between(55, 100) / 100;
    const isOptional = dice.chance(0.25);
    tool.arguments.push({ name, isOptional, source: { kind: 'fed', tool: feeder, field, share, isList: dice.chance(0.2) } });
  }
  tool.arguments.push(...otherArguments(dice, isRoot));
  return tool;
}

function otherArguments(dice: Dice, isRoot: boolean): SimArgument[] {
  const constants = [
    [true, false],
    [5, 10, 25, 50],
    ['active', 'pending', 'closed'],
    [word(dice), word(dice), word(dice)],
    [2025, 2026],
  ];
  const all: SimArgument[] = [
    { name: 'account', isOptional: false, source: { kind: 'subject' } },
    { name: `${word(dice)}_no`, isOptional: true, source: { kind: 'user', format: newFormat(dice) } },
    { name: word(dice), isOptional: true, source: { kind: 'constant', values: dice.pick(constants), isOffered: dice.chance(0.5) } },
    { name: 'reason', isOptional: true, source: { kind: 'prose' } },
  ];
  return all.filter((_, i) => dice.chance(0.5) || (isRoot && i === 0));
}
