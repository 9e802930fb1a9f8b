import type { PageRow } from '../../src/report/page-data.ts';

/** What the list shows; it lives in the address. */
export interface Filter {
  text: string;
  only: Only | '';
  variant: string;
  minMs: number;
  sort: SortKey;
  isAscending: boolean;
}

export const ONLY = {
  flagged: 'with findings',
  wasted: 'with wasted calls',
  dependent: 'with dependent calls',
  errors: 'with failed calls',
};
export type Only = keyof typeof ONLY;

/** Names of the orders, falling and rising. */
export const SORTS = {
  wasted: ['most wasted first', 'least wasted first'],
  dependent: ['most dependent first', 'least dependent first'],
  calls: ['most calls first', 'fewest calls first'],
  ms: ['slowest first', 'fastest first'],
  tokens: ['most tokens first', 'fewest tokens first'],
  order: ['as read', 'last read first'],
} as const;
export type SortKey = keyof typeof SORTS;
const USUAL: SortKey = 'wasted';

const isKey = <T extends object>(of: T, key: string): key is keyof T & string => Object.hasOwn(of, key);

export function readFilter(query: URLSearchParams): Filter {
  const only = query.get('only') ?? '';
  const sort = query.get('sort') ?? '';
  return {
    text: query.get('q') ?? '',
    only: isKey(ONLY, only) ? only : '',
    variant: query.get('variant') ?? '',
    minMs: Number(query.get('ms')) || 0,
    sort: isKey(SORTS, sort) ? sort : USUAL,
    isAscending: query.get('dir') === 'up',
  };
}

export function writeFilter({ text, only, variant, minMs, sort, isAscending }: Filter): URLSearchParams {
  const parts = {
    q: text,
    only,
    variant,
    ms: minMs === 0 ? '' : String(minMs),
    sort: sort === USUAL ? '' : sort,
    dir: isAscending ? 'up' : '',
  };
  return new URLSearchParams(Object.entries(parts).filter(([, value]) => value !== ''));
}

/** A run's searchable text: what the user said, its id, its tools. */
export const searchText = (row: PageRow, tools: readonly string[]): string =>
  [row.asked, row.id, row.example ?? '', ...row.tools.map((index) => tools[index] ?? '')].join('\n').toLowerCase();

const TESTS: Record<Only, (row: PageRow) => boolean> = {
  flagged: (row) => flagged(row) > 0,
  wasted: ({ wasted }) => wasted > 0,
  dependent: ({ dependent }) => dependent > 0,
  errors: ({ errors }) => errors > 0,
};

export function filtered(rows: readonly PageRow[], texts: readonly string[], filter: Filter): PageRow[] {
  const words = filter.text.toLowerCase().split(/\s+/u).filter(Boolean);
  const found = rows.filter(
    (row, i) =>
      (filter.only === '' || TESTS[filter.only](row)) &&
      (filter.variant === '' || row.variant === filter.variant) &&
      (row.ms ?? 0) >= filter.minMs &&
      words.every((word) => texts[i]?.includes(word)),
  );
  const { sort, isAscending } = filter;
  if (sort === 'order') return isAscending ? found.toReversed() : found;
  return found.toSorted((a, b) => ((b[sort] ?? -1) - (a[sort] ?? -1) || flagged(b) - flagged(a)) * (isAscending ? -1 : 1));
}

/** Calls of a run that somebody should look at: it decides between runs that are equal otherwise. */
const flagged = ({ wasted, dependent }: PageRow): number => wasted + dependent;
