import type { Token } from '../text/tokens.ts';

/** One to three neighbouring tokens: what is looked up when a value may come from somewhere. */
export interface NGram {
  readonly key: string;
  readonly size: 1 | 2 | 3;
}

interface Node extends NGram {
  next: Map<string, Node> | undefined;
}

/**
 * All one-, two- and three-token runs of some texts, as a tree of words: other texts are searched for them without putting
 * a single one together. A text of megabytes costs one look-up a token where its words are not among them, which keeps
 * provenance linear in the size of the run.
 */
export class Vocabulary {
  readonly #first = new Map<string, Node>();

  constructor(texts: Iterable<readonly Token[]>) {
    for (const tokens of texts) this.#add(tokens);
  }

  #add(tokens: readonly Token[]): void {
    for (let at = 0; at < tokens.length; at++) {
      let node: Node | undefined;
      for (let size = 1; size <= 3; size++) {
        const token = tokens[at + size - 1];
        if (token === undefined) break;
        const among: Map<string, Node> = node === undefined ? this.#first : (node.next ??= new Map());
        let next = among.get(token.norm);
        if (next === undefined) {
          next = { key: node === undefined ? token.norm : `${node.key} ${token.norm}`, size: size as 1 | 2 | 3, next: undefined };
          among.set(token.norm, next);
        }
        node = next;
      }
    }
  }

  /** Visits those that a text holds, by their first token (`at`), the shorter ones first. */
  visit(tokens: readonly Token[], visit: (gram: NGram, at: number) => void): void {
    for (let at = 0; at < tokens.length; at++) {
      let node = this.#first.get((tokens[at] as Token).norm);
      for (let next = at + 1; node !== undefined; next++) {
        visit(node, at);
        const token = tokens[next];
        node = token === undefined ? undefined : node.next?.get(token.norm);
      }
    }
  }
}

/** The longest n-grams that cover a value: the value itself up to three tokens, else all its three-token runs. */
export function coverOf(tokens: readonly Token[]): string[] {
  const norms = tokens.map((token) => token.norm);
  if (norms.length <= 3) return norms.length === 0 ? [] : [norms.join(' ')];
  return norms.slice(2).map((_, i) => norms.slice(i, i + 3).join(' '));
}
