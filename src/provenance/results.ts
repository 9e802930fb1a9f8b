import type { ToolCall, ToolResult } from '../model/run.ts';
import { keyWords, leafText, leavesOf, type Leaf } from './leaves.ts';
import { tokenize, type Token } from '../text/tokens.ts';

/** One value of a result, with its text and tokens at hand: several passes over a run ask for them. */
export class ResultLeaf {
  readonly leaf: Leaf;
  readonly text: string;
  #tokens: Token[] | undefined;
  #norm: string | undefined;

  constructor(leaf: Leaf) {
    this.leaf = leaf;
    this.text = leafText(leaf);
  }

  get tokens(): Token[] {
    return (this.#tokens ??= tokenize(this.text));
  }

  /** What the value may be said as, beside itself: 0.185 as 18.5 per cent. */
  get saidAs(): Token[] {
    const { value } = this.leaf;
    if (typeof value !== 'number' || value === 0 || Math.abs(value) >= 1) return [];
    return tokenize(String(Math.round(Math.abs(value) * 1e8) / 1e6));
  }

  /** The normal form of the whole value. */
  get norm(): string {
    return (this.#norm ??= this.tokens.map((token) => token.norm).join(' '));
  }

  get keyTokens(): Token[] {
    return tokensOfKey(this.leaf.key);
  }
}

const cache = new WeakMap<ToolResult, ResultLeaf[]>();

/** The leaves of a call's result, read once; none where it has no result. */
export function resultLeaves(call: ToolCall): ResultLeaf[] {
  if (call.result === undefined) return [];
  const known = cache.get(call.result);
  if (known !== undefined) return known;
  const leaves = leavesOf(call.result.content).map((leaf) => new ResultLeaf(leaf));
  cache.set(call.result, leaves);
  return leaves;
}

/** Keys repeat a thousandfold in lists of records. */
const keys = new Map<string, Token[]>();
const KEYS_KEPT = 5000;

function tokensOfKey(key: string): Token[] {
  const known = keys.get(key);
  if (known !== undefined) return known;
  const tokens = tokenize(keyWords(key));
  if (keys.size < KEYS_KEPT) keys.set(key, tokens);
  return tokens;
}
