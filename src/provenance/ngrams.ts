import type { Token } from '../text/tokens.ts';

/** One to three neighbouring tokens: what is looked up when a value may come from somewhere. */
export interface NGram {
  key: string;
  size: 1 | 2 | 3;
  /** Index of the first token. */
  at: number;
}

/** All one-, two- and three-token runs of a token list, in order. */
export function* nGrams(tokens: readonly Token[]): Generator<NGram> {
  for (let at = 0; at < tokens.length; at++) {
    let key = '';
    for (let size = 1; size <= 3; size++) {
      const token = tokens[at + size - 1];
      if (token === undefined) break;
      key = size === 1 ? token.norm : `${key} ${token.norm}`;
      yield { key, size: size as 1 | 2 | 3, at };
    }
  }
}

/**
 * The n-grams of a token list that a vocabulary holds. A text of megabytes costs one look-up a token where its words
 * were never used, which keeps provenance linear in the size of the run.
 */
export function* nGramsIn(tokens: readonly Token[], vocabulary: { has(key: string): boolean }): Generator<NGram> {
  for (let at = 0; at < tokens.length; at++) {
    let key = '';
    for (let size = 1; size <= 3; size++) {
      const token = tokens[at + size - 1];
      if (token === undefined) break;
      key = size === 1 ? token.norm : `${key} ${token.norm}`;
      if (vocabulary.has(key)) yield { key, size: size as 1 | 2 | 3, at };
      else if (size === 1) break;
    }
  }
}

/** The longest n-grams that cover a value: the value itself up to three tokens, else all its three-token runs. */
export function coverOf(tokens: readonly Token[]): string[] {
  const norms = tokens.map((token) => token.norm);
  if (norms.length <= 3) return norms.length === 0 ? [] : [norms.join(' ')];
  return norms.slice(2).map((_, i) => norms.slice(i, i + 3).join(' '));
}
