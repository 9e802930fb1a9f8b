import { excerptOf } from './problem.ts';
import type { Header } from './row.ts';

const SEPARATORS: Readonly<Record<string, string>> = { ',': 'commas', ';': 'semicolons', '\t': 'tabs' };

export const separatorName = (separator = ','): string => SEPARATORS[separator] ?? separator;

/** So many columns tell what a table is. */
const SHOWN = 12;

/** Why nothing is made of a table whose rows nobody knows. */
export function unknownTable({ columns, separator }: Header): string {
  const names = columns.slice(0, SHOWN).map((name) => excerptOf(name).slice(1, -1));
  const more = columns.length > SHOWN ? ` and ${columns.length - SHOWN} more` : '';
  const parted = separator === undefined ? '' : `, parted by ${separatorName(separator)}`;
  const cure =
    separator !== undefined && columns.length === 1
      ? '; cells are parted by commas, semicolons or tabs, and the first line names the columns'
      : '';
  return `no table that is known: ${columns.length === 1 ? 'its only column is' : 'columns'} ${names.join(', ')}${more}${parted}${cure}; see docs/dialects.md`;
}
