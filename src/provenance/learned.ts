import { distinctiveness } from './distinct.ts';
import { tokenize } from '../text/tokens.ts';

/** A field of a tool's results, or an argument of a tool; its path is a {@link pathPattern}. */
export interface Field {
  tool: string;
  path: string;
}

/** What a corpus of runs taught: calls of `to.tool` take `to.path` from `from.path` of a result of `from.tool`. */
export interface LearnedEdge {
  from: Field;
  to: Field;
  /** Calls in which the value was first supplied by that field; a value sent again in the same run counts once. */
  support: number;
  /** Runs in which they lie, at least. */
  runs: number;
  /** Calls with that argument, counted likewise. */
  opportunities: number;
  /** Lower bound of support / opportunities. */
  confidence: number;
  /** The same without values that a text gave and guesses beside `from.tool`: how sure it is that a value from nowhere should be from there. */
  confidenceUnlessTold: number;
}

/** The edges that are certain enough to judge a call by. */
export interface LearnedFeeds {
  /** What nearly always feeds the argument of a tool at a path. */
  of(tool: string, path: string): readonly LearnedEdge[];
}

/** "Nearly always": so many calls of so many runs, and so large a part at least of all that nobody told the value. */
const NEARLY_ALWAYS = { support: 20, runs: 5, confidence: 0.8 };

const isNearlyAlways = ({ support, runs, confidenceUnlessTold }: LearnedEdge): boolean =>
  support >= NEARLY_ALWAYS.support && runs >= NEARLY_ALWAYS.runs && confidenceUnlessTold >= NEARLY_ALWAYS.confidence;

export function learnedFeeds(edges: readonly LearnedEdge[] = []): LearnedFeeds {
  const byArgument = new Map<string, LearnedEdge[]>();
  for (const edge of edges) {
    if (!isNearlyAlways(edge)) continue;
    const key = keyOf(edge.to);
    byArgument.set(key, [...(byArgument.get(key) ?? []), edge]);
  }
  return { of: (tool, path) => (byArgument.size === 0 ? [] : (byArgument.get(keyOf({ tool, path: pathPattern(path) })) ?? [])) };
}

const keyOf = ({ tool, path }: Field): string => JSON.stringify([tool, path]);

const STEP = /\[\d+\]|\["(?<quoted>(?:[^"\\]|\\.)*)"\]|\.(?<plain>\w+)/gu;

/** A path with `[*]` for every index, and for every key that is an identifier: a map from ids to records is a list. */
export const pathPattern = (path: string): string =>
  path.replaceAll(STEP, (step, quoted: string | undefined, plain: string | undefined) => {
    if (plain !== undefined) return /\d{4}/u.test(plain) ? '[*]' : step;
    return quoted === undefined || isIdentifier(quoted) ? '[*]' : step;
  });

const isIdentifier = (key: string): boolean =>
  /\p{Nd}/u.test(key) && tokenize(key).reduce((sum, { norm }) => sum + distinctiveness(norm), 0) >= 0.6;
