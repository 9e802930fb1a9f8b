import { excerptOf } from '../problem.ts';
import type { Window } from './windows.ts';

const time = (ms: number): string => new Date(ms).toISOString().replace(/\.000Z$/u, 'Z');

export const period = ({ from, to }: Window): string => `${time(from)} to ${time(to)}`;

const UNITS: readonly (readonly [ms: number, unit: string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'm'],
];

/** As `--lookback` takes it. */
export function span(ms: number): string {
  const [size, unit] = UNITS.find(([unitMs]) => ms >= unitMs && ms % unitMs === 0) ?? [1000, 's'];
  return `${ms / size}${unit}`;
}

const SHOWN = 20;

/** `Services: a, b and 3 more.`, or nothing where they are not known. */
export function listOf(what: string, names: readonly string[] | undefined): string {
  if (names === undefined) return '';
  if (names.length === 0) return `It has no ${what.toLowerCase()} yet.`;
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return `${what}: ${names
    .slice(0, SHOWN)
    .map((name) => excerptOf(name, 60).slice(1, -1))
    .join(', ')}${more}.`;
}
